package io.signalbox.store;

import io.signalbox.action.Action;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An action as the ledger knows it.
 *
 * @param action what is to be done
 * @param state where it stands
 * @param tries attempts since it was decided or last redriven; decides the next pause
 * @param nextAttemptAt when it is tried again; present only while it waits for that
 * @param updatedAt last change
 * @param attempts all attempts ever made, oldest first
 */
public record ActionRecord(
        Action action,
        ActionState state,
        int tries,
        @Nullable Instant nextAttemptAt,
        Instant updatedAt,
        List<Attempt> attempts) {

    /** Outcome of the line that says that the action is to be done once more, since what it did was given back. */
    public static final String AGAIN = "again";

    /**
     * One try at the target.
     *
     * @param at when it ended
     * @param outcome the outcome's word
     * @param detail what the target said
     */
    public record Attempt(Instant at, String outcome, String detail) {}
}
