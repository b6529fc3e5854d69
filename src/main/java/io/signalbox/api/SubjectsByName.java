package io.signalbox.api;

import io.signalbox.policy.DecisionDifference;
import io.signalbox.policy.PolicyComparison;
import io.signalbox.policy.PolicyComparison.SubjectChange;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.Ledger;
import io.signalbox.store.SignalQuery;
import io.signalbox.store.SignalRecord;
import io.signalbox.wire.Wire;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts subjects in the place of their keys, as far as the ledger still knows them. */
final class SubjectsByName {

    /** Leaves the keys. */
    static final SubjectsByName KEYS = new SubjectsByName(null);

    private final @Nullable Ledger ledger;
    private final Map<String, String> names = new HashMap<>();

    SubjectsByName(@Nullable Ledger ledger) {
        this.ledger = ledger;
    }

    PolicyComparison in(PolicyComparison result) {
        Ledger known = ledger;
        if (known == null) {
            return result;
        }
        List<DecisionDifference> examples = result.examples().stream()
                .map(example -> example.subject() == null
                        ? example
                        : example.of(name(example.subject(), known.signal(example.signalId()).stream())))
                .toList();
        List<SubjectChange> subjects = result.subjects().stream()
                .map(subject -> new SubjectChange(
                        name(subject.subject(), known.signals(of(subject.subject())).items().stream()),
                        subject.changed()))
                .toList();
        return new PolicyComparison(
                result.signals(),
                result.changed(),
                result.skipped(),
                result.failed(),
                result.rules(),
                result.kinds(),
                subjects,
                examples);
    }

    private static SignalQuery of(String key) {
        return new SignalQuery(null, null, key, null, null, null, 1);
    }

    private String name(String key, Stream<SignalRecord> signals) {
        return names.computeIfAbsent(
                key, any -> signals.map(each -> each.signal().set().subject())
                        .filter(subject -> subject != null && subject.key().equals(key))
                        .map(SubjectIdentifier::toJson)
                        .map(Wire::write)
                        .findFirst()
                        .orElse(key));
    }
}
