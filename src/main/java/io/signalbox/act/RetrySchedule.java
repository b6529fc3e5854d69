package io.signalbox.act;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait after an attempt that got no answer.
 *
 * @param pauses after the first attempt, the second, and so on
 * @param jitter part of a pause by which it may be longer or shorter
 * @param longestRetryAfter the most that a target's own wish counts
 * @param random from 0 to 1
 */
record RetrySchedule(List<Duration> pauses, double jitter, Duration longestRetryAfter, DoubleSupplier random) {

    /**
     * The pause before the next attempt.
     *
     * @param tries attempts made, this one included
     * @param retryAfter what the target asked for; it can lengthen the pause, never shorten it
     * @return empty if the schedule has ended
     */
    Optional<Duration> after(int tries, @Nullable Duration retryAfter) {
        if (tries > pauses.size()) {
            return Optional.empty();
        }
        double factor = 1 + jitter * (2 * random.getAsDouble() - 1);
        Duration pause =
                Duration.ofMillis(Math.round(pauses.get(Math.max(tries, 1) - 1).toMillis() * factor));
        if (retryAfter == null) {
            return Optional.of(pause);
        }
        Duration asked = retryAfter.compareTo(longestRetryAfter) > 0 ? longestRetryAfter : retryAfter;
        return Optional.of(asked.compareTo(pause) > 0 ? asked : pause);
    }
}
