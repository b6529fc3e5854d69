package io.signalbox.event;

import io.signalbox.set.SubjectIdentifier;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events about a stream itself, of the Shared Signals Framework and of its draft of 2021, then called SSE.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.4">SSF 1.0, sections
 *     8.1.4 and 8.1.5</a>
 */
public sealed interface SsfEvent extends KnownEvent {

    /** How a stream stands. */
    enum StreamStatus implements WireWord {
        ENABLED("enabled"),
        PAUSED("paused"),
        DISABLED("disabled");

        private final String word;

        StreamStatus(String word) {
            this.word = word;
        }

        /** As spelt on the wire; compared case-sensitively. */
        @Override
        public String word() {
            return word;
        }
    }

    /**
     * Asks whether the stream works from end to end. Its subject is the stream.
     *
     * @param state what the receiver gave when it asked for this; absent if it did not ask
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.4">SSF 1.0, section 8.1.4</a>
     */
    record Verification(@Nullable String state, Map<String, Object> others) implements SsfEvent, StreamVerification {

        static final EventType TYPE = EventType.openId("ssf", "verification", Verification::read);

        private static Verification read(Claims claims) {
            return new Verification(claims.optionalText("state"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written().with("state", state).with(others).json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The transmitter changed how the stream stands. Its subject is the stream.
     *
     * @param status how the stream stands now
     * @param reason why, in short
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.5">SSF 1.0, section 8.1.5</a>
     */
    record StreamUpdated(StreamStatus status, @Nullable String reason, Map<String, Object> others) implements SsfEvent {

        static final EventType TYPE = EventType.openId("ssf", "stream-updated", StreamUpdated::read);

        private static StreamUpdated read(Claims claims) {
            // Keycloak 26.7 has an object there, of which one member is the status.
            claims.unwrap("status");
            return new StreamUpdated(
                    claims.word("status", StreamStatus.class), claims.optionalText("reason"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("status", status)
                    .with("reason", reason)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The same as {@link Verification} in the text of 2021: without a subject, the stream being the one it came on.
     *
     * @param state what the receiver gave when it asked for this; absent if it did not ask
     * @param others claims that this type does not know
     */
    record SseVerification(@Nullable String state, Map<String, Object> others) implements SsfEvent, StreamVerification {

        static final EventType TYPE = EventType.openId("sse", "verification", SseVerification::read);

        private static SseVerification read(Claims claims) {
            return new SseVerification(claims.optionalText("state"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written().with("state", state).with(others).json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The same as {@link StreamUpdated} in the text of 2021. With a subject, it is about that subject alone.
     *
     * @param status how the stream stands now
     * @param reason why, in short
     * @param subject whom alone it is about; empty if it is about the stream
     * @param others claims that this type does not know
     */
    record SseStreamUpdated(
            StreamStatus status, @Nullable String reason, Map<String, Object> subject, Map<String, Object> others)
            implements SsfEvent {

        static final EventType TYPE = EventType.openId("sse", "stream-updated", SseStreamUpdated::read);

        private static SseStreamUpdated read(Claims claims) {
            return new SseStreamUpdated(
                    claims.word("status", StreamStatus.class),
                    claims.optionalText("reason"),
                    claims.optionalSubject("subject"),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public @Nullable SubjectIdentifier subjectInside() {
            return KnownEvent.subjectAmong(Map.of("subject", subject));
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("status", status)
                    .with("reason", reason)
                    .with("subject", subject)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }
}
