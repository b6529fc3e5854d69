package io.signalbox.deliver;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Set;

/**
 * Ed25519 by the Java runtime; the library's own signer needs another library.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8037#section-3.1">RFC 8037, section 3.1</a>
 */
final class EdDsaSigner implements JWSSigner {

    private static final String ED25519 = "Ed25519";
    private static final int OCTETS = 32;

    /** What stands before the 32 octets of a key in its PKCS#8 form (RFC 8410, section 7). */
    private static final byte[] PKCS8_START = {
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20
    };

    private final PrivateKey key;
    private final JCAContext context = new JCAContext();

    EdDsaSigner(OctetKeyPair pair) throws JOSEException {
        byte[] encoded = Arrays.copyOf(PKCS8_START, PKCS8_START.length + OCTETS);
        System.arraycopy(pair.getDecodedD(), 0, encoded, PKCS8_START.length, OCTETS);
        try {
            this.key = KeyFactory.getInstance(ED25519).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new JOSEException("This is no key of Ed25519", e);
        }
    }

    /** A new key, without a name. */
    static OctetKeyPair generate() throws JOSEException {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ED25519).generateKeyPair();
            return new OctetKeyPair.Builder(Curve.Ed25519, last(pair.getPublic().getEncoded()))
                    .d(last(pair.getPrivate().getEncoded()))
                    .build();
        } catch (GeneralSecurityException e) {
            throw new JOSEException("Ed25519 is not to be had", e);
        }
    }

    private static Base64URL last(byte[] encoded) {
        return Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - OCTETS, encoded.length));
    }

    @Override
    public Base64URL sign(JWSHeader header, byte[] signingInput) throws JOSEException {
        try {
            Signature ed25519 = Signature.getInstance(ED25519);
            ed25519.initSign(key);
            ed25519.update(signingInput);
            return Base64URL.encode(ed25519.sign());
        } catch (GeneralSecurityException e) {
            throw new JOSEException("Ed25519 is not to be had", e);
        }
    }

    @Override
    public Set<JWSAlgorithm> supportedJWSAlgorithms() {
        return Set.of(JWSAlgorithm.EdDSA);
    }

    @Override
    public JCAContext getJCAContext() {
        return context;
    }
}
