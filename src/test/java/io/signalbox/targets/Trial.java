package io.signalbox.targets;

import io.signalbox.testing.Sets;
import java.time.Instant;
import java.util.Map;

/**
 * One action at a real target, from the signal that brings it about to its end.
 *
 * @param name the signal's reason, by which the one rule for it knows it
 * @param asks what that rule says, such as {@code actions.disableAccount().at("directory")}
 * @param kind the kind of action that comes of it
 * @param user e-mail address of the subject
 * @param state in which the action ends
 * @param before asks the target how things stand before the signal
 * @param effect asks the target whether it was done
 * @param takenBack whether an operator takes the action back then
 * @param afterwards asks the target how things stand at the end
 */
record Trial(
        String name,
        String asks,
        String kind,
        String user,
        String state,
        Check before,
        Check effect,
        boolean takenBack,
        Check afterwards) {

    /** Asks a target how things stand; throws if they are not as they should be. */
    @FunctionalInterface
    interface Check {
        void make() throws Exception;
    }

    static Trial of(String name, String asks, String kind, String user) {
        Check nothing = () -> {};
        return new Trial(name, asks, kind, user, "done", nothing, nothing, false, nothing);
    }

    Trial endsAs(String ended) {
        return new Trial(name, asks, kind, user, ended, before, effect, takenBack, afterwards);
    }

    Trial before(Check check) {
        return new Trial(name, asks, kind, user, state, check, effect, takenBack, afterwards);
    }

    Trial effect(Check check) {
        return new Trial(name, asks, kind, user, state, before, check, takenBack, afterwards);
    }

    /** An operator takes it back, and then this holds. */
    Trial undone(Check check) {
        return new Trial(name, asks, kind, user, state, before, effect, true, check);
    }

    /** Nobody takes it back, and this holds in the end. */
    Trial afterwards(Check check) {
        return new Trial(name, asks, kind, user, state, before, effect, false, check);
    }

    /** The rule that asks for it when the signal gives its name as the reason. */
    String rule() {
        return """
                rule "%1$s"
                when
                  RiskLevelChange( riskReason == "%1$s" )
                then
                  %2$s;
                end

                """.formatted(name, asks);
    }

    /** The case without which the rule would not be taken. */
    String ruleCase() {
        return """
                - case: %1$s
                  given: { event: caep/risk-level-change, principal: USER, current_level: HIGH, risk_reason: %1$s }
                  then: [%2$s]
                """.formatted(name, kind);
    }

    Map<String, Object> subject() {
        return Map.of("format", "email", "email", user);
    }

    Map<String, Object> events(Instant at) {
        return Map.of(
                Sets.RISK_LEVEL_CHANGE,
                Map.of(
                        "event_timestamp",
                        at.getEpochSecond(),
                        "principal",
                        "USER",
                        "current_level",
                        "HIGH",
                        "risk_reason",
                        name));
    }
}
