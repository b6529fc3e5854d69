package io.signalbox.decide;

import io.signalbox.event.History;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was heard of subjects lately, while signals are gone through in order. Bounded: the oldest events go. */
final class HistoryFold implements Recollection {

    static final int EVENTS = 200_000;

    private record Heard(String subjectKey, SecurityEvent event) {}

    private final Deque<Heard> all = new ArrayDeque<>();
    private final Map<String, Deque<SecurityEvent>> bySubject = new HashMap<>();

    @Override
    public History of(SecurityEvent event, Duration window) {
        List<SecurityEvent> before = new ArrayList<>();
        if (event.subject() != null) {
            Instant from = event.receivedAt().minus(window);
            for (SecurityEvent each : bySubject.getOrDefault(event.subject().key(), new ArrayDeque<>())) {
                if (!each.receivedAt().isBefore(from) && !each.signalId().equals(event.signalId())) {
                    before.add(each);
                }
            }
        }
        return new History(before, event.receivedAt());
    }

    /** What its issuer was not entitled to say is not remembered. */
    void remember(Signal signal) {
        SubjectIdentifier subject = signal.set().subject();
        if (subject == null || !signal.set().standing().counts()) {
            return;
        }
        String key = subject.key();
        for (SecurityEvent event : signal.events()) {
            all.addLast(new Heard(key, event));
            bySubject.computeIfAbsent(key, any -> new ArrayDeque<>()).addLast(event);
        }
        forget(signal.set().receivedAt().minus(History.LONGEST));
    }

    private void forget(Instant before) {
        while (!all.isEmpty()
                && (all.size() > EVENTS || all.getFirst().event().receivedAt().isBefore(before))) {
            String key = all.removeFirst().subjectKey();
            // What is the oldest of all is the oldest of its subject.
            Deque<SecurityEvent> rest = bySubject.getOrDefault(key, new ArrayDeque<>());
            boolean ignored = rest.pollFirst() == null;
            if (rest.isEmpty()) {
                boolean ignoredToo = bySubject.remove(key) == null;
            }
        }
    }
}
