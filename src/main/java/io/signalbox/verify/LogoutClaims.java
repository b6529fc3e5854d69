package io.signalbox.verify;

import io.signalbox.set.SetError;
import io.signalbox.set.Standing;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The claim set of a logout token whose signature is genuine: no SET of SSF, and taken at its own door alone, so that
 * neither can pass for the other (J-12). What is made of it is the CAEP event that says the same (E-30).
 *
 * @see <a href="https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation">OpenID Connect Back-Channel Logout
 *     1.0, sections 2.4 and 2.6</a>
 */
final class LogoutClaims {

    /** Recommended by the text, demanded here unless the issuer is known to lack it: it is what tells the token from an ID token by the same issuer. */
    static final String TYPE = "logout+jwt";

    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";
    private static final String SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

    /** What a provider gives a token at most. One that is good for longer could be used again for longer. */
    private static final Duration LONGEST_LIFE = Duration.ofHours(1);

    /** How long one without {@code exp} is good for; the text prefers no more than that for those that have it. */
    private static final Duration LIFE_WITHOUT_EXP = Duration.ofMinutes(2);

    private static final Pattern TEXT = Pattern.compile("[^\\p{Cc}\\p{Cs}]{1,256}");

    private final Map<String, Object> claims;
    private final TrustedIssuer issuer;
    private final Instant now;

    LogoutClaims(Map<String, Object> claims, TrustedIssuer issuer, Instant now) {
        this.claims = claims;
        this.issuer = issuer;
        this.now = now;
    }

    /**
     * Whether the header's {@code typ} may stand on a logout token of this issuer. Where it may be missing, the event in it
     * and the missing {@code nonce} are all that tells it from an ID token.
     */
    static boolean takesType(String typ, TrustedIssuer issuer) {
        return typ.equalsIgnoreCase(TYPE)
                || issuer.logoutTypOptional() && (typ.isEmpty() || typ.equalsIgnoreCase("JWT"));
    }

    VerifiedSet verified(String compact, Instant receivedAt) {
        List<String> aud = audience();
        Instant iat = time("iat");
        boolean ageless = issuer.logoutExpOptional() && !claims.containsKey("exp");
        Instant exp = ageless ? iat.plus(LIFE_WITHOUT_EXP) : time("exp");
        if (iat.isAfter(now.plus(issuer.clockSkew()))) {
            throw Refusal.request("The claim iat lies in the future");
        }
        if (exp.isBefore(now.minus(issuer.clockSkew()))) {
            throw Refusal.request("The logout token has expired");
        }
        if (exp.isAfter(iat.plus(LONGEST_LIFE))) {
            throw Refusal.request("The logout token is good for longer than an hour");
        }
        String jti = Objects.requireNonNullElseGet(text("jti"), () -> {
            throw Refusal.request("The claim jti is missing");
        });
        if (claims.containsKey("nonce")) {
            throw Refusal.request("The claim nonce must not be in a logout token");
        }
        if (!(claims.get("events") instanceof Map<?, ?> events) || !(events.get(EVENT) instanceof Map<?, ?>)) {
            throw Refusal.request("The claim events has no member " + EVENT + " with an object");
        }
        String sub = text("sub");
        String sid = text("sid");
        if (sub == null && sid == null) {
            throw Refusal.request("The logout token names neither a sub nor a sid");
        }
        SubjectIdentifier subject = SubjectIdentifier.ofLogout(issuer.issuer(), sub, sid);
        Map<String, Map<String, Object>> told =
                Map.of(SESSION_REVOKED, Map.of("event_timestamp", iat.getEpochSecond()));
        Standing standing = issuer.entitlement().of(told.keySet(), List.of(subject), iat, now);
        return new VerifiedSet(
                issuer.issuer(), jti, iat, aud, null, null, subject, told, compact, receivedAt, standing, true);
    }

    private List<String> audience() {
        Object value = claims.get("aud");
        Collection<?> values =
                value instanceof Collection<?> array ? array : value == null ? List.of() : List.of(value);
        if (values.isEmpty() || !values.stream().allMatch(String.class::isInstance)) {
            throw new Refusal(SetError.INVALID_AUDIENCE, "The claim aud is missing, or no string or array of strings");
        }
        List<String> aud = values.stream().map(String.class::cast).toList();
        if (aud.stream().noneMatch(issuer.audiences()::contains)) {
            throw new Refusal(SetError.INVALID_AUDIENCE, "The claim aud does not name this receiver");
        }
        return aud;
    }

    private Instant time(String claim) {
        if (claims.get(claim) instanceof Number number
                && number.doubleValue() >= 0
                && number.doubleValue() <= 253_402_300_799.0) {
            return Instant.ofEpochSecond(number.longValue());
        }
        throw Refusal.request("The claim " + claim + " is missing or no date in seconds");
    }

    private @Nullable String text(String claim) {
        if (!claims.containsKey(claim)) {
            return null;
        }
        if (claims.get(claim) instanceof String text && TEXT.matcher(text).matches()) {
            return text;
        }
        throw Refusal.request("The claim " + claim + " is no string of 1 to 256 printable characters");
    }
}
