package io.signalbox.demo;

import io.signalbox.Home;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Publishes the demo issuer's key, as any transmitter does. */
@RestController
@Profile(DemoSecrets.PROFILE)
class DemoIssuer {

    private final RSAPublicKey key;

    DemoIssuer(Home home) throws IOException, GeneralSecurityException {
        byte[] encoded = Base64.getDecoder()
                .decode(Files.readString(home.resolve(DemoSecrets.PROFILE).resolve(DemoSecrets.ISSUER_PUBLIC)));
        this.key = (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded));
    }

    @GetMapping("/demo/issuer/jwks.json")
    Map<String, Object> keys() {
        return Map.of(
                "keys",
                List.of(Map.of(
                        "kty",
                        "RSA",
                        "use",
                        "sig",
                        "alg",
                        "RS256",
                        "kid",
                        SendSignal.KEY_ID,
                        "n",
                        number(key.getModulus()),
                        "e",
                        number(key.getPublicExponent()))));
    }

    /** Unsigned and without a leading zero octet, as RFC 7518, section 6.3.1 wants it. */
    private static String number(BigInteger value) {
        byte[] bytes = value.toByteArray();
        int start = bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(java.util.Arrays.copyOfRange(bytes, start, bytes.length));
    }
}
