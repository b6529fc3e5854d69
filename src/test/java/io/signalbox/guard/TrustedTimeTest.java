package io.signalbox.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TrustedTimeTest {

    private final MovableClock clock = new MovableClock();
    private final AtomicLong nanos = new AtomicLong();
    private final TrustedTime time = new TrustedTime(clock, nanos::get, Duration.ofHours(1));
    private final Instant start = time.now();

    private Instant pass(Duration real, Duration told) {
        nanos.addAndGet(real.toNanos());
        clock.forward(told);
        return time.now();
    }

    @Test
    void followsAClockThatRunsAsItShould() {
        assertThat(pass(Duration.ofSeconds(60), Duration.ofSeconds(61))).isEqualTo(start.plusSeconds(61));
    }

    @Test
    void givesNothingBackEarlyWhenTheClockJumpsAhead() {
        assertThat(pass(Duration.ofSeconds(1), Duration.ofHours(5))).isEqualTo(start.plusSeconds(1));
        assertThat(pass(Duration.ofMinutes(10), Duration.ofMinutes(10)))
                .isEqualTo(start.plusSeconds(1).plus(Duration.ofMinutes(10)));
    }

    @Test
    void keepsNothingLongerWhenTheClockJumpsBack() {
        assertThat(pass(Duration.ofSeconds(1), Duration.ofHours(-5))).isEqualTo(start.plusSeconds(1));
        assertThat(pass(Duration.ofMinutes(30), Duration.ofMinutes(30)))
                .isEqualTo(start.plusSeconds(1).plus(Duration.ofMinutes(30)));
    }

    @Test
    void believesAClockAgainThatWasSetRightOrHasStayedLongEnough() {
        pass(Duration.ofSeconds(1), Duration.ofHours(5));
        pass(Duration.ofSeconds(1), Duration.ofHours(-5));
        assertThat(pass(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEqualTo(clock.instant());
        pass(Duration.ofSeconds(1), Duration.ofHours(2));
        pass(Duration.ofMinutes(59), Duration.ofMinutes(59));
        assertThat(clock.instant()).isNotEqualTo(time.now());
        assertThat(pass(Duration.ofMinutes(2), Duration.ofMinutes(2))).isEqualTo(clock.instant());
    }
}
