package io.signalbox.act;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves a target alone that gives no answers: after several attempts in a row without one, nothing is sent to it for a
 * pause; then one attempt, the probe, finds out whether it answers again, and the pause grows each time that it does
 * not. Any answer, be it a refusal, closes the breaker.
 */
final class Breaker {

    enum State {
        CLOSED("closed", 0),
        HALF_OPEN("half-open", 1),
        OPEN("open", 2);

        private final String word;
        private final int number;

        State(String word, int number) {
            this.word = word;
            this.number = number;
        }

        String word() {
            return word;
        }

        /** Its value as a metric: the higher, the worse. */
        int number() {
            return number;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);

    /** A probe whose end is never heard of (our own failure in between) must not keep the breaker open for ever. */
    private static final Duration PROBE_PATIENCE = Duration.ofMinutes(3);

    private final String target;
    private final TargetProperties.Breaker properties;
    private final Clock clock;

    private State state = State.CLOSED;
    private Instant since;
    private int silent;
    private Duration pause;
    /** Nothing is sent before this; meaningless while closed. */
    private Instant nextProbe = Instant.MIN;

    Breaker(String target, TargetProperties.Breaker properties, Clock clock) {
        this.target = target;
        this.properties = properties;
        this.clock = clock;
        this.pause = properties.pause();
        this.since = clock.instant();
    }

    /** Whether an attempt may be made now. Of an open breaker whose pause is over, one caller is told so: the probe. */
    synchronized boolean enter() {
        if (state == State.CLOSED) {
            return true;
        }
        Instant now = clock.instant();
        if (now.isBefore(nextProbe)) {
            return false;
        }
        nextProbe = now.plus(PROBE_PATIENCE);
        to(State.HALF_OPEN);
        return true;
    }

    /** How many attempts it would let through now, this many at most. */
    synchronized int room(int most) {
        if (state == State.CLOSED) {
            return most;
        }
        return clock.instant().isBefore(nextProbe) ? 0 : Math.min(1, most);
    }

    /** The target gave an answer, whatever it was; also one to an attempt that began before the breaker opened. */
    synchronized void answered() {
        silent = 0;
        if (state != State.CLOSED) {
            pause = properties.pause();
            to(State.CLOSED);
            LOG.info("Target {} answers again; its actions go on", target);
        }
    }

    /** An attempt ended without an answer. */
    synchronized void silent() {
        if (state == State.CLOSED) {
            silent++;
            if (silent >= properties.failures()) {
                open();
                LOG.warn(
                        "Target {} gave no answer {} times in a row and is left alone until {}; its actions wait, and"
                                + " none is lost",
                        target,
                        silent,
                        nextProbe);
            }
        } else if (state == State.HALF_OPEN) {
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(properties.longestPause()) > 0 ? properties.longestPause() : doubled;
            open();
            LOG.warn("Target {} still gives no answer and is left alone until {}", target, nextProbe);
        }
        // While open, it is the end of an attempt that began before: nothing new.
    }

    private void open() {
        nextProbe = clock.instant().plus(pause);
        to(State.OPEN);
    }

    private void to(State next) {
        if (state != next) {
            state = next;
            since = clock.instant();
        }
    }

    synchronized State state() {
        return state;
    }

    synchronized Instant since() {
        return since;
    }
}
