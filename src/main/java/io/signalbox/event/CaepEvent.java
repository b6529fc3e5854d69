package io.signalbox.event;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events of the Continuous Access Evaluation Profile. The records below are the registry: {@link EventCatalog} finds
 * each through its {@code TYPE}.
 *
 * <p>A record holds the claims of its type, those that all types share, and the claims that we do not know, such as a
 * vendor's own: a payload that was read and is written again says the same.
 *
 * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3">CAEP 1.0, section 3</a>
 */
public sealed interface CaepEvent extends KnownEvent {

    /** The kinds of credential that the text lists; the list is open. */
    List<String> CREDENTIAL_TYPES = List.of(
            "password",
            "pin",
            "x509",
            "fido2-platform",
            "fido2-roaming",
            "fido-u2f",
            "verifiable-credential",
            "phone-voice",
            "phone-sms",
            "app");

    /** The claims that every CAEP event may carry. */
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
     * The sessions that the subject matches have ended. A subject without a session means all of its sessions.
     *
     * @param common the claims that every CAEP event may carry
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.1">CAEP 1.0, section 3.1</a>
     */
    record SessionRevoked(CaepContext common, Map<String, Object> others) implements CaepEvent {

        static final EventType TYPE = EventType.openId("caep", "session-revoked", SessionRevoked::read);

