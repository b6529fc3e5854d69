package io.signalbox.api;

import io.signalbox.action.GuardBoard;
import io.signalbox.store.GuardBook;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What the guard keeps watch over. */
@RestController
@RequestMapping("/api/guard")
class GuardController {

    private final GuardBoard board;
    private final GuardBook book;

    GuardController(GuardBoard board, GuardBook book) {
        this.board = board;
        this.book = book;
    }

    @GetMapping
    GuardView look(@RequestParam MultiValueMap<String, String> query) {
        Parameters.none(query);
        return new GuardView(
                board.protectedSubjects(),
                board.dryRun(),
                board.budgets(),
                book.tripped(),
                StopController.StopView.of(book.stop()));
    }

    /** @param tripped budgets that were found used up, and under which nothing went since */
    record GuardView(
            List<String> protectedSubjects,
            Set<String> dryRun,
            List<Map<String, Object>> budgets,
            List<GuardBook.Tripped> tripped,
            StopController.StopView stop) {}
}
