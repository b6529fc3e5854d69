package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.CompressionAlgorithm;
import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEEncrypter;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import io.signalbox.Home;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Quiet;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** S-11, S-12: signed, then encrypted to us. */
class EncryptedSetTest {

    private static FakeTransmitter transmitter;
    private static LoopbackHttp http;
    private static Quiet quiet;
    private static Bench bench;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        quiet = new Quiet(VerifySet.class);
        transmitter = FakeTransmitter.start();
        http = new LoopbackHttp();
        bench = Bench.trusting(http, new CryptoProvider(), transmitter);
    }

    @AfterAll
    static void stop() {
        bench.close();
        transmitter.close();
        http.close();
        quiet.close();
    }

    @ParameterizedTest
    @CsvSource({
        "RSA-OAEP-256, A128GCM",
        "RSA-OAEP-256, A256GCM",
        "ECDH-ES, A128GCM",
        "ECDH-ES, A256GCM",
        "ECDH-ES+A256KW, A256GCM"
    })
    void takesASignedSetThatIsEncryptedToUs(String algorithm, String method) throws Exception {
        String signed = set().compact();

        Verdict verdict = bench.verify(encrypted(algorithm, method, signed, header -> header));

        // What was signed is kept, not what was sent: the keys to that will be gone one day (S-13).
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Accepted.class, accepted -> assertThat(
                        accepted.set().compact())
                .isEqualTo(signed));
    }

    @ParameterizedTest
    @ValueSource(strings = {"secevent+jwt", "JWT", "application/secevent+jwt"})
    void takesAContentTypeThatMeansASignedSet(String cty) throws Exception {
        assertThat(bench.verify(encrypted("ECDH-ES", "A256GCM", set().compact(), header -> header.contentType(cty))))
                .isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void takesASetWhoseSenderNamesNoKey() throws Exception {
        assertThat(bench.verify(encrypted("RSA-OAEP-256", "A256GCM", set().compact(), header -> header.keyID(null))))
                .isInstanceOf(Verdict.Accepted.class);
    }

    /** P-14: personal data of this issuer travel sealed or not at all. */
    @Test
    void refusesAnOpenSetOfAnIssuerWhoseSetsMustBeEncrypted() throws Exception {
        try (FakeTransmitter sealed = FakeTransmitter.start();
                Bench strict = Bench.trusting(
                        http,
                        CryptoProvider.jdk(),
                        Bench.START,
                        Bench.entry(sealed, Map.of("encryption-required", "true")))) {
            String signed = Sets.valid(sealed, Bench.START).compact();

            assertThat(strict.verify(signed)).isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
                assertThat(refused.error()).isEqualTo(SetError.INVALID_REQUEST);
                assertThat(refused.description()).contains("encrypted");
            });
            assertThat(strict.verify(encrypted("ECDH-ES", "A256GCM", signed, header -> header)))
                    .isInstanceOf(Verdict.Accepted.class);
        }
    }

    /** J-05: the outer layer says nothing of who wrote it. */
    @Test
    void refusesWhatIsEncryptedAndNotSigned() throws Exception {
        String claims = new String(set().claimBytes(), StandardCharsets.UTF_8);
        String unsigned = Sets.encode("{\"alg\":\"none\",\"typ\":\"secevent+jwt\"}".getBytes(StandardCharsets.UTF_8))
                + "." + Sets.encode(set().claimBytes()) + ".";
        String twice = encrypted("ECDH-ES", "A256GCM", set().compact(), header -> header);

        for (String content : List.of(claims, unsigned, twice, "", "a.b", "..")) {
            assertRefused(encrypted("RSA-OAEP-256", "A256GCM", content, header -> header), SetError.INVALID_REQUEST);
        }
        assertRefused(
                encrypted(
                        "ECDH-ES", "A256GCM", set().with("jti", "x").signingInput() + "." + set().signature(), h -> h),
                SetError.INVALID_KEY);
    }

    /** Everything that holds for a SET holds for the one inside. */
    @Test
    void examinesTheSetInsideLikeAnyOther() throws Exception {
        assertRefused(
                encrypted(
                        "ECDH-ES",
                        "A256GCM",
                        set().with("aud", "https://else.example").compact(),
                        h -> h),
                SetError.INVALID_AUDIENCE);
        assertRefused(
                encrypted("ECDH-ES", "A256GCM", set().with("exp", 9999999999L).compact(), h -> h),
                SetError.INVALID_REQUEST);
        assertRefused(
                encrypted("ECDH-ES", "A256GCM", set().header("typ", "at+jwt").compact(), h -> h),
                SetError.INVALID_REQUEST);
    }

    @ParameterizedTest
    @CsvSource({
        "RSA-OAEP, A256GCM",
        "RSA-OAEP-512, A256GCM",
        "RSA-OAEP-256, A128CBC-HS256",
        "ECDH-ES, A256CBC-HS512",
        "ECDH-ES+A128KW, A256GCM"
    })
    void refusesOtherWaysToEncrypt(String algorithm, String method) throws Exception {
        assertRefused(encrypted(algorithm, method, set().compact(), h -> h), SetError.INVALID_REQUEST);
    }

    /** J-06. */
    @Test
    void refusesCompression() throws Exception {
        assertRefused(
                encrypted(
                        "ECDH-ES",
                        "A256GCM",
                        set().compact(),
                        header -> header.compressionAlgorithm(CompressionAlgorithm.DEF)),
                SetError.INVALID_REQUEST);
    }

    @Test
    void refusesWhatIsEncryptedToSomebodyElse() throws Exception {
        RSAKey foreign = FakeTransmitter.newRsa("foreign", 2048);
        for (String kid : new String[] {"foreign", our("RSA").getKeyID(), null}) {
            String compact = encrypted(
                    new RSAEncrypter(foreign), "RSA-OAEP-256", "A256GCM", set().compact(), header -> header.keyID(kid));
            assertRefused(compact, SetError.INVALID_KEY);
        }
        String wrongKind = encrypted(
                "ECDH-ES",
                "A256GCM",
                set().compact(),
                header -> header.keyID(our("RSA").getKeyID()));
        assertRefused(wrongKind, SetError.INVALID_KEY);
    }

    /** Each part altered: one answer for all of it, which tells nothing of what went wrong. */
    @Test
    void refusesWhatWasAlteredOnItsWay() throws Exception {
        String[] parts =
                encrypted("RSA-OAEP-256", "A256GCM", set().compact(), h -> h).split("\\.");
        for (int part = 1; part < parts.length; part++) {
            String[] altered = parts.clone();
            altered[part] = (altered[part].startsWith("A") ? "B" : "A") + altered[part].substring(1);
            assertThat(bench.verify(String.join(".", altered)))
                    .isEqualTo(new Verdict.Refused(
                            SetError.INVALID_KEY, "The SET cannot be decrypted with the key that it names"));
        }
    }

    /** J-07: a point that is not on the curve would give the key away, bit by bit. */
    @Test
    void refusesAPointThatIsNotOnTheCurve() throws Exception {
        String[] parts =
                encrypted("ECDH-ES", "A256GCM", set().compact(), h -> h).split("\\.", -1);
        String header = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
        parts[0] = Sets.encode(
                header.replaceFirst("\"y\":\"[^\"]{4}", "\"y\":\"AAAA").getBytes(StandardCharsets.UTF_8));

        assertThat(bench.verify(String.join(".", parts))).isInstanceOf(Verdict.Refused.class);
    }

    /** They outlive a restart, nobody else on the machine reads them, and only their public halves are told. */
    @Test
    void keepsItsKeysInTheDataDirectoryForItselfAlone() throws Exception {
        EncryptionKeys first = new EncryptionKeys(properties(null), new Home(folder));
        EncryptionKeys second = new EncryptionKeys(properties(null), new Home(folder));

        assertThat(second.published()).isEqualTo(first.published());
        assertThat(Files.getPosixFilePermissions(folder.resolve("encryption-keys.json")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        JWKSet published = JWKSet.parse(first.published());
        assertThat(published.getKeys()).hasSize(2).allSatisfy(key -> {
            assertThat(key.isPrivate()).isFalse();
            assertThat(key.getKeyUse()).isEqualTo(KeyUse.ENCRYPTION);
            assertThat(key.getKeyID()).isNotBlank();
        });
        RSAKey rsa = published.getKeys().get(0).toRSAKey();
        String compact =
                encrypted(new RSAEncrypter(rsa), "RSA-OAEP-256", "A256GCM", "a.b.c", h -> h.keyID(rsa.getKeyID()));
        assertThat(second.opened(compact)).isEqualTo("a.b.c");
    }

    /** Whoever keeps everything elsewhere starts without a place for keys, and is not stopped by it. */
    @Test
    void refusesWhatIsEncryptedWhereNoKeysCanBeKept() throws Exception {
        Path blocked = Files.writeString(folder.resolve("a-file"), "no folder");
        try (Quiet ignored = new Quiet(EncryptionKeys.class)) {
            EncryptionKeys none = new EncryptionKeys(properties(null), new Home(blocked));

            assertThat(none.fact()).contains("signalbox.verify.encryption-keys-file");
            assertThat(none.published()).isEqualTo(Map.of("keys", List.of()));
            assertThat(none.opened("a.b.c")).isEqualTo("a.b.c");
            String compact = encrypted("ECDH-ES", "A256GCM", set().compact(), h -> h);
            assertThatThrownBy(() -> none.opened(compact))
                    .isInstanceOfSatisfying(Refusal.class, refused -> assertThat(refused.error())
                            .isEqualTo(SetError.INVALID_KEY));
        }
    }

    @Test
    void aCommandUsesTheKeysOfTheGatewayAndMakesNone() {
        Home home = new Home(folder.resolve("data"));

        assertThat(EncryptionKeys.kept(properties(null), home).published()).isEqualTo(Map.of("keys", List.of()));
        assertThat(folder.resolve("data")).doesNotExist();

        EncryptionKeys ofTheGateway = new EncryptionKeys(properties(null), home);
        assertThat(EncryptionKeys.kept(properties(null), home).published()).isEqualTo(ofTheGateway.published());
    }

    @Test
    void takesTheOperatorsKeys() throws Exception {
        RSAKey own = new RSAKey.Builder(FakeTransmitter.newRsa("own", 3072))
                .keyUse(KeyUse.ENCRYPTION)
                .build();
        Path file = Files.writeString(folder.resolve("own.json"), new JWKSet(own).toString(false));

        EncryptionKeys keys = new EncryptionKeys(properties(file.toString()), new Home(folder.resolve("data")));

        assertThat(keys.published().toString()).contains("own");
        assertThat(folder.resolve("data/encryption-keys.json")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "{\"keys\":[]}", "PUBLIC", "SIGNATURE", "WEAK", "NAMELESS"})
    void badKeysOfTheOperatorStopTheStartAndAreNotRepeated(String content) throws IOException {
        RSAKey good = new RSAKey.Builder(FakeTransmitter.newRsa("own", 2048))
                .keyUse(KeyUse.ENCRYPTION)
                .build();
        JWK key =
                switch (content) {
                    case "PUBLIC" -> good.toPublicJWK();
                    case "SIGNATURE" -> FakeTransmitter.newRsa("own", 2048);
                    case "WEAK" ->
                        new RSAKey.Builder(FakeTransmitter.newRsa("own", 1024))
                                .keyUse(KeyUse.ENCRYPTION)
                                .build();
                    case "NAMELESS" -> new RSAKey.Builder(good).keyID(null).build();
                    default -> null;
                };
        Path file =
                Files.writeString(folder.resolve("own.json"), key == null ? content : new JWKSet(key).toString(false));

        assertThatThrownBy(() -> new EncryptionKeys(properties(file.toString()), new Home(folder)))
                .hasMessageStartingWith("signalbox.verify.encryption-keys-file: " + file)
                .hasMessageNotContaining("\"n\"");
    }

    @Test
    void aFileThatIsNotThereStopsTheStart() {
        assertThatThrownBy(() -> new EncryptionKeys(properties("/no/such/file"), new Home(folder)))
                .hasMessage("signalbox.verify.encryption-keys-file: /no/such/file cannot be read");
    }

    private static VerifyProperties properties(@Nullable String file) {
        return new VerifyProperties(Duration.ofMinutes(30), Duration.ofSeconds(60), Duration.ofHours(24), file);
    }

    private static Sets set() {
        return transmitter.set(Bench.START);
    }

    private static void assertRefused(String compact, SetError error) {
        assertThat(bench.verify(compact))
                .isInstanceOfSatisfying(Verdict.Refused.class, refused -> assertThat(refused.error())
                        .isEqualTo(error));
    }

    private static JWK our(String type) {
        try {
            return JWKSet.parse(Bench.OURS.published()).getKeys().stream()
                    .filter(key -> key.getKeyType().getValue().equals(type))
                    .findFirst()
                    .orElseThrow();
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encrypted(
            String algorithm, String method, String content, UnaryOperator<JWEHeader.Builder> change)
            throws JOSEException {
        JWK key = our(algorithm.startsWith("RSA") ? "RSA" : "EC");
        JWEEncrypter encrypter = key instanceof RSAKey rsa ? new RSAEncrypter(rsa) : new ECDHEncrypter(key.toECKey());
        return encrypted(encrypter, algorithm, method, content, header -> change.apply(header.keyID(key.getKeyID())));
    }

    private static String encrypted(
            JWEEncrypter encrypter,
            String algorithm,
            String method,
            String content,
            UnaryOperator<JWEHeader.Builder> change)
            throws JOSEException {
        JWEHeader header = change.apply(
                        new JWEHeader.Builder(JWEAlgorithm.parse(algorithm), EncryptionMethod.parse(method)))
                .build();
        JWEObject encrypted = new JWEObject(header, new Payload(content));
        encrypted.encrypt(encrypter);
        return encrypted.serialize();
    }
}
