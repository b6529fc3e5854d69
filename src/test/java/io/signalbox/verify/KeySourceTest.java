package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Quiet;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** J-20: each place that an operator can name for an issuer's keys. */
class KeySourceTest {

    @TempDir
    Path folder;

    private FakeTransmitter transmitter;
    private LoopbackHttp http;
    private Quiet quiet;

    @BeforeEach
    void start() {
        quiet = new Quiet(VerifySet.class);
        transmitter = FakeTransmitter.start();
        http = new LoopbackHttp();
    }

    @AfterEach
    void stop() {
        transmitter.close();
        http.close();
        quiet.close();
    }

    @Test
    void findsTheKeysThroughTheMetadataAndFollowsARotation() {
        transmitter.publishMetadata(
                metadata(transmitter.issuer(), transmitter.jwksUri().toString()), "application/json");
        try (Bench bench = bench(Map.of("jwks-uri", "", "discovery", "true"))) {
            for (int i = 0; i < 10; i++) {
                assertThat(bench.verify(valid())).isInstanceOf(Verdict.Accepted.class);
            }
            assertThat(transmitter.metadataFetches()).isEqualTo(1);
            transmitter.rotate();
            assertThat(bench.verify(valid())).isInstanceOf(Verdict.Accepted.class);

            bench.clock.forward(Duration.ofSeconds(61));
            for (int i = 0; i < 40; i++) {
                assertThat(bench.verify(valid().header("kid", "random-" + i))).isNotInstanceOf(Verdict.Accepted.class);
            }
            assertThat(transmitter.metadataFetches()).isEqualTo(3);
            assertThat(transmitter.fetches()).isEqualTo(3);
        }
    }

