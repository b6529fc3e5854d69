package io.signalbox.decide;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.event.Signal;
import io.signalbox.policy.DecisionDifference;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.wire.Wire;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A decision by what it comes to: rules, and kinds of action with how each is asked for. Which targets there are is no
 * matter of policy, so they are left out, and so is what is in shadow.
 *
 * @param kinds kind to the ways in which it is asked for
 */
record DecisionForm(Set<String> rules, Map<String, Set<String>> kinds, String severity, String version) {

    static DecisionForm of(Decision decision) {
        Map<String, Set<String>> kinds = new TreeMap<>();
        for (Action action : decision.actions()) {
            if (!action.shadow()) {
                kinds.computeIfAbsent(action.kind(), kind -> new TreeSet<>())
                        .add(new TreeMap<>(action.parameters()) + " " + action.lasts());
            }
        }
        return new DecisionForm(
                new TreeSet<>(decision.rules()), kinds, decision.severity().name(), decision.policyVersion());
    }

    /** @param names whether the subject is named; otherwise its key stands for it */
    static DecisionDifference between(Signal signal, DecisionForm before, DecisionForm after, boolean names) {
        List<String> other = before.kinds.keySet().stream()
                .filter(kind ->
                        after.kinds.containsKey(kind) && !Objects.equals(before.kinds.get(kind), after.kinds.get(kind)))
                .toList();
        return new DecisionDifference(
                signal.id(),
                subject(signal, names),
                signal.events().stream().map(event -> event.payload().alias()).collect(Collectors.joining(",")),
                signal.set().receivedAt(),
                before.version,
                without(after.rules, before.rules),
                without(before.rules, after.rules),
                without(after.kinds.keySet(), before.kinds.keySet()),
                without(before.kinds.keySet(), after.kinds.keySet()),
                other,
                before.severity,
                after.severity);
    }

    private static @Nullable String subject(Signal signal, boolean names) {
        SubjectIdentifier subject = signal.set().subject();
        if (subject == null) {
            return null;
        }
        return names ? Wire.write(subject.toJson()) : subject.key();
    }

    private static List<String> without(Collection<String> all, Collection<String> some) {
        List<String> rest = new ArrayList<>(all);
        rest.removeAll(some);
        return List.copyOf(rest);
    }
}
