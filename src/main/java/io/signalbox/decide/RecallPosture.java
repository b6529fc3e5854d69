package io.signalbox.decide;

import io.signalbox.Step;
import io.signalbox.decide.Policy.Fact;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import io.signalbox.store.Ledger;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Looks up how the subjects of a signal stood before it. The signals of one subject are worked on one after the other
 * (invariant I-4), so nothing changes between this look and the record of the decision.
 */
@Step("recallPosture")
public final class RecallPosture {

    private final Ledger ledger;
    private final Supplier<Policy> policy;
    private final ShadowPolicy shadow;

    RecallPosture(Ledger ledger, Supplier<Policy> policy, ShadowPolicy shadow) {
        this.ledger = ledger;
        this.policy = policy;
        this.shadow = shadow;
    }

    /**
     * Subject key to posture; without those that nothing is known of.
     *
     * @throws io.signalbox.store.LedgerUnavailableException if it cannot be read
     */
    public Map<String, Posture> of(Signal signal) {
        Policy current = policy.get();
        // Most events say nothing of how somebody stands, and most policies do not ask.
        boolean matters = signal.set().standing().counts()
                && (shadow.asksForPosture()
                        || signal.events().stream()
                                .anyMatch(event -> current.asksFor(Fact.POSTURE, event.payload())
                                        || event.payload().perishes()
                                                && event.payload().states() != null));
        return matters ? ledger.posture(signal) : Map.of();
    }
}
