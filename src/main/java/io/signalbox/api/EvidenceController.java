package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.action.Decision;
import io.signalbox.action.Hindrance;
import io.signalbox.api.UndoController.ContainmentView;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.GuardBook;
import io.signalbox.store.Ledger;
import io.signalbox.store.SignalRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Why an action was done, who agreed to it, and what became of it, in one answer. */
@RestController
@RequestMapping("/api/actions/{id}/evidence")
class EvidenceController {

    /** Words in an action's story that answer its being held. */
    private static final Set<String> ANSWERS =
            Set.of("approved", "released", ActionState.EXPIRED.word(), ActionState.DISCARDED.word());

    private final Ledger ledger;
    private final GuardBook book;

    EvidenceController(Ledger ledger, GuardBook book) {
        this.ledger = ledger;
        this.book = book;
    }

    @GetMapping
    EvidenceView of(@PathVariable String id) {
        ActionRecord action = ledger.action(id).orElseThrow(() -> Problems.unknown("action", id));
        SignalRecord signal = ledger.signal(action.action().signalId())
                .orElseThrow(() -> Problems.unknown("signal", action.action().signalId()));
        List<String> rows = new ArrayList<>(List.of(signal.signal().id()));
        for (int number = 1; number <= action.attempts().size(); number++) {
            rows.add(id + ":" + number);
        }
        return new EvidenceView(
                SignalView.of(signal),
                ActionView.of(action),
                VerdictView.of(action, signal),
                action.attempts().stream()
                        .filter(each -> ANSWERS.contains(each.outcome()))
                        .toList(),
                book.containment(id).map(ContainmentView::of).orElse(null),
                book.entries(rows));
    }

    /**
     * @param approvals what was said to it while it was held
     * @param containment what it took from its subject, and when that was given back; absent if nothing
     * @param chain the entries of the chain of hashes that prove it, in their order
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record EvidenceView(
            SignalView signal,
            ActionView action,
            VerdictView verdict,
            List<ActionRecord.Attempt> approvals,
            @Nullable ContainmentView containment,
            List<GuardBook.Entry> chain) {}

    /**
     * What the guard said.
     *
     * @param word {@code goes}, {@code held} or {@code suppressed}
     * @param cause such as {@code budget}; absent if it went
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record VerdictView(
            String word, @Nullable String cause, @Nullable String reason, Instant at) {

        /** What was found out right before an attempt counts more than what was said at first. */
        static VerdictView of(ActionRecord action, SignalRecord signal) {
            List<ActionRecord.Attempt> words = action.attempts().stream()
                    .filter(each -> cause(each).isPresent())
                    .toList();
            ActionRecord.Attempt word = words.stream()
                    .filter(each -> each.outcome().equals(ActionState.SUPPRESSED.word()))
                    .findFirst()
                    .orElse(words.isEmpty() ? null : words.get(0));
            if (word == null) {
                Decision decision = signal.decision();
                return new VerdictView(
                        "goes", null, null, decision == null ? action.updatedAt() : decision.decidedAt());
            }
            String cause = cause(word).orElseThrow().word();
            return new VerdictView(word.outcome(), cause, word.detail().substring(cause.length() + 2), word.at());
        }

        private static Optional<Hindrance> cause(ActionRecord.Attempt line) {
            boolean byGuard = line.outcome().equals(ActionState.SUPPRESSED.word())
                    || line.outcome().equals(ActionState.HELD.word());
            int colon = line.detail().indexOf(": ");
            return byGuard && colon > 0 ? Hindrance.ofWord(line.detail().substring(0, colon)) : Optional.empty();
        }
    }
}
