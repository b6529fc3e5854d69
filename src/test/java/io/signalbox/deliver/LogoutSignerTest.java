package io.signalbox.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.signalbox.action.TokenSigner.Signed;
import io.signalbox.testing.MovableClock;
import io.signalbox.wire.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** E-31: signed by the key that relying parties know from ID tokens, and by no other. */
class LogoutSignerTest {

    private static final String CLAIMS = "{\"sub\":\"u-1\"}";

    /** One for all: it takes long to make. */
    private static final RSAKey RSA = rsa();

    private static RSAKey rsa() {
        try {
            return new RSAKeyGenerator(2048).keyID("op-1").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static LogoutSigner signer(@Nullable SigningKeys own) {
        return new LogoutSigner(() -> Optional.ofNullable(own));
    }

    private static JWSObject token(Signed signed) throws Exception {
        assertThat(signed).isInstanceOf(Signed.Token.class);
        JWSObject token = JWSObject.parse(((Signed.Token) signed).compact());
        assertThat(token.getHeader().getType().getType()).isEqualTo("logout+jwt");
        assertThat(token.getPayload()).hasToString(CLAIMS);
        return token;
    }

    private static String pem(byte[] key) {
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                + "\n-----END PRIVATE KEY-----";
    }

    @Test
    void aKeyOfTheTargetSignsAsJwkOrInPem() throws Exception {
        ECKey ec = new ECKeyGenerator(Curve.P_256).keyID("op-2").generate();

        JWSObject byRsa = token(signer(null).sign(CLAIMS, "logout+jwt", "PS256", RSA.toJSONString(), ""));
        JWSObject byEc = token(signer(null).sign(CLAIMS, "logout+jwt", "ES256", ec.toJSONString(), ""));
        JWSObject byRsaPem = token(signer(null)
                .sign(CLAIMS, "logout+jwt", "RS256", pem(RSA.toPrivateKey().getEncoded()), "op-3"));
        JWSObject byEcPem = token(signer(null)
                .sign(CLAIMS, "logout+jwt", "ES256", pem(ec.toPrivateKey().getEncoded()), ""));

        assertThat(byRsa.verify(new RSASSAVerifier(RSA.toPublicJWK()))).isTrue();
        assertThat(byRsa.getHeader().getKeyID()).isEqualTo("op-1");
        assertThat(byEc.verify(new ECDSAVerifier(ec.toPublicJWK()))).isTrue();
        assertThat(byRsaPem.verify(new RSASSAVerifier(RSA.toPublicJWK()))).isTrue();
        assertThat(byRsaPem.getHeader().getKeyID()).isEqualTo("op-3");
        assertThat(byEcPem.verify(new ECDSAVerifier(ec.toPublicJWK()))).isTrue();
        assertThat(byEcPem.getHeader().getKeyID()).isNull();
    }

    @Test
    void withoutOneTheTransmittersOwnKeySigns(@TempDir Path folder) throws Exception {
        SigningKeys own = new SigningKeys(
                "keys-file", folder.resolve("keys.json"), Set.of("ES256"), Duration.ofDays(1), new MovableClock());

        JWSObject token = token(signer(own).sign(CLAIMS, "logout+jwt", "ES256", null, ""));

        ECKey published = JWKSet.parse(Wire.write(own.published()))
                .getKeyByKeyId(token.getHeader().getKeyID())
                .toECKey();
        assertThat(token.verify(new ECDSAVerifier(published))).isTrue();
        assertThat(signer(own).sign(CLAIMS, "logout+jwt", "RS256", null, "")).isInstanceOf(Signed.NoKey.class);
    }

    @Test
    void whatIsNoPrivateKeyOfThisAlgorithmSignsNothingAndIsNotQuoted() throws Exception {
        for (String key : Set.of(
                "0123456789abcdef",
                "{\"kty\":\"0123456789abcdef\"}",
                pem(RSA.toPrivateKey().getEncoded()),
                new ECKeyGenerator(Curve.P_256).generate().toPublicJWK().toJSONString())) {
            assertThat(signer(null).sign(CLAIMS, "logout+jwt", "ES256", key, ""))
                    .isEqualTo(new Signed.NoKey(
                            "The target's secret is not a private key for ES256, as JWK or in PEM (PKCS #8)"));
        }
        assertThat(signer(null).sign(CLAIMS, "logout+jwt", "none", RSA.toJSONString(), ""))
                .isInstanceOf(Signed.NoKey.class);
        assertThat(signer(null).sign(CLAIMS, "logout+jwt", "RS256", null, "")).isInstanceOf(Signed.NoKey.class);
    }
}
