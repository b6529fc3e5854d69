package io.signalbox.ingest.poll;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Pauses that grow while something fails, each made longer or shorter at random by up to a fifth, so that many who failed
 * together do not come back together.
 */
final class BackOff {

    private static final double JITTER = 0.2;

    private final Duration first;
    private final Duration longest;
    private final DoubleSupplier random;
    private Duration next;

    /** @param random from 0 to 1 */
    BackOff(Duration first, Duration longest, DoubleSupplier random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
        this.next = first;
    }

    /** It went well. */
    void reset() {
        next = first;
    }

    /**
     * It failed: how long to wait.
     *
     * @param asked how long the other side asks us to wait; the pause is never shorter than that, but for one that asks
     *     for more than the longest
     */
    Duration pause(@Nullable Duration asked) {
        double factor = 1 + JITTER * (2 * random.getAsDouble() - 1);
        Duration own = shorter(Duration.ofMillis((long) (next.toMillis() * factor)), longest);
        next = shorter(next.multipliedBy(2), longest);
        return asked == null || asked.compareTo(own) < 0 ? own : shorter(asked, longest);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
