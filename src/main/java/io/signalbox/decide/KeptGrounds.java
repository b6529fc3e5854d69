package io.signalbox.decide;

import io.signalbox.action.Grounds;
import io.signalbox.decide.DecideActions.Facts;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes down what the conditions of rules met when they fired, so that a decision can be understood years later. */
final class KeptGrounds {

    /** Nothing is written down. */
    static final KeptGrounds NONE = new KeptGrounds(null);

    /** Of a whole decision: a token may hold many events, and a policy many rules. */
    private static final int MOST_VALUES = 100;

    private final @Nullable UnaryOperator<String> names;

    /** @param names what stands for a text that names somebody; absent if nothing is kept */
    KeptGrounds(@Nullable UnaryOperator<String> names) {
        this.names = names;
    }

    /** Adds the grounds of these rules to those of the decision, while there is room. */
    void add(List<Grounds> grounds, Policy policy, Facts facts, List<String> fired) {
        if (names == null) {
            return;
        }
        long room = MOST_VALUES
                - grounds.stream()
                        .flatMap(each -> each.facts().values().stream())
                        .mapToLong(SortedMap::size)
                        .sum();
        for (String rule : fired) {
            SortedMap<String, SortedMap<String, String>> met = new TreeMap<>();
            for (ConditionValue value : policy.reads().getOrDefault(rule, List.of())) {
                String text = room > 0 ? value.in(facts, names) : null;
                if (text != null) {
                    met.computeIfAbsent(value.fact(), fact -> new TreeMap<>()).put(value.member(), text);
                    room--;
                }
            }
            if (!met.isEmpty()) {
                grounds.add(new Grounds(rule, facts.event().payload().alias(), met));
            }
        }
    }
}