        private static SessionRevoked read(Claims claims) {
            return new SessionRevoked(CaepContext.read(claims), claims.others());
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
     * Claims of a token that the subject names have new values.
     *
     * @param claims claim name to new value; at least one
     * @param common the claims that every CAEP event may carry
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.2">CAEP 1.0, section 3.2</a>
     */
    record TokenClaimsChange(Map<String, Object> claims, CaepContext common, Map<String, Object> others)
            implements CaepEvent {

        static final EventType TYPE = EventType.openId(
                "caep",
                "token-claims-change",
                TokenClaimsChange::read,
                EventType.openIdUri("caep", "token-claims-changed"));

        private static TokenClaimsChange read(Claims claims) {
            return new TokenClaimsChange(claims.object("claims"), CaepContext.read(claims), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written().with("claims", claims), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A credential was created, changed, revoked or deleted.
     *
     * @param credentialType open list; known are {@code password}, {@code pin}, {@code x509}, {@code fido2-platform},
     *     {@code fido2-roaming}, {@code fido-u2f}, {@code verifiable-credential}, {@code phone-voice},
     *     {@code phone-sms}, {@code app}
     * @param changeType what happened to it
     * @param friendlyName how the user calls it
     * @param x509Issuer issuer of the certificate
     * @param x509Serial serial number of the certificate
     * @param fido2Aaguid model of the authenticator
     * @param common the claims that every CAEP event may carry
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.3">CAEP 1.0, section 3.3</a>
     */
    record CredentialChange(
            String credentialType,
            ChangeType changeType,
            @Nullable String friendlyName,
            @Nullable String x509Issuer,
            @Nullable String x509Serial,
            @Nullable String fido2Aaguid,
            CaepContext common,
            Map<String, Object> others)
            implements CaepEvent {

        static final EventType TYPE = EventType.openId("caep", "credential-change", CredentialChange::read);

        private static CredentialChange read(Claims claims) {
            return new CredentialChange(
                    claims.text("credential_type", CREDENTIAL_TYPES),
                    claims.word("change_type", ChangeType.class),
                    claims.optionalText("friendly_name"),
                    claims.optionalText("x509_issuer"),
                    claims.optionalText("x509_serial"),
                    claims.optionalText("fido2_aaguid"),
                    CaepContext.read(claims),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        /** One more credential mends none that is compromised; one that is changed or gone does. */
        @Override
        public @Nullable Aspect states() {
            return changeType == ChangeType.CREATE ? null : Posture.credential(credentialType, changeType.word());
        }

        @Override
        public boolean perishes() {
            return false;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(
                    new Claims.Written()
                            .with("credential_type", credentialType)
                            .with("change_type", changeType)
                            .with("friendly_name", friendlyName)
                            .with("x509_issuer", x509Issuer)
                            .with("x509_serial", x509Serial)
                            .with("fido2_aaguid", fido2Aaguid),
                    others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The assurance of who the subject is, or of its login, changed after the login.
     *
     * @param namespace vocabulary of the levels, an open list; known are {@code RFC8176}, {@code RFC6711},
     *     {@code ISO-IEC-29115}, {@code NIST-IAL}, {@code NIST-AAL}, {@code NIST-FAL}
     * @param currentLevel level now, in that vocabulary
     * @param previousLevel level before; absent means that the transmitter does not know
     * @param changeDirection whether it rose or fell; absent if the transmitter did not say
     * @param common the claims that every CAEP event may carry
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.4">CAEP 1.0, section 3.4</a>
     */
    record AssuranceLevelChange(
            String namespace,
            String currentLevel,
            @Nullable String previousLevel,
            @Nullable ChangeDirection changeDirection,
            CaepContext common,
            Map<String, Object> others)
            implements CaepEvent {

        static final EventType TYPE = EventType.openId("caep", "assurance-level-change", AssuranceLevelChange::read);

        private static final List<String> NAMESPACES =
                List.of("RFC8176", "RFC6711", "ISO-IEC-29115", "NIST-IAL", "NIST-AAL", "NIST-FAL");

        private static AssuranceLevelChange read(Claims claims) {
            return new AssuranceLevelChange(
                    isOf2021(claims) ? "NIST-AAL" : claims.text("namespace", NAMESPACES),
                    claims.text("current_level"),
                    claims.optionalText("previous_level"),
                    claims.optionalWord("change_direction", ChangeDirection.class),
                    CaepContext.read(claims),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        /** The text of 2021 knew the NIST's authentication levels only, and so did not name them. */
        private static boolean isOf2021(Claims claims) {
            return claims.peek("namespace") == null
                    && claims.peek("current_level") instanceof String level
                    && level.matches("nist-aal[1-3]");
        }

        @Override
        public Aspect states() {
            return Posture.assurance(namespace, currentLevel);
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(
                    new Claims.Written()
                            .with("namespace", namespace)
                            .with("current_level", currentLevel)
                            .with("previous_level", previousLevel)
                            .with("change_direction", changeDirection),
                    others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A device began or ceased to obey the rules of who manages it.
     *
     * @param previousStatus status before
     * @param currentStatus status now
     * @param common the claims that every CAEP event may carry
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.5">CAEP 1.0, section 3.5</a>
     */
    record DeviceComplianceChange(
            ComplianceStatus previousStatus,
            ComplianceStatus currentStatus,
            CaepContext common,
            Map<String, Object> others)
            implements CaepEvent {

        static final EventType TYPE =
                EventType.openId("caep", "device-compliance-change", DeviceComplianceChange::read);

        private static DeviceComplianceChange read(Claims claims) {
            return new DeviceComplianceChange(
                    claims.word("previous_status", ComplianceStatus.class),
                    claims.word("current_status", ComplianceStatus.class),
                    CaepContext.read(claims),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return Posture.compliance(currentStatus);
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(
                    new Claims.Written().with("previous_status", previousStatus).with("current_status", currentStatus),
                    others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A session of the subject began.
     *
     * @param fpUa fingerprint of the user agent; names no session
     * @param acr authentication context class, as in an ID token
     * @param amr authentication methods, as in an ID token; empty if absent
     * @param extId name of the session elsewhere
     * @param common the claims that every CAEP event may carry
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.6">CAEP 1.0, section 3.6</a>
     */
    record SessionEstablished(
            @Nullable String fpUa,
            @Nullable String acr,
            List<String> amr,
            @Nullable String extId,
            CaepContext common,
            Map<String, Object> others)
            implements CaepEvent {

        static final EventType TYPE = EventType.openId("caep", "session-established", SessionEstablished::read);

        private static SessionEstablished read(Claims claims) {
            return new SessionEstablished(
                    claims.optionalText("fp_ua"),
                    claims.optionalText("acr"),
                    claims.texts("amr"),
                    claims.optionalText("ext_id"),
                    CaepContext.read(claims),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return Posture.sessions("established");
        }

        /** It happened, whatever came of other sessions since. */
        @Override
        public boolean perishes() {
            return false;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(
                    new Claims.Written()
                            .with("fp_ua", fpUa)
                            .with("acr", acr)
                            .with("amr", amr)
                            .with("ext_id", extId),
                    others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A session of the subject was seen in use.
     *
     * @param fpUa fingerprint of the user agent
     * @param extId name of the session elsewhere
     * @param common the claims that every CAEP event may carry
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.7">CAEP 1.0, section 3.7</a>
     */
    record SessionPresented(
            @Nullable String fpUa, @Nullable String extId, CaepContext common, Map<String, Object> others)
            implements CaepEvent {

        static final EventType TYPE = EventType.openId("caep", "session-presented", SessionPresented::read);

        private static SessionPresented read(Claims claims) {
            return new SessionPresented(
                    claims.optionalText("fp_ua"),
                    claims.optionalText("ext_id"),
                    CaepContext.read(claims),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(new Claims.Written().with("fp_ua", fpUa).with("ext_id", extId), others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The transmitter rates the risk of the principal anew.
     *
     * @param principal kind of entity that is rated, an open list; known are {@code USER}, {@code DEVICE}, {@code SESSION},
     *     {@code TENANT}, {@code ORG_UNIT}, {@code GROUP}
     * @param currentLevel risk now
     * @param previousLevel risk before; absent means unknown, not low
     * @param riskReason what contributed to it, in the transmitter's words
     * @param common the claims that every CAEP event may carry
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.8">CAEP 1.0, section 3.8</a>
     */
    record RiskLevelChange(
            String principal,
            RiskLevel currentLevel,
            @Nullable RiskLevel previousLevel,
            @Nullable String riskReason,
            CaepContext common,
            Map<String, Object> others)
            implements CaepEvent {

        static final EventType TYPE = EventType.openId("caep", "risk-level-change", RiskLevelChange::read);

        private static final List<String> PRINCIPALS =
                List.of("USER", "DEVICE", "SESSION", "TENANT", "ORG_UNIT", "GROUP");

        private static RiskLevelChange read(Claims claims) {
            String told = isOfTheProposal(claims) ? ratedBySubject(claims) : null;
            return new RiskLevelChange(
                    told != null ? told : claims.text("principal", PRINCIPALS),
                    claims.word("current_level", RiskLevel.class),
                    claims.optionalWord("previous_level", RiskLevel.class),
                    claims.optionalText("risk_reason"),
                    CaepContext.read(claims),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        /** The proposal that became this type had addresses, which the final text has not, and no principal. */
        private static boolean isOfTheProposal(Claims claims) {
            return claims.peek("principal") == null && claims.peek("ips") != null;
        }

        /** What it rated is the most specific member of the subject, which it had inside the event (U-27). */
        private static @Nullable String ratedBySubject(Claims claims) {
            return claims.peekSubject()
                    .map(subject -> subject.principalKind().toUpperCase(Locale.ROOT))
                    .orElse(null);
        }

        @Override
        public Aspect states() {
            return Posture.riskOf(principal, currentLevel);
        }

        @Override
        public @Nullable String reasonCode() {
            return riskReason;
        }

        @Override
        public Map<String, Object> toJson() {
            return common.write(
                    new Claims.Written()
                            .with("principal", principal)
                            .with("current_level", currentLevel)
                            .with("previous_level", previousLevel)
                            .with("risk_reason", riskReason),
                    others);
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }
}
