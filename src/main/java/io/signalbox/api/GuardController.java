package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.action.GuardBoard;
import io.signalbox.action.ProtectionBoard;
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
    private final ProtectionBoard protections;
    private final GuardBook book;

    GuardController(GuardBoard board, ProtectionBoard protections, GuardBook book) {
        this.board = board;
        this.protections = protections;
        this.book = book;
    }

    @GetMapping
    GuardView look(@RequestParam MultiValueMap<String, String> query) {
        Parameters.none(query);
        return new GuardView(
                board.protectedSubjects(),
                protections.protections(),
                board.fourEyes(),
                board.dryRun(),
                board.budgets(),
                book.tripped(),
                StopController.StopView.of(book.stop()));
    }

    /**
     * @param protectedAtTargets whom else they are there, and who else is protected there, as this node last read it
     * @param fourEyes whether who published a policy may not agree to what it asks for
     * @param tripped budgets that were found used up, and under which nothing went since
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record GuardView(
            List<String> protectedSubjects,
            List<ProtectionBoard.Protection> protectedAtTargets,
            boolean fourEyes,
            Set<String> dryRun,
            List<Map<String, Object>> budgets,
            List<GuardBook.Tripped> tripped,
            StopController.StopView stop) {}
}
