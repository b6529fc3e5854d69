package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.SetError;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.Verdict;
import io.signalbox.set.VerifiedSet;
import io.signalbox.testing.FakeTransmitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a Keycloak 26.7.3 sent, byte for byte, with the keys it published. */
class KeycloakTest {

    private static final Path CAPTURES = Path.of("src/test/resources/keycloak-26.7.3");
    private static final String REALM = "http://127.0.0.1:18080/realms/ssflab";
    private static final Instant THEN = Instant.ofEpochSecond(1_795_290_900);

    private FakeTransmitter keys;
    private LoopbackHttp http;
    private Bench bench;

    @BeforeEach
    void start() {
        keys = FakeTransmitter.start();
        keys.publish(read(CAPTURES.resolve("jwks.json")));
        http = new LoopbackHttp();
        bench = Bench.trusting(
                http,
                new CryptoProvider(),
                THEN,
                Bench.entry(
                        REALM,
                        keys,
                        Bench.DEFAULT_ALGORITHMS,
                        "https://aud.example/x",
                        "recv-push/2e353123-caf9-44db-8070-867058183df2"));
    }

    @AfterEach
    void stop() {
        bench.close();
        http.close();
        keys.close();
    }

    @ParameterizedTest
    @MethodSource("pushes")
    void acceptsEveryPush(Path capture) {
        keys.publish(read(CAPTURES.resolve("jwks-after-rotation.json")));

        VerifiedSet set = accepted(bench.verify(body(capture)));

        assertThat(set.iss()).isEqualTo(REALM);
        assertThat(set.txn()).isNotBlank();
        assertThat(set.events()).hasSize(1);
        assertThat(set.events().keySet().iterator().next())
                .endsWith(capture.getFileName().toString().substring(4).replace(".http", ""));
        assertThat(set.subject()).isNotNull();
    }

    @Test
    void readsAComplexSubject() {
        SubjectIdentifier subject = accepted(bench.verify(body(CAPTURES.resolve("push/002-session-revoked.http"))))
                .subject();

        assertThat(subject).isNotNull().satisfies(complex -> {
            assertThat(complex.format()).isEqualTo(SubjectIdentifier.COMPLEX);
            assertThat(complex.principal("user")).isPresent();
            assertThat(complex.principal("session")).isPresent();
        });
    }

    /** The set of keys also holds one for encryption; the rotation adds a key and keeps the old one. */
    @Test
    void followsTheKeyRotation() {
        accepted(bench.verify(body(CAPTURES.resolve("push/001-verification.http"))));
        keys.publish(read(CAPTURES.resolve("jwks-after-rotation.json")));
        pushes().forEach(capture -> accepted(bench.verify(body(capture))));
        assertThat(keys.fetches()).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("logouts")
    void refusesALogoutTokenAtThisEndpoint(Path capture) {
        String form = body(capture);
        String token = form.substring(form.indexOf('=') + 1);

        assertThat(bench.verify(token))
                .isInstanceOfSatisfying(Verdict.Refused.class, refused -> assertThat(refused.error())
                        .isEqualTo(SetError.INVALID_REQUEST));
    }

    @ParameterizedTest
    @MethodSource("polls")
    void polledSetsAreGenuineButForAnotherReceiver(Path capture) throws IOException {
        keys.publish(read(CAPTURES.resolve("jwks-after-rotation.json")));
        JsonNode json = new ObjectMapper().readTree(capture.toFile());
        List<String> tokens = tokens(json).toList();

        assertThat(tokens).isNotEmpty();
        for (String token : tokens) {
            assertThat(bench.verify(token))
                    .isInstanceOfSatisfying(Verdict.Refused.class, refused -> assertThat(refused.error())
                            .isEqualTo(SetError.INVALID_AUDIENCE));
        }
    }

    private static Stream<String> tokens(JsonNode json) {
        if (json.isTextual()) {
            return json.asText().startsWith("ey") ? Stream.of(json.asText()) : Stream.empty();
        }
        Stream.Builder<Stream<String>> inside = Stream.builder();
        json.forEach(child -> inside.add(tokens(child)));
        return inside.build().flatMap(found -> found);
    }

    static Stream<Path> pushes() {
        return files("push");
    }

    static Stream<Path> logouts() {
        return files("backchannel-logout");
    }

    static Stream<Path> polls() {
        return files("poll");
    }

    private static Stream<Path> files(String folder) {
        try (Stream<Path> files = Files.list(CAPTURES.resolve(folder))) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String body(Path capture) {
        return read(capture).split("\r?\n\r?\n", 2)[1].strip();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static VerifiedSet accepted(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        return ((Verdict.Accepted) verdict).set();
    }
}
