package io.signalbox.stream;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of one call to a transmitter. The type says whose fault it was and whether to try again, so that nobody has to
 * look at a status: theirs for good ({@link Refused}, {@link Malformed}), nobody's yet ({@link NotYet}, {@link Pending},
 * {@link Unreachable}), or ours ({@link Gone}, {@link Taken}, {@link NotOffered}: we asked for what is not there).
 *
 * @param <T> what the call gives when it is done
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1">SSF 1.0, section
 *     8.1</a>
 */
public sealed interface Answer<T> {

    /** One sentence for people; holds no secret and no subject. */
    String told();

    /** What the call gave, if it is done. */
    default Optional<T> value() {
        return Optional.empty();
    }

    /** The same for a caller that wanted something else; only of what is not done. */
    @SuppressWarnings("unchecked")
    default <U> Answer<U> undone() {
        if (this instanceof Done) {
            throw new IllegalStateException("This is done");
        }
        return (Answer<U>) this;
    }

    /** Done: the status that the text names for it, and a body that fits. */
    record Done<T>(T result) implements Answer<T> {
        @Override
        public Optional<T> value() {
            return Optional.of(result);
        }

        @Override
        public String told() {
            return "done";
        }
    }

    /** 202 to a change: accepted, not done. The same request later tells the result. */
    record Pending<T>() implements Answer<T> {
        @Override
        public String told() {
            return "accepted and not done yet (202); the same request later tells the result";
        }
    }

    /**
     * 429 or 503: asked too often, or the other side is busy.
     *
     * @param retryAfter how long it asks us to wait; a default of ours if it does not say
     */
    record NotYet<T>(int status, Duration retryAfter) implements Answer<T> {
        @Override
        public String told() {
            return "answered " + status + "; again in " + retryAfter.toSeconds() + " s";
        }
    }

    /** 404: no such stream for this receiver (T-11). */
    record Gone<T>() implements Answer<T> {
        @Override
        public String told() {
            return "answered 404: there is no such stream for this receiver";
        }
    }

    /** 409 to a create: this receiver may have no second stream. */
    record Taken<T>() implements Answer<T> {
        @Override
        public String told() {
            return "answered 409: this receiver has a stream already and may have no second one";
        }
    }

    /**
     * Any other 4xx or 5xx.
     *
     * @param code the error's name, where the body or the WWW-Authenticate header has one
     * @param hint what is most likely to be done about it; empty if we have no idea
     */
    record Refused<T>(int status, @Nullable String code, String hint) implements Answer<T> {
        @Override
        public String told() {
            return "answered " + status + (code == null ? "" : " " + code) + (hint.isEmpty() ? "" : ": " + hint);
        }
    }

    /**
     * The other side did it, or says so, and not as the text has it. What it answered is not used.
     *
     * @param rule the rule that was broken
     * @param why what is wrong; names members, never values that may be secret
     */
    record Malformed<T>(String rule, String why) implements Answer<T> {
        @Override
        public String told() {
            return why + " (" + rule + ")";
        }
    }

    /** The metadata has no endpoint for it (T-03). */
    record NotOffered<T>(String member) implements Answer<T> {
        @Override
        public String told() {
            return "the transmitter's metadata has no " + member;
        }
    }

    /** Not called, or no answer: no name, no connection, no trust, no time, or an address that may not be called. */
    record Unreachable<T>(String why) implements Answer<T> {
        @Override
        public String told() {
            return why;
        }
    }
}
