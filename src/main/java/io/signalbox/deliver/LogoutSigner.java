package io.signalbox.deliver;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import io.signalbox.action.TokenSigner;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Signs with a key that a target was given, which is the one its OpenID provider signs ID tokens with; or with our own
 * as a transmitter.
 *
 * @see <a href="https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken">Back-Channel Logout, 2.4</a>
 */
@Component
final class LogoutSigner implements TokenSigner {

    private static final List<String> ALGORITHMS = List.of("RS256", "PS256", "ES256");
    private static final String UNFIT = "The target's secret is not a private key for ";

    private final Supplier<Optional<SigningKeys>> own;

    @Autowired
    LogoutSigner(ObjectProvider<TenantKeys> own) {
        // Those of signalbox.issuer; absent where we are no transmitter.
        this(() -> Optional.ofNullable(own.getIfAvailable()).flatMap(keys -> keys.of("")));
    }

    LogoutSigner(Supplier<Optional<SigningKeys>> own) {
        this.own = own;
    }

    @Override
    public Signed sign(String claims, String type, String algorithm, @Nullable String key, String keyId) {
        if (!ALGORITHMS.contains(algorithm)) {
            return new Signed.NoKey("The algorithm must be one of " + ALGORITHMS);
        }
        if (key == null) {
            return own(claims, type, algorithm);
        }
        JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.parse(algorithm)).type(new JOSEObjectType(type));
        try {
            String named = key.startsWith("{") ? JWK.parse(key).getKeyID() : null;
            String kid = keyId.isEmpty() ? named : keyId;
            JWSObject token = new JWSObject(header.keyID(kid).build(), new Payload(claims));
            token.sign(key.startsWith("{") ? byJwk(JWK.parse(key)) : byPem(key, algorithm));
            return new Signed.Token(token.serialize());
        } catch (ParseException | JOSEException | GeneralSecurityException | IllegalArgumentException e) {
            // Its message may quote the key.
            return new Signed.NoKey(UNFIT + algorithm + ", as JWK or in PEM (PKCS #8)");
        }
    }

    private Signed own(String claims, String type, String algorithm) {
        SigningKeys keys = own.get().orElse(null);
        if (keys == null || !keys.signsBy(algorithm)) {
            return new Signed.NoKey(
                    "The target was given no secret to sign with, and as a transmitter we have no key for "
                            + algorithm);
        }
        return new Signed.Token(keys.signed(claims, algorithm, type));
    }

    private static JWSSigner byJwk(JWK key) throws JOSEException {
        if (!key.isPrivate()) {
            throw new JOSEException("a public key");
        }
        return key instanceof ECKey ec
                ? new ECDSASigner(ec)
                : new RSASSASigner(key.toRSAKey().toRSAPrivateKey());
    }

    private static JWSSigner byPem(String pem, String algorithm) throws JOSEException, GeneralSecurityException {
        byte[] encoded = Base64.getMimeDecoder()
                .decode(pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").strip());
        KeyFactory keys = KeyFactory.getInstance(algorithm.startsWith("ES") ? "EC" : "RSA");
        PrivateKey key = keys.generatePrivate(new PKCS8EncodedKeySpec(encoded));
        return key instanceof ECPrivateKey ec ? new ECDSASigner(ec) : new RSASSASigner(key);
    }
}
