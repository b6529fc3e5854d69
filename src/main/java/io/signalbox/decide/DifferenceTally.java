package io.signalbox.decide;

import io.signalbox.policy.DecisionDifference;
import io.signalbox.policy.PolicyComparison;
import io.signalbox.policy.PolicyComparison.Change;
import io.signalbox.policy.PolicyComparison.SubjectChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts in what ways decisions differ. Takes as much memory for a million signals as for a thousand. */
final class DifferenceTally {

    private static final int EXAMPLES_OF_A_KIND = 3;
    private static final int EXAMPLES = 100;
    private static final int SUBJECTS = 50;
    private static final int COUNTED_SUBJECTS = 20_000;

    private static final class Count {
        private long before;
        private long after;
        private long more;
        private long less;
        private long other;

        Change change() {
            return new Change(before, after, more, less, other);
        }
    }

    private final Map<String, Count> rules = new TreeMap<>();
    private final Map<String, Count> kinds = new TreeMap<>();
    private final Map<String, Long> subjects = new HashMap<>();
    private final Map<List<Object>, Integer> exampled = new HashMap<>();
    private final List<DecisionDifference> examples = new ArrayList<>();
    private long signals;
    private long changed;
    private long skipped;
    private long failed;

    /** What is known of both sides: what each rule and kind did, and how they differ. */
    void add(Collection<String> rulesAfter, Collection<String> kindsAfter, DecisionDifference difference) {
        signals++;
        count(rules, rulesAfter, difference.rulesMore(), difference.rulesLess());
        count(kinds, kindsAfter, difference.actionsMore(), difference.actionsLess());
        difference.actionsOther().forEach(kind -> of(kinds, kind).other++);
        if (difference.isNone()) {
            return;
        }
        changed++;
        if (difference.subject() != null
                && (subjects.size() < COUNTED_SUBJECTS || subjects.containsKey(difference.subject()))) {
            subjects.merge(difference.subject(), 1L, Long::sum);
        }
        List<Object> way = List.of(
                difference.rulesMore(),
                difference.rulesLess(),
                difference.actionsMore(),
                difference.actionsLess(),
                difference.actionsOther());
        if (examples.size() < EXAMPLES && exampled.merge(way, 1, Integer::sum) <= EXAMPLES_OF_A_KIND) {
            examples.add(difference);
        }
    }

    private static void count(
            Map<String, Count> counts, Collection<String> after, List<String> more, List<String> less) {
        for (String name : after) {
            Count count = of(counts, name);
            count.after++;
            if (more.contains(name)) {
                count.more++;
            } else {
                count.before++;
            }
        }
        for (String name : less) {
            Count count = of(counts, name);
            count.before++;
            count.less++;
        }
    }

    private static Count of(Map<String, Count> counts, String name) {
        return counts.computeIfAbsent(name, any -> new Count());
    }

    /** Nothing was decided of it that could be compared. */
    void skip() {
        skipped++;
    }

    /** The other policy fails on it. */
    void fail() {
        failed++;
    }

    PolicyComparison comparison() {
        return new PolicyComparison(
                signals,
                changed,
                skipped,
                failed,
                changes(rules),
                changes(kinds),
                subjects.entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                                .thenComparing(Map.Entry.comparingByKey()))
                        .limit(SUBJECTS)
                        .map(each -> new SubjectChange(each.getKey(), each.getValue()))
                        .toList(),
                List.copyOf(examples));
    }

    private static Map<String, Change> changes(Map<String, Count> counts) {
        Map<String, Change> changes = new TreeMap<>();
        counts.forEach((name, count) -> changes.put(name, count.change()));
        return changes;
    }
}
