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
        Standing standing) {

    public VerifiedSet {
        // What a former release put into the queue says nothing of it; it was all that there was.
        if (standing == null) {
            standing = Standing.ENTITLED;
        }
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

    /**
     * The name of this signal everywhere in Signalbox. Made of (iss, jti) alone, so a SET delivered twice is the same
     * signal, on every node and after every restart.
     */
    public String id() {
        return signalId(iss, jti);
    }

    /** Events with equal keys are decided one after the other; all others may overtake each other. */
    public String orderingKey() {
        return subject == null ? id() : subject.key();
    }

    /** See {@link #id()}. The length of iss is hashed with it, so that no two pairs can run together. */
    public static String signalId(String iss, String jti) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((iss.length() + ":" + iss + jti).getBytes(StandardCharsets.UTF_8));
            return "sig-" + HexFormat.of().formatHex(sha256.digest(), 0, 16);
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
