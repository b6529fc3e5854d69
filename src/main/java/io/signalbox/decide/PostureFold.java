package io.signalbox.decide;

import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How subjects stood, rebuilt by going through signals in order: what the ledger knows now includes what came later.
 * Bounded: of the subject that was heard of longest ago is forgotten what was known.
 */
final class PostureFold {

    /** Some hundred bytes each. */
    static final int SUBJECTS = 200_000;

    private record Speaker(String subjectKey, String issuer) {}

    private final Map<Speaker, Map<String, Posture.Known>> known = new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Speaker, Map<String, Posture.Known>> eldest) {
            return size() > SUBJECTS;
        }
    };

    /** As {@link io.signalbox.store.Ledger#posture(Signal)} would have said just before this signal. */
    Map<String, Posture> before(Signal signal) {
        Map<String, Posture> postures = new HashMap<>();
        for (SecurityEvent event : signal.events()) {
            if (event.subject() != null) {
                String key = event.subject().key();
                Map<String, Posture.Known> aspects =
                        known.get(new Speaker(key, signal.set().iss()));
                if (aspects != null) {
                    postures.put(key, Posture.of(aspects.values()));
                }
            }
        }
        return postures;
    }

    /** What it leaves known: an older event changes nothing, and what is not acted upon leaves nothing. */
    void remember(Signal signal) {
        if (!signal.set().standing().counts()) {
            return;
        }
        for (SecurityEvent event : signal.events()) {
            Posture.Known left = Posture.left(event);
            if (left != null && event.subject() != null) {
                Map<String, Posture.Known> ignored =
                        known.compute(new Speaker(event.subject().key(), event.issuer()), (speaker, before) -> {
                            Map<String, Posture.Known> aspects = before == null ? new TreeMap<>() : before;
                            Posture.Known same = aspects.get(left.aspect());
                            if (same == null || !left.since().isBefore(same.since())) {
                                aspects.put(left.aspect(), left);
                            }
                            return aspects;
                        });
            }
        }
    }
}
