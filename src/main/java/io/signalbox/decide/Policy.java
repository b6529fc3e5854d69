package io.signalbox.decide;

import io.signalbox.event.EventPayload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kie.api.KieBase;

/**
 * A policy that may decide: every file read, linted and compiled. Immutable, shared by all threads.
 *
 * @param info what it is
 * @param rules the compiled rules
 * @param order rule name to its place: by salience, then file, then place in the file. What rules ask for is put in this
 *     order, so that it does not hang on how the engine walks its network
 * @param shadowed names of the rules that decide and change nothing
 * @param facts which facts rules ask for beside the event, and about which types of event those rules are
 * @param reads rule name to the values that its conditions read
 * @param lookingBack the longest window that a rule asks the subject's history for; absent if none does
 */
record Policy(
        PolicyInfo info,
        KieBase rules,
        Map<String, Integer> order,
        Set<String> shadowed,
        Map<Fact, Set<Class<?>>> facts,
        Map<String, List<ConditionValue>> reads,
        @Nullable Duration lookingBack) {

    /** What is looked up, or made, only if some rule asks for it. */
    enum Fact {
        POSTURE,
        HISTORY,
        MOMENT,
        CAPABILITIES
    }

    boolean asksFor(Fact fact) {
        return facts.containsKey(fact);
    }

    /** Whether some rule that is about events of this type asks for it: for others it need not be looked up. */
    boolean asksFor(Fact fact, EventPayload payload) {
        return facts.getOrDefault(fact, Set.of()).stream().anyMatch(type -> type.isInstance(payload));
    }

    /** Whether some rule has a condition on how the subject stands. */
    boolean asksForPosture() {
        return asksFor(Fact.POSTURE);
    }

    String version() {
        return info.version();
    }
}
