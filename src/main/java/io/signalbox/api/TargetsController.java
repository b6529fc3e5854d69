package io.signalbox.api;

import io.signalbox.action.TargetBoard;
import io.signalbox.action.TargetStanding;
import io.signalbox.store.Backlog;
import io.signalbox.store.Ledger;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The systems that are acted upon, and what lies before each. */
@RestController
@RequestMapping("/api/targets")
class TargetsController {

    private final TargetBoard board;
    private final Ledger ledger;
    private final Clock clock;

    TargetsController(TargetBoard board, Ledger ledger, Clock clock) {
        this.board = board;
        this.ledger = ledger;
        this.clock = clock;
    }

    @GetMapping
    ListView<TargetView> list(@RequestParam MultiValueMap<String, String> query) {
        Parameters.none(query);
        Instant now = clock.instant();
        List<Backlog> backlog = ledger.backlog();
        Map<String, TargetView> views = new TreeMap<>();
        // What a target that is no longer configured left behind is shown too, or nobody would look for it.
        backlog.forEach(row -> views.put(row.target(), TargetView.of(row.target(), null, backlog, now)));
        for (TargetStanding standing : board.standings()) {
            views.put(standing.name(), TargetView.of(standing.name(), standing, backlog, now));
        }
        return new ListView<>(List.copyOf(views.values()), null);
    }
}
