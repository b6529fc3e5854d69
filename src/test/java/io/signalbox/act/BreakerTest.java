package io.signalbox.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.act.Breaker.State;
import io.signalbox.testing.MovableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {

    private final MovableClock clock = new MovableClock();
    private final Breaker breaker =
            new Breaker("idp", new TargetProperties.Breaker(3, Duration.ofSeconds(10), Duration.ofSeconds(25)), clock);

    private void silent(int times) {
        for (int i = 0; i < times; i++) {
            breaker.silent();
        }
    }

    @Test
    void staysClosedWhileAnswersComeInBetween() {
        silent(2);
        breaker.answered();
        silent(2);

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.enter()).isTrue();
        assertThat(breaker.room(500)).isEqualTo(500);
        assertThat(breaker.since()).isEqualTo(MovableClock.START);
    }

    @Test
    void letsNobodyThroughForAPauseAndThenOne() {
        clock.forward(Duration.ofSeconds(1));
        silent(3);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.since()).isEqualTo(MovableClock.START.plusSeconds(1));
        assertThat(breaker.enter()).isFalse();
        assertThat(breaker.room(500)).isZero();

        clock.forward(Duration.ofSeconds(10));
        assertThat(breaker.room(500)).isEqualTo(1);
        assertThat(breaker.enter()).isTrue();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.enter()).isFalse();
        assertThat(breaker.room(500)).isZero();
    }

    @Test
    void goesOnWhenTheProbeIsAnswered() {
        silent(3);
        clock.forward(Duration.ofSeconds(10));
        breaker.enter();
        breaker.answered();

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.enter()).isTrue();
        assertThat(breaker.enter()).isTrue();
        silent(2);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void pausesLongerEachTimeThatTheProbeIsNotAnsweredUpToACap() {
        silent(3);
        for (int pause : new int[] {10, 20, 25, 25}) {
            clock.forward(Duration.ofSeconds(pause).minusMillis(1));
            assertThat(breaker.enter()).as("before %ss are over", pause).isFalse();
            clock.forward(Duration.ofMillis(1));
            assertThat(breaker.enter()).as("after %ss", pause).isTrue();
            breaker.silent();
            assertThat(breaker.state()).isEqualTo(State.OPEN);
        }
    }

    @Test
    void beginsWithTheShortPauseAgainAfterAnAnswer() {
        silent(3);
        clock.forward(Duration.ofSeconds(10));
        breaker.enter();
        breaker.silent();
        clock.forward(Duration.ofSeconds(20));
        breaker.enter();
        breaker.answered();
        silent(3);

        clock.forward(Duration.ofSeconds(10));
        assertThat(breaker.enter()).isTrue();
    }

    @Test
    void isNotKeptOpenLongerByAttemptsThatBeganBeforeItOpened() {
        silent(3);
        clock.forward(Duration.ofSeconds(9));
        silent(5);

        clock.forward(Duration.ofSeconds(1));
        assertThat(breaker.enter()).isTrue();
    }

    @Test
    void believesAnAnswerToAnAttemptThatBeganBeforeItOpened() {
        silent(3);
        breaker.answered();

        assertThat(breaker.enter()).isTrue();
    }

    @Test
    void sendsAnotherProbeWhenNothingIsHeardOfTheFirst() {
        silent(3);
        clock.forward(Duration.ofSeconds(10));
        assertThat(breaker.enter()).isTrue();

        clock.forward(Duration.ofMinutes(3));
        assertThat(breaker.enter()).isTrue();
        assertThat(breaker.enter()).isFalse();
    }

    @Test
    void namesTheKeyOfABadValue() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new TargetProperties.Breaker(0, second, second))
                .hasMessageContaining("signalbox.act.breaker.failures");
        assertThatThrownBy(() -> new TargetProperties.Breaker(1, Duration.ZERO, second))
                .hasMessageContaining("signalbox.act.breaker.pause");
        assertThatThrownBy(() -> new TargetProperties.Breaker(1, second, Duration.ofMillis(1)))
                .hasMessageContaining("signalbox.act.breaker.longest-pause");
    }
}
