package io.signalbox.guard;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time by which containments end. A clock that jumps must not give anything back early, nor keep it longer: so from
 * one look to the next no more time passes than the processor's own count says, until the clock has stayed where it is for
 * long enough to be believed.
 */
final class TrustedTime {

    private static final Logger LOG = LoggerFactory.getLogger(TrustedTime.class);

    /** A clock that is being set right drifts by less than this between two looks. */
    private static final Duration DRIFT = Duration.ofSeconds(5);

    private final Clock clock;
    private final LongSupplier nanos;
    private final Duration doubt;
    private @Nullable Instant wall;
    private Instant trusted = Instant.EPOCH;
    private long counted;
    private @Nullable Duration doubted;

    TrustedTime(Clock clock, LongSupplier nanos, Duration doubt) {
        this.clock = clock;
        this.nanos = nanos;
        this.doubt = doubt;
    }

    synchronized Instant now() {
        Instant current = clock.instant();
        long count = nanos.getAsLong();
        if (wall == null) {
            trusted = current;
        } else {
            Duration passed = Duration.ofNanos(count - counted);
            Duration told = Duration.between(wall, current);
            boolean jumped = told.minus(passed).abs().compareTo(DRIFT) > 0;
            if (jumped) {
                LOG.warn(
                        "The clock jumped by {}: containments end by the time that really passed, until it has stayed"
                                + " for {}",
                        told.minus(passed),
                        doubt);
                doubted = Duration.ZERO;
                trusted = trusted.plus(passed);
            } else if (doubted != null) {
                doubted = doubted.plus(passed);
                trusted = trusted.plus(passed);
                boolean back = Duration.between(trusted, current).abs().compareTo(DRIFT) <= 0;
                if (back || doubted.compareTo(doubt) >= 0) {
                    doubted = null;
                    trusted = current;
                }
            } else {
                trusted = current;
            }
        }
        wall = current;
        counted = count;
        return trusted;
    }
}
