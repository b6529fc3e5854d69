package io.signalbox.set;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A SET whose signature, issuer, audience and shape were checked. Only the verify stage makes one from a sender's
 * bytes; what was not verified cannot be passed on.
 *
 * @param iss who signed it; one of the trusted issuers, character for character
 * @param jti unique within the issuer
 * @param iat when the token was issued, not when the event happened
 * @param aud whom it is meant for; at least one is us
 * @param txn joins the SETs of one cause; absent if the transmitter gave none
 * @param toe when the event happened, if the token itself says so
 * @param subject whom it is about ({@code sub_id}, or the legacy place inside the event); absent if it names nobody
 * @param events event URI to payload, at least one, in the order of the token
 * @param compact the token as signed, kept for audit
 * @param receivedAt when we got it
 * @param standing what it counts for, by what its issuer may say
 * @param logoutToken whether it came as a logout token of OIDC, which tells that a session ended and nothing more
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8417#section-2.2">RFC 8417, section 2.2</a>
 */
public record VerifiedSet(
        String iss,
        String jti,
        Instant iat,
        List<String> aud,
        @Nullable String txn,
        @Nullable Instant toe,
        @Nullable SubjectIdentifier subject,
        Map<String, Map<String, Object>> events,
        String compact,
        Instant receivedAt,
        Standing standing,
        boolean logoutToken) {

    public VerifiedSet {
        // What a former release put into the queue says nothing of it; it was all that there was.
        if (standing == null) {
            standing = Standing.ENTITLED;
        }
    }

    /** One that came as a SET. */
    public VerifiedSet(
            String iss,
            String jti,
            Instant iat,
            List<String> aud,
            @Nullable String txn,
            @Nullable Instant toe,
            @Nullable SubjectIdentifier subject,
            Map<String, Map<String, Object>> events,
            String compact,
            Instant receivedAt,
            Standing standing) {
        this(iss, jti, iat, aud, txn, toe, subject, events, compact, receivedAt, standing, false);
    }

    /** Of an issuer that may say everything. */
    public VerifiedSet(
            String iss,
            String jti,
            Instant iat,
            List<String> aud,
            @Nullable String txn,
            @Nullable Instant toe,
            @Nullable SubjectIdentifier subject,
            Map<String, Map<String, Object>> events,
            String compact,
            Instant receivedAt) {
        this(iss, jti, iat, aud, txn, toe, subject, events, compact, receivedAt, Standing.ENTITLED);
    }

    private static final HexFormat HEX = HexFormat.of();

    /** Enough until the year 4147; whatever claims to be later counts as that. */
    private static final int TIME_DIGITS = 9;

    private static final long LAST_SECOND = (1L << (4 * TIME_DIGITS)) - 1;

    /**
     * The name of this signal everywhere in Signalbox. Made of what the token says, so a SET delivered twice is the same
     * signal, on every node and after every restart.
     */
    public String id() {
        return signalId(iss, jti, iat);
    }

    /** Events with equal keys are decided one after the other; all others may overtake each other. */
    public String orderingKey() {
        return subject == null ? id() : subject.key();
    }

    /**
     * See {@link #id()}. Begins with {@code iat}, so that what came at about the same time lies together in every index:
     * digests alone would make each row of a large ledger land on pages of its own. The rest is a digest of (iss, jti),
     * the length of iss with it, so that no two pairs can run together.
     */
    public static String signalId(String iss, String jti, Instant iat) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((iss.length() + ":" + iss + jti).getBytes(StandardCharsets.UTF_8));
            String time = HEX.toHexDigits(Math.min(Math.max(0, iat.getEpochSecond()), LAST_SECOND), TIME_DIGITS);
            return "sig-" + time + HEX.formatHex(sha256.digest()).substring(0, 32 - TIME_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    /** Subjects and token content belong in no log. */
    @Override
    public String toString() {
        return "VerifiedSet[" + id() + ", iss=" + iss + ", jti=" + jti + "]";
    }
}
