package io.signalbox.action;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * On what grounds a rule fired: the values that its conditions met.
 *
 * @param rule its name
 * @param event alias of the event that it fired on
 * @param facts kind of fact to member, as the rule names it, to the value: cut short, {@code nothing} if it was not told,
 *     and where it names somebody possibly a pseudonym
 */
public record Grounds(String rule, String event, Map<String, SortedMap<String, String>> facts) {

    public Grounds {
        SortedMap<String, SortedMap<String, String>> sorted = new TreeMap<>();
        facts.forEach((fact, values) -> sorted.put(fact, Collections.unmodifiableSortedMap(new TreeMap<>(values))));
        facts = Collections.unmodifiableSortedMap(sorted);
    }
}
