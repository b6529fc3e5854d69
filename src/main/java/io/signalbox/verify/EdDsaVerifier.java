package io.signalbox.verify;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Set;

/**
 * Ed25519 by the JDK's own provider, whoever does the other algorithms. Nimbus's verifier wants one more library for it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8037#section-3.1">RFC 8037, section 3.1</a>
 */
final class EdDsaVerifier implements JWSVerifier {

    static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

    private static final String ED25519 = "Ed25519";

    /** What stands before the 32 octets of a key in its X.509 form (RFC 8410, section 4). */
    private static final byte[] X509_START = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    private static final int KEY_OCTETS = 32;

    private final PublicKey key;
    private final JCAContext context = new JCAContext();

    /**
     * @param x the key as published
     * @throws JOSEException if it is no point of the curve
     */
    EdDsaVerifier(Base64URL x) throws JOSEException {
        byte[] octets = x.decode();
        if (octets.length != KEY_OCTETS) {
            throw new JOSEException("A key of Ed25519 has " + KEY_OCTETS + " octets");
        }
        byte[] encoded = new byte[X509_START.length + KEY_OCTETS];
        System.arraycopy(X509_START, 0, encoded, 0, X509_START.length);
        System.arraycopy(octets, 0, encoded, X509_START.length, KEY_OCTETS);
        try {
            this.key = KeyFactory.getInstance(ED25519).generatePublic(new X509EncodedKeySpec(encoded));
            // The JDK looks at the point only when it is first used.
            Signature.getInstance(ED25519).initVerify(key);
        } catch (GeneralSecurityException e) {
            throw new JOSEException("This is no key of Ed25519", e);
        }
    }

    @Override
    public boolean verify(JWSHeader header, byte[] signingInput, Base64URL signature) throws JOSEException {
        try {
            Signature ed25519 = Signature.getInstance(ED25519);
            ed25519.initVerify(key);
            ed25519.update(signingInput);
            return ed25519.verify(signature.decode());
        } catch (SignatureException e) {
            // Of another length, or with a number that is too large: no signature.
            return false;
        } catch (GeneralSecurityException e) {
            throw new JOSEException("Ed25519 is not to be had", e);
        }
    }

    @Override
    public Set<JWSAlgorithm> supportedJWSAlgorithms() {
        return ALGORITHMS;
    }

    @Override
    public JCAContext getJCAContext() {
        return context;
    }
}
