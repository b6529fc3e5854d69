package io.signalbox.api;

import io.signalbox.store.ActionRecord;
import io.signalbox.store.Ledger;
import io.signalbox.store.Redrive;
import io.signalbox.store.Redriven;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What was asked of the targets; dead letters are found here and sent again. */
@RestController
@RequestMapping("/api/actions")
class ActionsController {

    /** Each is a row to be written while everybody else's writes wait. */
    private static final int MOST_REDRIVEN = 1000;

    private static final int LONGEST_REASON = 500;

    private final Ledger ledger;
    private final Clock clock;

    ActionsController(Ledger ledger, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    @GetMapping
    ListView<ActionView> list(@RequestParam MultiValueMap<String, String> query) {
        Parameters parameters = new Parameters(query, "state", "after", "limit");
        return ListView.of(
                ledger.actions(parameters.state(), parameters.text("after"), parameters.limit()), ActionView::of);
    }

    @GetMapping("/{id}")
    ActionView one(@PathVariable String id) {
        return ActionView.of(known(id));
    }

    /** Answers before it is sent: when and how it ended is seen in the action. */
    @PostMapping("/{id}/redrive")
    @ResponseStatus(HttpStatus.ACCEPTED)
    ActionView redrive(@PathVariable String id) {
        Optional<ActionRecord> again = ledger.redrive(id, clock.instant());
        return ActionView.of(again.orElseThrow(() -> Problems.conflict("The action " + id + " is \""
                + known(id).state().word()
                + "\"; only one that ended as not-found, refused, unmatched, dead or undo-failed is sent again")));
    }

    /** Some, by their {@code ids}; or all with this {@code state}, {@code target}, and last change {@code before}. */
    @PostMapping("/redrive")
    @ResponseStatus(HttpStatus.ACCEPTED)
    RedriveView redriveMany(@RequestBody(required = false) @Nullable String text) {
        Body body = new Body(text, "ids", "state", "target", "before");
        if (body.has("ids")) {
            if (body.has("state") || body.has("target") || body.has("before")) {
                throw Problems.badParameter("ids", "stands alone; a filter has no ids");
            }
            List<String> ids = body.texts("ids", MOST_REDRIVEN);
            List<String> redriven = ledger.redrive(ids, clock.instant());
            List<String> skipped = new ArrayList<>(new LinkedHashSet<>(ids));
            skipped.removeAll(redriven);
            return new RedriveView(
                    redriven.size(),
                    false,
                    skipped.isEmpty()
                            ? null
                            : "Only what ended as not-found, refused, unmatched, dead or undo-failed is sent again;"
                                    + " the skipped did not",
                    skipped);
        }
        Redriven all = ledger.redrive(
                new Redrive(body.redrivable("state"), body.text("target"), body.time("before"), MOST_REDRIVEN),
                clock.instant());
        return new RedriveView(
                all.count(),
                all.more(),
                all.more() ? "More remain: at most " + MOST_REDRIVEN + " are sent again by one request" : null,
                null);
    }

    /** An attempt that is under way is not called back; its outcome is kept too. */
    @PostMapping("/{id}/discard")
    ActionView discard(@PathVariable String id, @RequestBody(required = false) @Nullable String text) {
        String reason = new Body(text, "reason").text("reason");
        if (reason == null || reason.length() > LONGEST_REASON) {
            throw Problems.badParameter(
                    "reason", "must say why, in 1 to " + LONGEST_REASON + " characters; it is kept for good");
        }
        return ActionView.of(ledger.discard(id, reason, clock.instant())
                .orElseThrow(() -> Problems.conflict("The action " + id + " is \""
                        + known(id).state().word() + "\"; what was done or discarded is not discarded")));
    }

    private ActionRecord known(String id) {
        return ledger.action(id).orElseThrow(() -> Problems.unknown("action", id));
    }
}
