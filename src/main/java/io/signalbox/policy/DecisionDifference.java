package io.signalbox.policy;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a signal would have been decided otherwise. Shadowed actions count on neither side.
 *
 * @param subject key of whom it is about, or the identifier itself if that was asked for; absent if it names nobody
 * @param event aliases of its events
 * @param policyBefore the version that it is compared with
 * @param rulesMore rules that would fire and did not
 * @param rulesLess rules that fired and would not
 * @param actionsMore kinds that would be asked for and were not
 * @param actionsLess kinds that were asked for and would not
 * @param actionsOther kinds that are asked for by both, but in another way: other parameters, or another time
 */
public record DecisionDifference(
        String signalId,
        @Nullable String subject,
        String event,
        Instant receivedAt,
        String policyBefore,
        List<String> rulesMore,
        List<String> rulesLess,
        List<String> actionsMore,
        List<String> actionsLess,
        List<String> actionsOther,
        String severityBefore,
        String severityAfter) {

    /** The same with another text for whom it is about. */
    public DecisionDifference of(String name) {
        return new DecisionDifference(
                signalId,
                name,
                event,
                receivedAt,
                policyBefore,
                rulesMore,
                rulesLess,
                actionsMore,
                actionsLess,
                actionsOther,
                severityBefore,
                severityAfter);
    }

    /** Whether both come to the same. Two rules that ask for the same are told apart by their names. */
    public boolean isNone() {
        return rulesMore.isEmpty()
                && rulesLess.isEmpty()
                && actionsMore.isEmpty()
                && actionsLess.isEmpty()
                && actionsOther.isEmpty()
                && severityBefore.equals(severityAfter);
    }
}
