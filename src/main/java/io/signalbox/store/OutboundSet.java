package io.signalbox.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A SET of ours for one stream, before it is signed.
 *
 * @param streamId the stream
 * @param jti unique in the stream; the same cause gives the same one, however often it is written down
 * @param signalId the signal that caused it; absent if none did
 * @param event URI of its event's type
 * @param txn joins the SETs of one cause; absent if there is none
 * @param urgency what it may overtake
 * @param claims all of its claims as they are signed, a JSON object
 * @param createdAt when it was made
 */
public record OutboundSet(
        String streamId,
        String jti,
        @Nullable String signalId,
        String event,
        @Nullable String txn,
        Urgency urgency,
        String claims,
        Instant createdAt) {

    /** What a SET may overtake. Within one urgency they go out in the order in which they were written. */
    public enum Urgency {
        /** Tells that the stream stops or goes on, and goes out however it stands (T-44). */
        ANNOUNCEMENT,
        /** Must be with the receiver within seconds, whatever waits. */
        VERIFICATION,
        /** All else. */
        ORDINARY
    }

    /** Claims belong in no log. */
    @Override
    public String toString() {
        return "OutboundSet[" + streamId + ", " + jti + "]";
    }
}
