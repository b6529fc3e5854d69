package io.signalbox.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream that we keep for a receiver.
 *
 * @param id unique for good
 * @param client whose it is
 * @param aud audience of its SETs; never changes
 * @param method how its SETs get to the receiver
 * @param endpoint where they are pushed to; absent if they are polled
 * @param sealed what is sent in the header {@code Authorization}, encrypted; absent if nothing is
 * @param eventsRequested event types as the receiver asked for them, unknown ones included; absent if it did not
 * @param description the receiver's own; absent if it gave none
 * @param status whether SETs go out
 * @param reason why it stands so; absent if nobody said
 * @param createdAt when it was made
 * @param updatedAt when its configuration or status last changed
 * @param activeAt when its receiver was last heard of
 * @param pace how its deliveries go; only reading tells
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.1">SSF 1.0, section
 *     8.1.1</a>
 */
public record OutboundStream(
        String id,
        String client,
        List<String> aud,
        Method method,
        @Nullable String endpoint,
        @Nullable String sealed,
        @Nullable List<String> eventsRequested,
        @Nullable String description,
        Status status,
        @Nullable String reason,
        Instant createdAt,
        Instant updatedAt,
        Instant activeAt,
        Pace pace) {

    /** How SETs get to the receiver. */
    public enum Method {
        /** We post each (RFC 8935). */
        PUSH("push", "urn:ietf:rfc:8935"),
        /** The receiver fetches them (RFC 8936). */
        POLL("poll", "urn:ietf:rfc:8936");

        private final String word;
        private final String urn;

        Method(String word, String urn) {
            this.word = word;
            this.urn = urn;
        }

        public String word() {
            return word;
        }

        /** As it is written in a stream's configuration. */
        public String urn() {
            return urn;
        }
    }

    /** Whether SETs go out (T-42). */
    public enum Status {
        /** They do. */
        ENABLED("enabled"),
        /** They are kept for later. */
        PAUSED("paused"),
        /** They are not even kept. */
        DISABLED("disabled");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        /** As spelt on the wire. */
        public String word() {
            return word;
        }
    }

    /**
     * How deliveries go.
     *
     * @param restUntil nothing is pushed before this, since the receiver gave no answer; absent if it may be
     * @param failures pushes in a row without an answer that settles them
     * @param refusals SETs in a row that the receiver would not have
     * @param lastCause what went wrong last; absent if nothing did
     */
    public record Pace(
            @Nullable Instant restUntil,
            int failures,
            int refusals,
            @Nullable String lastCause) {

        /** Of a stream that nothing happened to. */
        public static final Pace FRESH = new Pace(null, 0, 0, null);
    }

    /** The same with what its receiver configures. */
    public OutboundStream configured(
            Method newMethod,
            @Nullable String newEndpoint,
            @Nullable String newSealed,
            @Nullable List<String> newRequested,
            @Nullable String newDescription,
            Instant at) {
        return new OutboundStream(
                id,
                client,
                aud,
                newMethod,
                newEndpoint,
                newSealed,
                newRequested,
                newDescription,
                status,
                reason,
                createdAt,
                at,
                activeAt,
                pace);
    }

    /** Addresses may hold secrets of the receiver's. */
    @Override
    public String toString() {
        return "OutboundStream[" + id + ", " + client + ", " + method.word() + ", " + status.word() + "]";
    }
}
