package io.signalbox.event;

import io.signalbox.set.SubjectIdentifier;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to one subject, whatever dialect told us: the fact that rules match.
 *
 * @param signalId the signal it came in
 * @param issuer who says so
 * @param txn joins the events of one cause; absent if the transmitter gave none
 * @param subject whom it is about; absent if the signal names nobody
 * @param payload what happened
 * @param occurredAt when it happened: the event's own time, else the token's {@code toe}, else its {@code iat}
 * @param receivedAt when we got it
 */
public record SecurityEvent(
        String signalId,
        String issuer,
        @Nullable String txn,
        @Nullable SubjectIdentifier subject,
        EventPayload payload,
        Instant occurredAt,
        Instant receivedAt) {

    /**
     * The same as {@link #issuer()}. The rule engine takes that accessor for a question, {@code is-suer}, so a rule that
     * reads {@code issuer} needs this one.
     */
    public String getIssuer() {
        return issuer;
    }

    /** Subjects and payloads belong in no log. */
    @Override
    public String toString() {
        return "SecurityEvent[" + signalId + ", " + payload.alias() + "]";
    }
}
