package io.signalbox.stream;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The private key with which we prove to an authorization server who we are. */
final class ClientKey {

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private static final int MIN_RSA_BITS = 2048;

    /** By the number of bits of the curve. The form of the signature is that of RFC 7518, section 3.4. */
    private static final Map<Integer, String[]> CURVES = Map.of(
            256, new String[] {"ES256", "SHA256withECDSAinP1363Format"},
            384, new String[] {"ES384", "SHA384withECDSAinP1363Format"});

    private final PrivateKey key;
    private final String alg;
    private final String signature;

    private ClientKey(PrivateKey key, String alg, String signature) {
        this.key = key;
        this.alg = alg;
        this.signature = signature;
    }

    /**
     * Reads a key in PEM.
     *
     * @throws IllegalArgumentException if it is none, or one that cannot or should not sign; quotes nothing of it
     */
    static ClientKey read(String pem) {
        Matcher matcher = PEM.matcher(pem);
        if (!matcher.find()) {
            throw new IllegalArgumentException("holds no private key in PKCS#8 PEM (BEGIN PRIVATE KEY);"
                    + " openssl pkcs8 -topk8 -nocrypt makes one of other forms");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(matcher.group(1));
        for (String algorithm : new String[] {"RSA", "EC"}) {
            try {
                return of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
            } catch (InvalidKeySpecException e) {
                // Of the other kind, perhaps.
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("RSA and EC are part of every Java runtime", e);
            }
        }
        throw new IllegalArgumentException("holds a private key that is neither RSA nor EC");
    }

    private static ClientKey of(PrivateKey key) {
        if (key instanceof RSAPrivateKey rsa) {
            if (rsa.getModulus().bitLength() < MIN_RSA_BITS) {
                throw new IllegalArgumentException("holds an RSA key of fewer than " + MIN_RSA_BITS + " bits");
            }
            return new ClientKey(key, "RS256", "SHA256withRSA");
        }
        if (key instanceof ECPrivateKey ec) {
            String[] curve = CURVES.get(ec.getParams().getOrder().bitLength());
            if (curve != null) {
                return new ClientKey(key, curve[0], curve[1]);
            }
        }
        throw new IllegalArgumentException("holds an EC key on a curve other than P-256 and P-384");
    }

    /** As in a JOSE header. */
    String alg() {
        return alg;
    }

    byte[] sign(String input) {
        try {
            Signature signer = Signature.getInstance(signature);
            signer.initSign(key);
            signer.update(input.getBytes(StandardCharsets.US_ASCII));
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The Java runtime cannot sign with the client's key", e);
        }
    }
}
