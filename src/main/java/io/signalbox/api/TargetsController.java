package io.signalbox.api;

import io.signalbox.action.Action;
import io.signalbox.action.GuardBoard;
import io.signalbox.action.Inverse;
import io.signalbox.action.Outcome;
import io.signalbox.action.TargetBoard;
import io.signalbox.action.TargetStanding;
import io.signalbox.action.Targets;
import io.signalbox.action.Trial;
import io.signalbox.store.Backlog;
import io.signalbox.store.GuardBook;
import io.signalbox.store.Ledger;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The systems that are acted upon, and what lies before each. */
@RestController
@RequestMapping("/api/targets")
class TargetsController {

    private static final Logger LOG = LoggerFactory.getLogger(TargetsController.class);

    private final TargetBoard board;
    private final Targets targets;
    private final Trial trial;
    private final GuardBoard guard;
    private final GuardBook book;
    private final Ledger ledger;
    private final Clock clock;

    TargetsController(
            TargetBoard board,
            Targets targets,
            Trial trial,
            GuardBoard guard,
            GuardBook book,
            Ledger ledger,
            Clock clock) {
        this.guard = guard;
        this.book = book;
        this.board = board;
        this.targets = targets;
        this.trial = trial;
        this.ledger = ledger;
        this.clock = clock;
    }

    /**
     * Does one action at the target, for real, and answers what came of it: whoever sets a target up wants to know
     * before the first signal comes. It is no decision of policy, so it is in the log and not in the ledger; what no rule
     * may touch it does not touch either, and nothing while the stop switch is thrown.
     */
    @PostMapping("/{name}/test")
    TrialView test(@PathVariable String name, @RequestBody(required = false) @Nullable String text) {
        Body body = new Body(text, "kind", "subject", "parameters", "severity");
        if (board.standings().stream().noneMatch(standing -> standing.name().equals(name))) {
            throw Problems.notConfigured("target", name);
        }
        String kind = body.text("kind");
        if (kind == null || !targets.doing(kind).contains(name)) {
            throw Problems.badParameter("kind", "must be a kind of action that this target does");
        }
        if (guard.dryRun().contains(name)) {
            throw Problems.conflict("At the target " + name + " nothing is done: it is in dry run");
        }
        if (book.stop().thrown()) {
            throw Problems.conflict("The stop switch is thrown: nothing is done at any target");
        }
        Action action = TrialView.action(name, kind, body, clock.instant());
        if (action.subject() != null && !Inverse.isTelling(kind) && guard.isProtected(action.subject())) {
            throw Problems.conflict("The subject is protected: no action takes anything from it");
        }
        LOG.warn("An operator has the target {} do a test action {} ({})", name, action.id(), kind);
        Outcome outcome = trial.attempt(action);
        LOG.warn("The test action {} at {} came to {}: {}", action.id(), name, outcome.word(), outcome.detail());
        return new TrialView(action.id(), outcome.word(), outcome.detail());
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