    /** What cannot be used is not used, and is not the sender's fault. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"issuer":"${iss}/","jwks_uri":"${keys}"}                  | application/json
            {"issuer":"https://evil.example","jwks_uri":"${keys}"}     | application/json
            {"jwks_uri":"${keys}"}                                     | application/json
            {"issuer":"${iss}"}                                        | application/json
            {"issuer":"${iss}","jwks_uri":"file:///etc/passwd"}        | application/json
            {"issuer":"${iss}","jwks_uri":"http://10.1.2.3/keys"}      | application/json
            {"issuer":"${iss}","jwks_uri":"https://10.1.2.3/keys"}     | application/json
            {"issuer":"${iss}","jwks_uri":["${keys}"]}                 | application/json
            {"issuer":"x","issuer":"${iss}","jwks_uri":"${keys}"}      | application/json
            {"issuer":"${iss}","jwks_uri":"${keys}"}                   | text/html
            ["${iss}"]                                                 | application/json
            We are sorry                                               | application/json
            """)
    void metadataThatAreNotInOrderAreAnOutage(String text, String type) {
        transmitter.publishMetadata(
                text.replace("${iss}", transmitter.issuer())
                        .replace("${keys}", transmitter.jwksUri().toString()),
                type);
        try (Bench bench = bench(Map.of("jwks-uri", "", "discovery", "ssf-configuration"))) {
            assertThat(bench.verify(valid())).isInstanceOf(Verdict.Undecided.class);
            assertThat(transmitter.fetches()).isZero();

            transmitter.publishMetadata(
                    metadata(transmitter.issuer(), transmitter.jwksUri().toString()),
                    "application/json; charset=utf-8");
            bench.clock.forward(Duration.ofSeconds(61));
            assertThat(bench.verify(valid())).isInstanceOf(Verdict.Accepted.class);
        }
    }

    @Test
    void metadataThatVanishLeaveTheKnownKeysWorking() {
        transmitter.publishMetadata(
                metadata(transmitter.issuer(), transmitter.jwksUri().toString()), "application/json");
        try (Bench bench = bench(Map.of("jwks-uri", "", "discovery", "true"))) {
            assertThat(bench.verify(valid())).isInstanceOf(Verdict.Accepted.class);
            transmitter.publishMetadata("", "application/json");
            for (int hours = 0; hours < 23; hours++) {
                bench.clock.forward(Duration.ofHours(1));
                assertThat(bench.verify(valid())).isInstanceOf(Verdict.Accepted.class);
            }
        }
    }

    @Test
    void keysInTheConfigurationNeedNoNetworkAndSettleAtOnceWhatTheyDoNotKnow() {
        try (Bench bench = bench(Map.of("jwks-uri", "", "jwks", published(transmitter.rsa())))) {
            assertThat(bench.verify(valid())).isInstanceOf(Verdict.Accepted.class);
            bench.clock.forward(Duration.ofDays(30));
            assertThat(bench.verify(valid())).isInstanceOf(Verdict.Accepted.class);
            for (int i = 0; i < 3; i++) {
                assertThat(bench.verify(valid().header("kid", "unknown")))
                        .isInstanceOfSatisfying(Verdict.Refused.class, refused -> assertThat(refused.error())
                                .isEqualTo(SetError.INVALID_KEY));
            }
            assertThat(transmitter.fetches()).isZero();
        }
    }

    /** J-20: a file is replaced while we run, and at times not there. */
    @Test
    void keysInAFileFollowTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("keys.json"), published(transmitter.rsa()));
        try (Bench bench = bench(Map.of("jwks-uri", "", "jwks-file", file.toString()))) {
            Sets withOldKey = valid();
            assertThat(bench.verify(withOldKey)).isInstanceOf(Verdict.Accepted.class);

            transmitter.rotate();
            Files.writeString(file, published(transmitter.rsa()));
            assertThat(bench.verify(valid())).isInstanceOf(Verdict.Accepted.class);
            bench.clock.forward(Duration.ofSeconds(61));
            assertThat(bench.verify(withOldKey)).isInstanceOf(Verdict.Refused.class);

            Files.delete(file);
            bench.clock.forward(Duration.ofHours(2));
            assertThat(bench.verify(valid())).isInstanceOf(Verdict.Accepted.class);
        }
        assertThat(transmitter.fetches()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EdDSA", "Ed25519"})
    void takesEd25519OfAnIssuerThatIsListedWithIt(String name) {
        JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
        OctetKeyPair key = FakeTransmitter.newEd25519("ed");
        transmitter.publish(key.toPublicJWK(), transmitter.rsa().toPublicJWK());
        for (CryptoProvider crypto : List.of(new CryptoProvider(), CryptoProvider.jdk())) {
            TrustProperties.Entry listed = Bench.entry(transmitter, Map.of("algorithms", name));
            try (Bench bench = Bench.trusting(http, crypto, Bench.START, listed)) {
                Sets set = valid().signedBy(key, algorithm);
                assertThat(bench.verify(set)).isInstanceOf(Verdict.Accepted.class);
                assertThat(bench.verify(set.withoutHeader("kid"))).isInstanceOf(Verdict.Accepted.class);
                assertThat(bench.verify(set.compact()
                                .replaceFirst(
                                        "\\.[^.]*$", "." + set.with("jti", "j2").signature())))
                        .isInstanceOfSatisfying(Verdict.Refused.class, refused -> assertThat(refused.error())
                                .isEqualTo(SetError.INVALID_KEY));
                assertThat(bench.verify(set.compact().replaceFirst("\\.[^.]*$", "." + Sets.encode(new byte[64]))))
                        .isInstanceOf(Verdict.Refused.class);
                assertThat(bench.verify(set.compact().replaceFirst("\\.[^.]*$", ".AQ")))
                        .isInstanceOf(Verdict.Refused.class);
                assertThat(bench.verify(set.header("kid", transmitter.rsa().getKeyID())))
                        .isInstanceOf(Verdict.Refused.class);
                assertThat(bench.verify(valid())).isInstanceOf(Verdict.Refused.class);
            }
        }
    }

    private Bench bench(Map<String, String> keys) {
        return Bench.trusting(http, new CryptoProvider(), Bench.START, Bench.entry(transmitter, keys));
    }

    private Sets valid() {
        return transmitter.set(Bench.START);
    }

    private static String metadata(String issuer, String jwksUri) {
        return "{\"spec_version\":\"1_0\",\"issuer\":\"" + issuer + "\",\"jwks_uri\":\"" + jwksUri + "\"}";
    }

    private static String published(RSAKey key) {
        return new JWKSet(List.<JWK>of(key)).toString(true);
    }
}
