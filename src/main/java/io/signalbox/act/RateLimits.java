package io.signalbox.act;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Keeps attempts at a target below what the operator allows in a minute, on this node. A second's worth may be made at
 * once: consumers that wait ask again each second.
 */
@Component
final class RateLimits {

    private static final double MINUTE = Duration.ofMinutes(1).toNanos();

    private final Map<String, Bucket> buckets = new TreeMap<>();

    RateLimits(ConfiguredTargets targets, Clock clock) {
        for (String target : targets.names()) {
            if (targets.perMinute(target) > 0) {
                buckets.put(target, new Bucket(targets.perMinute(target), clock));
            }
        }
    }

    /** Whether an attempt may be begun now; one that may is counted. */
    boolean enter(@Nullable String target) {
        Bucket bucket = target == null ? null : buckets.get(target);
        return bucket == null || bucket.take();
    }

    private static final class Bucket {

        private final int perMinute;
        private final double largest;
        private final Clock clock;
        private double left;
        private Instant filled;

        Bucket(int perMinute, Clock clock) {
            this.perMinute = perMinute;
            this.largest = Math.max(1, perMinute / 60.0);
            this.clock = clock;
            this.left = largest;
            this.filled = clock.instant();
        }

        synchronized boolean take() {
            Instant now = clock.instant();
            // A clock that was put back must not empty it.
            double gained = Math.max(0, Duration.between(filled, now).toNanos()) * perMinute / MINUTE;
            left = Math.min(largest, left + gained);
            filled = now;
            if (left < 1) {
                return false;
            }
            left--;
            return true;
        }
    }
}
