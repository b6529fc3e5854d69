package io.signalbox.verify;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A published key that may verify signatures, made ready once for many SETs.
 *
 * @param kid its name in the key set, if it has one
 * @param algorithms what it may be used with; one family only, whatever a header says (J-02, J-03)
 * @param expiry from when on its issuer says not to use it, if that is said
 * @param verifier safe for use by many threads
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725#section-3.1">RFC 8725, section 3.1</a>
 */
record SigningKey(
        @Nullable String kid,
        Set<JWSAlgorithm> algorithms,
        @Nullable Instant expiry,
        JWSVerifier verifier) {

    private static final int MIN_RSA_BITS = 2048;

    /** The verifiers go by the algorithm alone; all other members of the header were judged by {@link SetHeader}. */
    private static final Map<JWSAlgorithm, JWSHeader> HEADERS = Map.of(
            JWSAlgorithm.RS256, new JWSHeader(JWSAlgorithm.RS256),
            JWSAlgorithm.PS256, new JWSHeader(JWSAlgorithm.PS256),
            JWSAlgorithm.ES256, new JWSHeader(JWSAlgorithm.ES256),
            JWSAlgorithm.ES384, new JWSHeader(JWSAlgorithm.ES384),
            JWSAlgorithm.EdDSA, new JWSHeader(JWSAlgorithm.EdDSA),
            JWSAlgorithm.Ed25519, new JWSHeader(JWSAlgorithm.Ed25519));

    /** Makes a key ready, or gives nothing if it is meant for something else, too weak, or withdrawn. */
    static Optional<SigningKey> of(JWK jwk, CryptoProvider crypto) {
        if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)
                || jwk.getKeyOperations() != null && !jwk.getKeyOperations().contains(KeyOperation.VERIFY)
                || jwk.getKeyRevocation() != null) {
            return Optional.empty();
        }
        Set<JWSAlgorithm> algorithms = algorithms(jwk);
        if (jwk.getAlgorithm() != null) {
            String only = jwk.getAlgorithm().getName();
            algorithms = algorithms.stream()
                    .filter(algorithm -> algorithm.getName().equals(only))
                    .collect(Collectors.toUnmodifiableSet());
        }
        if (algorithms.isEmpty()) {
            return Optional.empty();
        }
        try {
            JWSVerifier verifier = verifier(jwk, crypto);
            Instant expiry = jwk.getExpirationTime() == null
                    ? null
                    : jwk.getExpirationTime().toInstant();
            return Optional.of(new SigningKey(jwk.getKeyID(), algorithms, expiry, verifier));
        } catch (JOSEException e) {
            return Optional.empty();
        }
    }

    private static JWSVerifier verifier(JWK jwk, CryptoProvider crypto) throws JOSEException {
        if (jwk instanceof OctetKeyPair pair) {
            return new EdDsaVerifier(pair.getX());
        }
        JWSVerifier verifier = jwk instanceof RSAKey rsa
                ? new RSASSAVerifier((RSAPublicKey) crypto.own(rsa.toRSAPublicKey()))
                : new ECDSAVerifier((ECPublicKey) crypto.own(jwk.toECKey().toECPublicKey()));
        if (crypto.provider() != null) {
            verifier.getJCAContext().setProvider(crypto.provider());
        }
        return verifier;
    }

    private static Set<JWSAlgorithm> algorithms(JWK jwk) {
        if (jwk instanceof RSAKey rsa && rsa.size() >= MIN_RSA_BITS) {
            return Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256);
        }
        if (jwk instanceof ECKey ec && ec.getCurve().equals(Curve.P_256)) {
            return Set.of(JWSAlgorithm.ES256);
        }
        if (jwk instanceof ECKey ec && ec.getCurve().equals(Curve.P_384)) {
            return Set.of(JWSAlgorithm.ES384);
        }
        if (jwk instanceof OctetKeyPair pair && pair.getCurve().equals(Curve.Ed25519)) {
            return EdDsaVerifier.ALGORITHMS;
        }
        return Set.of();
    }

    boolean fits(JWSAlgorithm algorithm, Instant now) {
        return algorithms.contains(algorithm) && (expiry == null || now.isBefore(expiry));
    }

    boolean signed(CompactSet set, JWSAlgorithm algorithm) {
        JWSHeader header = HEADERS.get(algorithm);
        try {
            return header != null && verifier.verify(header, set.signingInput(), set.signature());
        } catch (JOSEException e) {
            // A signature that does not verify is an answer; this is a provider that cannot work with the key.
            throw new IllegalStateException("The crypto provider could not check a signature", e);
        }
    }
}
