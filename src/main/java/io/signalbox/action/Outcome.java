package io.signalbox.action;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt at an action ended. The type alone says what follows: only {@link NoAnswer} is tried again.
 *
 * <p>Texts are short, for an operator: a status line, a SCIM error's detail. They hold no secret and no subject.
 */
public sealed interface Outcome {

    /** What the target said, or why nothing was heard. */
    String detail();

    /** Whether another attempt can change anything. */
    default boolean mayBeRetried() {
        return false;
    }

    /** The word kept in the ledger and shown in the API. */
    String word();

    /** The target did it. */
    record Done(String detail) implements Outcome {
        @Override
        public String word() {
            return "done";
        }
    }

    /** Nothing was left to do: the account was disabled before. */
    record AlreadyDone(String detail) implements Outcome {
        @Override
        public String word() {
            return "already-done";
        }
    }

    /** The target does not know the subject. */
    record NotFound(String detail) implements Outcome {
        @Override
        public String word() {
            return "not-found";
        }
    }

    /**
     * Nobody at the target, or not one alone, could be told to be the subject; the target was not asked to do anything.
     * It is done once the mapping finds one.
     */
    record Unmatched(String detail) implements Outcome {
        @Override
        public String word() {
            return "unmatched";
        }
    }

    /** The subject is one that no rule may touch, whatever it came under; the target was not asked to do anything. */
    record Suppressed(String detail) implements Outcome {
        @Override
        public String word() {
            return "suppressed";
        }
    }

    /** The target understood and will not: a wrong credential, a request it rejects, a subject that fits two users. */
    record Refused(String detail) implements Outcome {
        @Override
        public String word() {
            return "refused";
        }
    }

    /**
     * No answer that settles it: no connection, a time-out, 429, 5xx.
     *
     * @param retryAfter how long the target asked us to wait; absent if it did not say
     */
    record NoAnswer(String detail, @Nullable Duration retryAfter) implements Outcome {

        public static final String WORD = "no-answer";

        @Override
        public String word() {
            return WORD;
        }

        @Override
        public boolean mayBeRetried() {
            return true;
        }
    }
}
