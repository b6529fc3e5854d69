package io.signalbox.verify;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.signalbox.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import org.jspecify.annotations.Nullable;

/**
 * Our own key, with which we sign over what a source told us without a signature: the ledger then holds a token for it as
 * for every other signal, and nobody who can write there but lacks the key can make one up. Kept in the data directory,
 * readable by its owner alone; made when it is first needed.
 */
final class AttestationKey {

    private static final String FILE = "attestation-key.json";

    private final String kid;
    private final JWSSigner signer;

    private AttestationKey(ECKey key) throws JOSEException {
        this.kid = key.getKeyID();
        this.signer = new ECDSASigner(key);
    }

    /** @throws IllegalArgumentException naming the key of the configuration, if it can be neither read nor made */
    static AttestationKey kept(Home home) {
        Path file = home.resolve(FILE);
        try {
            EncryptionKeys.makeIfAbsent(file, AttestationKey::generate);
            JWK key = JWKSet.parse(Files.readString(file)).getKeys().stream()
                    .findFirst()
                    .orElse(null);
            if (!(key instanceof ECKey ec) || !ec.isPrivate() || !Curve.P_256.equals(ec.getCurve())) {
                throw new IllegalArgumentException(
                        "signalbox.data-directory: " + file + " holds no private key on the curve P-256");
            }
            return new AttestationKey(ec);
        } catch (IOException | ParseException | JOSEException e) {
            // Without its cause, which may quote the file.
            throw new IllegalArgumentException("signalbox.data-directory: " + file + " cannot be read as a key set");
        }
    }

    private static JWKSet generate() {
        try {
            return new JWKSet(new ECKeyGenerator(Curve.P_256)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint(true)
                    .generate());
        } catch (JOSEException e) {
            throw new IllegalStateException("The Java runtime cannot make a key on the curve P-256", e);
        }
    }

    /** The claims as a SET in compact form. */
    String sign(String claims) {
        JWSObject token = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(new JOSEObjectType("secevent+jwt"))
                        .keyID(kid)
                        .build(),
                new Payload(claims));
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("Our own key does not sign", e);
        }
        return token.serialize();
    }

    /** Stands for a key where there is nothing to attest. */
    static @Nullable AttestationKey ifNeeded(TrustProperties trust, Home home) {
        return trust.issuers().stream().anyMatch(issuer -> issuer.keys() instanceof KeySource.Attested)
                ? kept(home)
                : null;
    }
}
