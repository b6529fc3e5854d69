package io.signalbox.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SETs for tests: one valid, change one thing. {@code Sets.valid(transmitter, now).without("jti").compact()} is a SET
 * that is good but for its jti. Values are immutable; each change gives a new one.
 */
public final class Sets {

    public static final String AUDIENCE = "https://signals.example.com";
    public static final String RISK_LEVEL_CHANGE =
            "https://schemas.openid.net/secevent/caep/event-type/risk-level-change";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Object> header;
    private final Map<String, Object> claims;
    private final byte @Nullable [] rawHeader;
    private final byte @Nullable [] rawClaims;
    private final JWK key;
    private final JWSAlgorithm algorithm;

    private Sets(
            Map<String, Object> header,
            Map<String, Object> claims,
            byte @Nullable [] rawHeader,
            byte @Nullable [] rawClaims,
            JWK key,
            JWSAlgorithm algorithm) {
        this.header = header;
        this.claims = claims;
        this.rawHeader = rawHeader;
        this.rawClaims = rawClaims;
        this.key = key;
        this.algorithm = algorithm;
    }

    /** A risk-level-change to HIGH of a user named by e-mail, signed with RS256. */
    public static Sets valid(FakeTransmitter transmitter, Instant now) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", transmitter.issuer());
        claims.put("jti", "jti-0001");
        claims.put("iat", now.getEpochSecond());
        claims.put("aud", AUDIENCE);
        claims.put("txn", "txn-0001");
        claims.put("sub_id", Map.of("format", "email", "email", "alice@acme.example"));
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("event_timestamp", now.getEpochSecond());
        payload.put("principal", "USER");
        payload.put("current_level", "HIGH");
        payload.put("previous_level", "LOW");
        payload.put("risk_reason", "PASSWORD_FOUND_IN_DATA_BREACH");
        claims.put("events", Map.of(RISK_LEVEL_CHANGE, payload));
        return new Sets(Map.of("typ", "secevent+jwt"), claims, null, null, transmitter.rsa(), JWSAlgorithm.RS256)
                .signedBy(transmitter.rsa(), JWSAlgorithm.RS256);
    }

    public Sets with(String claim, @Nullable Object value) {
        return new Sets(header, changed(claims, claim, value), rawHeader, rawClaims, key, algorithm);
    }

    public Sets without(String claim) {
        return new Sets(header, removed(claims, claim), rawHeader, rawClaims, key, algorithm);
    }

    public Sets header(String member, @Nullable Object value) {
        return new Sets(changed(header, member, value), claims, rawHeader, rawClaims, key, algorithm);
    }

    public Sets withoutHeader(String member) {
        return new Sets(removed(header, member), claims, rawHeader, rawClaims, key, algorithm);
    }

    /** The bytes of the header instead of the members. */
    public Sets rawHeader(byte[] bytes) {
        return new Sets(header, claims, bytes, rawClaims, key, algorithm);
    }

    /** The bytes of the claim set instead of the claims. */
    public Sets rawClaims(byte[] bytes) {
        return new Sets(header, claims, rawHeader, bytes, key, algorithm);
    }

    /** Signs with this key, and says so in the header. */
    public Sets signedBy(JWK signer, JWSAlgorithm alg) {
        return signedSilentlyBy(signer, alg).header("alg", alg.getName()).header("kid", signer.getKeyID());
    }

    /** Signs with this key, and leaves the header as it is. */
    public Sets signedSilentlyBy(JWK signer, JWSAlgorithm alg) {
        return new Sets(header, claims, rawHeader, rawClaims, signer, alg);
    }

    public byte[] claimBytes() {
        return rawClaims != null ? rawClaims : json(claims);
    }

    public String compact() {
        return signingInput() + "." + signature();
    }

    public String signingInput() {
        return encode(rawHeader != null ? rawHeader : json(header)) + "." + encode(claimBytes());
    }

    public String signature() {
        if (key instanceof OctetKeyPair pair) {
            return ed25519(pair);
        }
        try {
            return signer().sign(new JWSHeader(algorithm), signingInput().getBytes(StandardCharsets.US_ASCII))
                    .toString();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private String ed25519(OctetKeyPair pair) {
        byte[] start = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
        byte[] pkcs8 = Arrays.copyOf(start, start.length + 32);
        System.arraycopy(pair.getDecodedD(), 0, pkcs8, start.length, 32);
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
            ed25519.update(signingInput().getBytes(StandardCharsets.US_ASCII));
            return encode(ed25519.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private JWSSigner signer() throws JOSEException {
        if (key instanceof RSAKey rsa) {
            // Weak keys are among what must be refused, so they must be able to sign here.
            return new RSASSASigner(rsa.toPrivateKey(), true);
        }
        if (key instanceof ECKey ec) {
            return new ECDSASigner(ec);
        }
        return new MACSigner((OctetSequenceKey) key);
    }

    public static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] json(Map<String, Object> value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("NullAway") // a JSON null is one of the changes
    private static Map<String, Object> changed(Map<String, Object> from, String name, @Nullable Object value) {
        Map<String, Object> copy = new LinkedHashMap<>(from);
        copy.put(name, value);
        return copy;
    }

    private static Map<String, Object> removed(Map<String, Object> from, String name) {
        Map<String, Object> copy = new LinkedHashMap<>(from);
        copy.keySet().removeAll(List.of(name));
        return copy;
    }
}
