package io.signalbox.event;

import io.signalbox.set.SubjectIdentifier;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events of OAuth tokens and clients, of a draft of 2018 that expired; Google sends two of them. The subject stands
 * inside the event, or is the client that the audience names.
 */
public sealed interface OAuthEvent extends KnownEvent {

    /** Whether the subject is the client that the token is meant for. */
    default boolean isAboutTheAudience() {
        return false;
    }

    /** Why all tokens of an account were revoked. */
    enum GrantRevocationReason implements WireWord {
        USER("user"),
        ISSUER("issuer");

        private final String word;

        GrantRevocationReason(String word) {
            this.word = word;
        }

        /** As spelt on the wire; compared case-sensitively. */
        @Override
        public String word() {
            return word;
        }
    }

    /** Why a token was revoked. */
    enum RevocationReason implements WireWord {
        INACTIVE("inactive"),
        TOO_MANY("too_many"),
        API("api"),
        USER("user"),
        ISSUER("issuer");

        private final String word;

        RevocationReason(String word) {
            this.word = word;
        }

        /** As spelt on the wire; compared case-sensitively. */
        @Override
        public String word() {
            return word;
        }
    }

    /**
     * A token was issued.
     *
     * @param subject the token, as an {@code oauth_token} subject where the sender names the token itself
     * @param tokenSubject the user or client that the token stands for; empty if the transmitter did not say
     * @param others claims that this type does not know
     */
    record TokenIssued(Map<String, Object> subject, Map<String, Object> tokenSubject, Map<String, Object> others)
            implements OAuthEvent {

        static final EventType TYPE = EventType.openId("oauth", "token-issued", TokenIssued::read);

        private static TokenIssued read(Claims claims) {
            return new TokenIssued(claims.subject("subject"), claims.optionalSubject("token_subject"), claims.others());
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
                    .with("subject", subject)
                    .with("token_subject", tokenSubject)
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
     * One token was revoked.
     *
     * @param subject the token, as an {@code oauth_token} subject where the sender names the token itself
     * @param tokenSubject the user or client that the token stands for; empty if the transmitter did not say
     * @param reason why; absent if the transmitter did not say
     * @param others claims that this type does not know
     */
    record TokenRevoked(
            Map<String, Object> subject,
            Map<String, Object> tokenSubject,
            @Nullable RevocationReason reason,
            Map<String, Object> others)
            implements OAuthEvent {

        static final EventType TYPE = EventType.openId("oauth", "token-revoked", TokenRevoked::read);

        private static TokenRevoked read(Claims claims) {
            return new TokenRevoked(
                    claims.subject("subject"),
                    claims.optionalSubject("token_subject"),
                    claims.optionalWord("reason", RevocationReason.class),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public @Nullable String reasonCode() {
            return reason == null ? null : reason.word();
        }

        @Override
        public @Nullable SubjectIdentifier subjectInside() {
            return KnownEvent.subjectAmong(Map.of("subject", subject));
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("subject", subject)
                    .with("token_subject", tokenSubject)
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
     * All tokens of an account for this client were revoked. Without a subject this means every account of the
     * client: nothing is done about it unless a rule asks for that.
     *
     * @param subject the account; empty if all accounts of the client are meant
     * @param reason why; absent if the transmitter did not say
     * @param others claims that this type does not know
     */
    record TokensRevoked(
            Map<String, Object> subject, @Nullable GrantRevocationReason reason, Map<String, Object> others)
            implements OAuthEvent {

        static final EventType TYPE = EventType.openId(
                "oauth", "tokens-revoked", TokensRevoked::read, EventType.openIdUri("risc", "tokens-revoked"));

        private static TokensRevoked read(Claims claims) {
            return new TokensRevoked(
                    claims.optionalSubject("subject"),
                    claims.optionalWord("reason", GrantRevocationReason.class),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public @Nullable String reasonCode() {
            return reason == null ? null : reason.word();
        }

        @Override
        public @Nullable SubjectIdentifier subjectInside() {
            return KnownEvent.subjectAmong(Map.of("subject", subject));
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("subject", subject)
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
     * The client that the audience names was disabled.
     *
     * @param others claims that this type does not know
     */
    record ClientDisabled(Map<String, Object> others) implements OAuthEvent {

        static final EventType TYPE = EventType.openId("oauth", "client-disabled", ClientDisabled::read);

        private static ClientDisabled read(Claims claims) {
            return new ClientDisabled(claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public boolean isAboutTheAudience() {
            return true;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written().with(others).json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The client that the audience names was enabled.
     *
     * @param others claims that this type does not know
     */
    record ClientEnabled(Map<String, Object> others) implements OAuthEvent {

        static final EventType TYPE = EventType.openId("oauth", "client-enabled", ClientEnabled::read);

        private static ClientEnabled read(Claims claims) {
            return new ClientEnabled(claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public boolean isAboutTheAudience() {
            return true;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written().with(others).json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A credential of the client that the audience names changed.
     *
     * @param others claims that this type does not know
     */
    record ClientCredentialChanged(Map<String, Object> others) implements OAuthEvent {

        static final EventType TYPE =
                EventType.openId("oauth", "client-credential-changed", ClientCredentialChanged::read);

        private static ClientCredentialChanged read(Claims claims) {
            return new ClientCredentialChanged(claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public boolean isAboutTheAudience() {
            return true;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written().with(others).json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }
}
