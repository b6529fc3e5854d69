package io.signalbox.action;

import java.time.Instant;
import java.util.List;

/**
 * What policy made of one signal. A decision without actions is a decision too.
 *
 * @param signalId the signal
 * @param policyVersion digest of all policy files that were active
 * @param decidedAt when
 * @param severity the highest that a rule named, {@link Severity#INFO} if none did
 * @param rules names of the rules that fired, in order
 * @param actions what is to be done, in order
 * @param grounds the values that the rules met; empty if they are not kept
 */
public record Decision(
        String signalId,
        String policyVersion,
        Instant decidedAt,
        Severity severity,
        List<String> rules,
        List<Action> actions,
        List<Grounds> grounds) {

    /** One whose grounds are not kept. */
    public Decision(
            String signalId,
            String policyVersion,
            Instant decidedAt,
            Severity severity,
            List<String> rules,
            List<Action> actions) {
        this(signalId, policyVersion, decidedAt, severity, rules, actions, List.of());
    }
}
