package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Ruling;
import io.signalbox.action.Ruling.Held;
import io.signalbox.action.Ruling.Suppressed;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionRecord.Attempt;
import io.signalbox.store.ActionState;
import io.signalbox.store.jdbc.RecordedContent.ActionContent;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An action on its way into the ledger, and what the guard said of it.
 *
 * @param relayed whether it is done once the decision is recorded, since the SETs that it sends on are written with it
 */
record DecidedAction(Action action, String body, Ruling ruling, boolean relayed) {

    static DecidedAction of(Action action) {
        return of(action, false);
    }

    static DecidedAction of(Action action, boolean relayed) {
        return new DecidedAction(action, Wire.write(action), Ruling.GOES, relayed);
    }

    DecidedAction ruled(Ruling said) {
        return new DecidedAction(action, body, said, relayed);
    }

    /** Without a target there is nothing to wait for. */
    ActionState state() {
        if (relayed) {
            return ActionState.DONE;
        }
        if (action.target() == null) {
            return ActionState.UNASSIGNED;
        }
        if (ruling instanceof Held) {
            return ActionState.HELD;
        }
        return ruling instanceof Suppressed ? ActionState.SUPPRESSED : ActionState.WAITING;
    }

    /** The guard's word as the first in the action's story; absent if it goes. */
    @Nullable
    Attempt word(Instant at) {
        Instant millis = Instant.ofEpochMilli(at.toEpochMilli());
        if (ruling instanceof Held held) {
            return new Attempt(millis, ActionState.HELD.word(), held.cause().word() + ": " + held.reason());
        }
        return ruling instanceof Suppressed suppressed
                ? new Attempt(
                        millis,
                        ActionState.SUPPRESSED.word(),
                        suppressed.cause().word() + ": " + suppressed.reason())
                : null;
    }

    ActionContent content() {
        return new ActionContent(action.id(), action.ordinal(), action.kind(), action.target(), body);
    }

    @Nullable
    Object[] columns(Instant decidedAt) {
        return new @Nullable Object[] {
            action.id(),
            action.signalId(),
            action.ordinal(),
            action.kind(),
            action.target(),
            state().word(),
            word(decidedAt) == null ? 0 : 1,
            decidedAt.toEpochMilli(),
            body
        };
    }

    ActionRecord decided(Instant at) {
        Attempt word = word(at);
        return new ActionRecord(action, state(), 0, null, at, word == null ? List.of() : List.of(word));
    }
}
