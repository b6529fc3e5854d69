package io.signalbox.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A SET of ours as the outbox knows it.
 *
 * @param seq its place among all; what was written later has a greater one
 * @param set what it says
 * @param compact as it was signed when it first went out; absent before
 * @param state {@code waiting}, {@code delivered}, {@code parked} (its receiver would not have it) or {@code dropped}
 * @param attempts how often it went out
 * @param endedAt when it was settled; absent while it waits
 * @param code what its receiver answered, a word of RFC 8935, or a status; absent if nothing went wrong
 * @param cause the same in a sentence
 */
public record QueuedSet(
        long seq,
        OutboundSet set,
        @Nullable String compact,
        String state,
        int attempts,
        @Nullable Instant endedAt,
        @Nullable String code,
        @Nullable String cause) {

    /** Tokens belong in no log. */
    @Override
    public String toString() {
        return "QueuedSet[" + seq + ", " + set + "]";
    }
}
