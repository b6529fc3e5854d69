package io.signalbox.transmit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.signalbox.store.ClientTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client that says who it is by its own signature ({@code private_key_jwt}). Each assertion counts once.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7523#section-3">RFC 7523, section 3</a>
 */
final class ClientAssertion {

    static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final Duration LONGEST_LIFE = Duration.ofHours(1);
    private static final int LONGEST = 8 * 1024;
    private static final int RSA_BITS = 2048;

    private static final Map<JWSAlgorithm, Curve> EC =
            Map.of(JWSAlgorithm.ES256, Curve.P_256, JWSAlgorithm.ES384, Curve.P_384);
    private static final Set<JWSAlgorithm> RSA = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256);

    private ClientAssertion() {}

    /** The client that an assertion claims to be of, nothing checked; null if it cannot be read. */
    static @Nullable String subject(String assertion) {
        try {
            return assertion.length() > LONGEST
                    ? null
                    : SignedJWT.parse(assertion).getJWTClaimsSet().getSubject();
        } catch (ParseException | RuntimeException e) {
            return null;
        }
    }

    /**
     * Whether this client signed it, for us, a short while ago, and uses it for the first time.
     *
     * @param audiences how we may be called in it
     */
    static boolean isGood(
            String assertion, Client client, Path keys, Set<String> audiences, ClientTokens tokens, Clock clock) {
        try {
            SignedJWT jwt = SignedJWT.parse(assertion);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            Instant now = clock.instant();
            Instant expiry = claims.getExpirationTime() == null
                    ? Instant.MIN
                    : claims.getExpirationTime().toInstant();
            boolean timely = expiry.plus(SKEW).isAfter(now)
                    && expiry.minus(LONGEST_LIFE).minus(SKEW).isBefore(now)
                    && (claims.getNotBeforeTime() == null
                            || claims.getNotBeforeTime().toInstant().minus(SKEW).isBefore(now));
            return timely
                    && client.id().equals(claims.getIssuer())
                    && client.id().equals(claims.getSubject())
                    && claims.getAudience().stream().anyMatch(audiences::contains)
                    // A SET must never log anybody in (RFC 8417, section 4).
                    && claims.getClaim("events") == null
                    && isSigned(jwt, read("keys-file", keys))
                    && tokens.useOnce(
                            AccessTokens.digest(
                                    client.id() + " " + (claims.getJWTID() == null ? assertion : claims.getJWTID())),
                            expiry.plus(SKEW),
                            now);
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether one of these keys signed it, by an algorithm that fits the key. */
    static boolean isSigned(SignedJWT jwt, List<JWK> keys) throws JOSEException {
        for (JWK key : keys) {
            String kid = jwt.getHeader().getKeyID();
            JWSVerifier verifier = kid == null || kid.equals(key.getKeyID())
                    ? verifier(key, jwt.getHeader().getAlgorithm())
                    : null;
            if (verifier != null && jwt.verify(verifier)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable JWSVerifier verifier(JWK key, JWSAlgorithm algorithm) throws JOSEException {
        if (key instanceof RSAKey rsa && RSA.contains(algorithm) && rsa.size() >= RSA_BITS) {
            return new RSASSAVerifier(rsa);
        }
        if (key instanceof ECKey ec && ec.getCurve().equals(EC.get(algorithm))) {
            return new ECDSAVerifier(ec);
        }
        return null;
    }

    /** @throws IllegalArgumentException naming the key, if the file holds no public keys that fit */
    static void check(String key, Path file) {
        List<JWK> keys = read(key, file);
        if (keys.isEmpty() || keys.stream().anyMatch(JWK::isPrivate)) {
            throw new IllegalArgumentException(
                    key + ": " + file + " must hold public keys, RSA or EC, and no private parts");
        }
    }

    private static List<JWK> read(String key, Path file) {
        try {
            return JWKSet.parse(Files.readString(file)).getKeys();
        } catch (IOException e) {
            throw new IllegalArgumentException(key + ": " + file + " cannot be read", e);
        } catch (ParseException e) {
            throw new IllegalArgumentException(key + ": " + file + " is no key set (RFC 7517, section 5)");
        }
    }
}
