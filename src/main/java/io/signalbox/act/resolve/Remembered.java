package io.signalbox.act.resolve;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a target's chain said of late; what was not asked for longest makes room. Silence is not remembered. */
final class Remembered {

    private final Duration positive;
    private final Duration negative;
    private final Clock clock;
    private final Map<String, Kept> entries;

    Remembered(ResolveProperties.Resolve properties, Clock clock) {
        this.positive = properties.cache();
        this.negative = properties.negativeCache();
        this.clock = clock;
        int most = properties.cacheSize();
        this.entries = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.@Nullable Entry<String, Kept> eldest) {
                return size() > most;
            }
        };
    }

    private record Kept(Answer answer, Instant until) {}

    /** @param anew whether what is remembered of nobody does not count */
    synchronized @Nullable Answer of(String fingerprint, boolean anew) {
        Kept entry = entries.get(fingerprint);
        if (entry == null || !entry.until().isAfter(clock.instant())) {
            return null;
        }
        return anew && !isPositive(entry.answer()) ? null : entry.answer();
    }

    synchronized void put(String fingerprint, Answer answer) {
        if (answer instanceof Answer.Silent) {
            return;
        }
        Duration time = isPositive(answer) ? positive : negative;
        if (time.isZero()) {
            entries.remove(fingerprint);
        } else {
            entries.put(fingerprint, new Kept(answer, clock.instant().plus(time)));
        }
    }

    synchronized void forget() {
        entries.clear();
    }

    private static boolean isPositive(Answer answer) {
        return answer instanceof Answer.One || answer instanceof Answer.PassOn;
    }
}
