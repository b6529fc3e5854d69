package io.signalbox.store.jdbc;

import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whom a signal names: everybody whose data is in it. */
final class Mentions {

    /** Sessions, groups and tenants are nobody. */
    private static final List<String> PEOPLE = List.of("user", "device");

    private Mentions() {}

    /** Keys of all but the one under which the signal is kept anyway; mostly none. */
    static Set<String> besides(Signal signal, @Nullable String subjectKey) {
        Set<String> keys = new TreeSet<>();
        subjects(signal).forEach(subject -> keys.addAll(keys(subject)));
        if (subjectKey != null) {
            keys.remove(subjectKey);
        }
        return keys;
    }

    /** Keys of the subjects that are the one with this key: itself, or aliases of which it is one. */
    static Set<String> same(Signal signal, String subjectKey) {
        Set<String> keys = new TreeSet<>(Set.of(subjectKey));
        subjects(signal)
                .flatMap(subject -> subject.principal("user").stream())
                .filter(user ->
                        user.identifiers().stream().anyMatch(one -> one.key().equals(subjectKey)))
                .forEach(user -> keys.add(user.key()));
        return keys;
    }

    private static Stream<SubjectIdentifier> subjects(Signal signal) {
        return Stream.concat(
                Stream.ofNullable(signal.set().subject()),
                signal.events().stream().map(SecurityEvent::subject).flatMap(Stream::ofNullable));
    }

    private static Set<String> keys(SubjectIdentifier subject) {
        Set<String> keys = new TreeSet<>(Set.of(subject.key()));
        for (String name : PEOPLE) {
            subject.principal(name).ifPresent(principal -> {
                keys.add(principal.key());
                principal.identifiers().forEach(one -> keys.add(one.key()));
            });
        }
        return keys;
    }
}
