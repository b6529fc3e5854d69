package io.signalbox.event;

import io.signalbox.set.SubjectIdentifier;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
 * @param derivedFrom alias of the event of the same signal that means the same in another dialect; absent if the event
 *     stands in the token itself. See {@link ScimMapping}
 */
public record SecurityEvent(
        String signalId,
        String issuer,
        @Nullable String txn,
        @Nullable SubjectIdentifier subject,
        EventPayload payload,
        Instant occurredAt,
        Instant receivedAt,
        @Nullable String derivedFrom) {

    /** One that stands in the token itself. */
    public SecurityEvent(
            String signalId,
            String issuer,
            @Nullable String txn,
            @Nullable SubjectIdentifier subject,
            EventPayload payload,
            Instant occurredAt,
            Instant receivedAt) {
        this(signalId, issuer, txn, subject, payload, occurredAt, receivedAt, null);
    }

    /** What it means in another dialect: the same happened to the same subject. */
    public SecurityEvent meaning(EventPayload equivalent) {
        return new SecurityEvent(signalId, issuer, txn, subject, equivalent, occurredAt, receivedAt, payload.alias());
    }

    /**
     * The same as {@link #issuer()}. The rule engine takes that accessor for a question, {@code is-suer}, so a rule that
     * reads {@code issuer} needs this one.
     */
    public String getIssuer() {
        return issuer;
    }

    /** Who caused it; null if the transmitter did not say. */
    public @Nullable InitiatingEntity initiatingEntity() {
        return payload.context().initiatingEntity();
    }

    /** Why, in a word that a program can act upon, such as {@code hijacking} or a risk reason; null if there is none. */
    public @Nullable String reasonCode() {
        return payload.reasonCode();
    }

    /**
     * Why, for logs and audit; never to be shown to end users.
     *
     * @param languages what the reader understands, as in {@code Accept-Language}
     * @return the text in the language that fits best, some text if none does, empty if there is none at all
     */
    public Optional<String> reasonForAdmin(String languages) {
        return CaepContext.inOneOf(languages, payload.context().reasonAdmin());
    }

    /** Why, for the end user; see {@link #reasonForAdmin}. */
    public Optional<String> reasonForUser(String languages) {
        return CaepContext.inOneOf(languages, payload.context().reasonUser());
    }

    /** How long it took to get here; zero if the transmitter's clock is ahead of ours. */
    public Duration delay() {
        return occurredAt.isAfter(receivedAt) ? Duration.ZERO : Duration.between(occurredAt, receivedAt);
    }

    /** Subjects and payloads belong in no log. */
    @Override
    public String toString() {
        return "SecurityEvent[" + signalId + ", " + payload.alias() + "]";
    }
}
