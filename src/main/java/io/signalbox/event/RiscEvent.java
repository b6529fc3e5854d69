package io.signalbox.event;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events of Risk Incident Sharing and Coordination, and those that Google sends by that name. The five under
 * {@code accounts.google.com} are from before there was a standard, and were seen in receivers' code alone: they are read
 * and kept under names of their own, so that no rule takes one for the standard's unless it says so.
 *
 * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2">RISC 1.0, section 2</a>
 */
public sealed interface RiscEvent extends KnownEvent {

    String GOOGLE = "https://accounts.google.com/risc/event/";

    /** Time, reasons and originator. The text has them in one type only, but senders add them to others. */
    CaepContext common();

    @Override
    default @Nullable Instant ownTime() {
        return common().eventTimestamp();
    }

    @Override
    default CaepContext context() {
        return common();
    }

    /**
     * The account was required to change a credential, for example after a hijacking was suspected.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.1">RISC 1.0, section 2.1</a>
     */
    record AccountCredentialChangeRequired(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE =
                EventType.openId("risc", "account-credential-change-required", AccountCredentialChangeRequired::read);

        private static AccountCredentialChangeRequired read(Claims claims) {
            return new AccountCredentialChangeRequired(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The account was deleted for good.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.2">RISC 1.0, section 2.2</a>
     */
    record AccountPurged(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "account-purged", AccountPurged::read);

        private static AccountPurged read(Claims claims) {
            return new AccountPurged(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return AccountState.PURGED.aspect();
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The account was disabled; it may be enabled again.
     *
     * @param reason why; known are {@code hijacking} and {@code bulk-account}, any other says no more than none
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.3">RISC 1.0, section 2.3</a>
     */
    record AccountDisabled(@Nullable String reason, CaepContext common, Map<String, Object> others)
            implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "account-disabled", AccountDisabled::read);

        private static AccountDisabled read(Claims claims) {
            return new AccountDisabled(
                    claims.optionalText("reason", List.of("hijacking", "bulk-account")),
                    CaepContext.readBorrowed(claims),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return AccountState.DISABLED.aspect();
        }

        @Override
        public @Nullable String reasonCode() {
            return reason;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written().with("reason", reason), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The account was enabled.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.4">RISC 1.0, section 2.4</a>
     */
    record AccountEnabled(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "account-enabled", AccountEnabled::read);

        private static AccountEnabled read(Claims claims) {
            return new AccountEnabled(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return AccountState.ENABLED.aspect();
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The identifier that is the subject, an e-mail address or a phone number, is no longer the one of this account.
     * Only who has authority over the identifier should say so (P-22).
     *
     * @param newValue the identifier that took its place; absent if the transmitter did not say
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.5">RISC 1.0, section 2.5</a>
     */
    record IdentifierChanged(@Nullable String newValue, CaepContext common, Map<String, Object> others)
            implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "identifier-changed", IdentifierChanged::read);

        private static IdentifierChanged read(Claims claims) {
            return new IdentifierChanged(
                    claims.optionalText("new-value"), CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written().with("new-value", newValue), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The identifier that is the subject, an e-mail address or a phone number, belongs to a different user now.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.6">RISC 1.0, section 2.6</a>
     */
    record IdentifierRecycled(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "identifier-recycled", IdentifierRecycled::read);

        private static IdentifierRecycled read(Claims claims) {
            return new IdentifierRecycled(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A credential of the subject was found to be compromised, typically in a leak.
     *
     * @param credentialType kind of credential, as in {@link CaepEvent.CredentialChange}
     * @param common time and reasons, as in CAEP
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.7">RISC 1.0, section 2.7</a>
     */
    record CredentialCompromise(String credentialType, CaepContext common, Map<String, Object> others)
            implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "credential-compromise", CredentialCompromise::read);

        private static CredentialCompromise read(Claims claims) {
            return new CredentialCompromise(
                    claims.text("credential_type", CaepEvent.CREDENTIAL_TYPES),
                    CaepContext.read(claims),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return Posture.compromised(credentialType);
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written().with("credential_type", credentialType), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The subject agreed to have events exchanged about it.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.8.1">RISC 1.0, section 2.8.1</a>
     */
    record OptIn(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "opt-in", OptIn::read);

        private static OptIn read(Claims claims) {
            return new OptIn(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return SharingState.OPT_IN.aspect();
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The subject asked that no more events are exchanged about it; they still are until that takes effect.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.8.2">RISC 1.0, section 2.8.2</a>
     */
    record OptOutInitiated(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "opt-out-initiated", OptOutInitiated::read);

        private static OptOutInitiated read(Claims claims) {
            return new OptOutInitiated(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return SharingState.OPT_OUT_INITIATED.aspect();
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The subject took back that it asked to opt out.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.8.3">RISC 1.0, section 2.8.3</a>
     */
    record OptOutCancelled(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "opt-out-cancelled", OptOutCancelled::read);

        private static OptOutCancelled read(Claims claims) {
            return new OptOutCancelled(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return SharingState.OPT_IN.aspect();
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * No more events are exchanged about the subject.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.8.4">RISC 1.0, section 2.8.4</a>
     */
    record OptOutEffective(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "opt-out-effective", OptOutEffective::read);

        private static OptOutEffective read(Claims claims) {
            return new OptOutEffective(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return SharingState.OPT_OUT.aspect();
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The subject began to recover the account.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.9">RISC 1.0, section 2.9</a>
     */
    record RecoveryActivated(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "recovery-activated", RecoveryActivated::read);

        private static RecoveryActivated read(Claims claims) {
            return new RecoveryActivated(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * What the account is recovered with, such as a phone number, was changed.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.10">RISC 1.0, section 2.10</a>
     */
    record RecoveryInformationChanged(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE =
                EventType.openId("risc", "recovery-information-changed", RecoveryInformationChanged::read);

        private static RecoveryInformationChanged read(Claims claims) {
            return new RecoveryInformationChanged(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * All sessions of the account were ended. Its own text tells new transmitters to send {@link
     * CaepEvent.SessionRevoked}; some still send this.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.11">RISC 1.0, section 2.11</a>
     */
    record SessionsRevoked(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.openId("risc", "sessions-revoked", SessionsRevoked::read);

        private static SessionsRevoked read(Claims claims) {
            return new SessionsRevoked(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return Posture.sessions("revoked");
        }

        /** Ended is ended, whatever came of other sessions since. */
        @Override
        public boolean perishes() {
            return false;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * Asks whether the stream works, as Google sends it.
     *
     * @param state what the receiver gave when it asked for this; absent if it did not ask
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     */
    record GoogleVerification(@Nullable String state, CaepContext common, Map<String, Object> others)
            implements RiscEvent, StreamVerification {

        static final EventType TYPE = EventType.of(
                "risc/google-verification", EventType.openIdUri("risc", "verification"), GoogleVerification::read);

        private static GoogleVerification read(Claims claims) {
            return new GoogleVerification(
                    claims.optionalText("state"), CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written().with("state", state), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * All sessions were ended, under a URI from before there was a standard.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     */
    record GoogleOldSessionsRevoked(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.of(
                "risc/google-old-sessions-revoked", GOOGLE + "sessions-revoked", GoogleOldSessionsRevoked::read);

        private static GoogleOldSessionsRevoked read(Claims claims) {
            return new GoogleOldSessionsRevoked(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * One token was revoked, under a URI from before there was a standard.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     */
    record GoogleOldOneTokenRevoked(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.of(
                "risc/google-old-one-token-revoked", GOOGLE + "one-token-revoked", GoogleOldOneTokenRevoked::read);

        private static GoogleOldOneTokenRevoked read(Claims claims) {
            return new GoogleOldOneTokenRevoked(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * All tokens of a grant were revoked, under a URI from before there was a standard.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     */
    record GoogleOldAllTokenRevoked(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.of(
                "risc/google-old-all-token-revoked", GOOGLE + "all-token-revoked", GoogleOldAllTokenRevoked::read);

        private static GoogleOldAllTokenRevoked read(Claims claims) {
            return new GoogleOldAllTokenRevoked(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The account was disabled, under a URI from before there was a standard.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     */
    record GoogleOldAccountDisabled(CaepContext common, Map<String, Object> others) implements RiscEvent {

        static final EventType TYPE = EventType.of(
                "risc/google-old-account-disabled", GOOGLE + "account-disabled", GoogleOldAccountDisabled::read);

        private static GoogleOldAccountDisabled read(Claims claims) {
            return new GoogleOldAccountDisabled(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The account was required to change a credential, under a URI from before there was a standard.
     *
     * @param common claims of CAEP that senders add to events of this family as well
     * @param others claims that this type does not know
     */
    record GoogleOldAccountCredentialChangeRequired(CaepContext common, Map<String, Object> others)
            implements RiscEvent {

        static final EventType TYPE = EventType.of(
                "risc/google-old-account-credential-change-required",
                GOOGLE + "account-credential-change-required",
                GoogleOldAccountCredentialChangeRequired::read);

        private static GoogleOldAccountCredentialChangeRequired read(Claims claims) {
            return new GoogleOldAccountCredentialChangeRequired(CaepContext.readBorrowed(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written(), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }
}
