package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.PollingTransmitter;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RecordingTarget.Answer;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The doors and the pollers of the whole gateway, with real transmitters before them. One start for all of it. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "management.server.port=0")
@DirtiesContext
class SourcesTest {

    private static final String TOKEN = "an-operator-s-token-for-this-test";
    private static final String KEY = "Bearer the-key-of-the-door";
    private static final String POLL_TOKEN = "Bearer the-token-to-poll";
    private static final String B_AUDIENCE = "https://b.example.com";
    private static final String KEYCLOAK = "http://127.0.0.1:18080/realms/ssflab";
    private static final String KEYCLOAK_AUDIENCE = "recv-poll/0e8109df-0d2f-476b-9d74-d906542069c2";
    private static final Path CAPTURES = Path.of("src/test/resources/keycloak-26.7.3");

    private static final FakeTransmitter LOCKED = FakeTransmitter.start();
    private static final FakeTransmitter PLAIN = FakeTransmitter.start();
    private static final FakeTransmitter ELSEWHERE = FakeTransmitter.start();
    private static final FakeTransmitter POLLED = FakeTransmitter.start();
    private static final FakeTransmitter KEYCLOAK_KEYS = FakeTransmitter.start();
    private static final PollingTransmitter STREAM = new PollingTransmitter();
    private static final PollingTransmitter KEYCLOAK_STREAM = new PollingTransmitter();
    private static final PollingTransmitter BROKEN = new PollingTransmitter();
    private static final RecordingTarget VPN = new RecordingTarget();

    @TempDir
    static Path home;

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @Autowired
    MeterRegistry meters;

    private Gateway gateway;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry registry) throws IOException {
        KEYCLOAK_KEYS.publish(Files.readString(CAPTURES.resolve("jwks.json")));
        BROKEN.demand("Bearer nobody has it");
        STREAM.demand(POLL_TOKEN);
        STREAM.letsPollsWait(500);
        Path adminToken = Files.writeString(home.resolve("token"), TOKEN);
        Path key = Files.writeString(home.resolve("key"), KEY + "\n");
        Path pollToken = Files.writeString(home.resolve("poll-token"), POLL_TOKEN + "\n");
        registry.add("signalbox.data-directory", () -> home.resolve("data").toString());
        registry.add("signalbox.admin.token-file", adminToken::toString);
        registry.add("signalbox.http.allow", () -> "127.0.0.0/8");
        registry.add("signalbox.node-name", () -> "node-under-test");
        trust(registry, 0, LOCKED.issuer(), LOCKED, Sets.AUDIENCE);
        trust(registry, 1, PLAIN.issuer(), PLAIN, Sets.AUDIENCE + "," + B_AUDIENCE);
        trust(registry, 2, ELSEWHERE.issuer(), ELSEWHERE, Sets.AUDIENCE);
        trust(registry, 3, POLLED.issuer(), POLLED, Sets.AUDIENCE);
        trust(registry, 4, KEYCLOAK, KEYCLOAK_KEYS, KEYCLOAK_AUDIENCE);
        source(registry, 0, "locked", LOCKED.issuer(), "push", "authorization-header-file", key.toString());
        source(registry, 1, "plain", PLAIN.issuer(), "push", "audience", B_AUDIENCE);
        source(registry, 2, "stream", POLLED.issuer(), "poll", "poll-authorization-file", pollToken.toString());
        source(registry, 3, "keycloak", KEYCLOAK, "poll", "max-events", "2");
        source(registry, 4, "broken", POLLED.issuer(), "poll", "must-be-up", "true");
        source(registry, 5, "sso", PLAIN.issuer(), "logout", "audience", Sets.AUDIENCE);
        Path secret = Files.writeString(home.resolve("secret"), "a-secret-shared-with-the-vpn-controller");
        registry.add("signalbox.targets.vpn.kind", () -> "webhook");
        registry.add("signalbox.targets.vpn.url", () -> VPN.url() + "/hook");
        registry.add("signalbox.targets.vpn.secret-file", secret::toString);
        registry.add("signalbox.targets.vpn.actions", () -> "vpn.disconnect");
        polled(registry, 2, STREAM);
        polled(registry, 3, KEYCLOAK_STREAM);
        polled(registry, 4, BROKEN);
    }

    private static void trust(
            DynamicPropertyRegistry registry, int place, String issuer, FakeTransmitter keys, String audiences) {
        String prefix = "signalbox.trust[" + place + "].";
        registry.add(prefix + "issuer", () -> issuer);
        registry.add(prefix + "jwks-uri", () -> keys.jwksUri().toString());
        registry.add(prefix + "audiences", () -> audiences);
    }

    private static void source(
            DynamicPropertyRegistry registry,
            int place,
            String name,
            String transmitter,
            String delivery,
            String key,
            String value) {
        String prefix = "signalbox.sources[" + place + "].";
        registry.add(prefix + "name", () -> name);
        registry.add(prefix + "transmitter", () -> transmitter);
        registry.add(prefix + "delivery", () -> delivery);
        registry.add(prefix + key, () -> value);
    }

    private static void polled(DynamicPropertyRegistry registry, int place, PollingTransmitter endpoint) {
        String prefix = "signalbox.sources[" + place + "].";
        registry.add(prefix + "poll-uri", endpoint::url);
        registry.add(prefix + "poll-interval", () -> "200ms");
        registry.add(prefix + "poll-back-off", () -> "200ms");
        registry.add(prefix + "poll-longest-back-off", () -> "1s");
    }

    @BeforeEach
    void reachTheGateway() {
        gateway = new Gateway("http://127.0.0.1:" + port, TOKEN);
    }

    @AfterAll
    static void closeTheFarEnds() {
        Stream.of(LOCKED, PLAIN, ELSEWHERE, POLLED, KEYCLOAK_KEYS).forEach(FakeTransmitter::close);
        Stream.of(STREAM, KEYCLOAK_STREAM, BROKEN).forEach(PollingTransmitter::close);
        VPN.close();
    }

    private static Sets set(FakeTransmitter from) {
        return from.set(Instant.now()).with("jti", UUID.randomUUID().toString());
    }

    private HttpResponse<String> push(String path, @Nullable String authorization, String set) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/secevent+jwt")
                // Means nothing: only the path names a source.
                .header("source", "locked")
                .POST(BodyPublishers.ofString(set));
        return gateway.call(authorization == null ? request : request.header("Authorization", authorization));
    }

    @Test
    void aSetIsTakenAtTheDoorOfItsSource() {
        String jti = UUID.randomUUID().toString();

        HttpResponse<String> answer =
                push("/push/locked", KEY, set(LOCKED).with("jti", jti).compact());

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().map()).doesNotContainKeys("authorization", "source");
        gateway.ended(LOCKED.issuer(), jti);
    }

    @Test
    void whereNoKeyIsAskedForTheSignatureIsEnough() {
        assertThat(push("/push/plain", null, set(PLAIN).with("aud", B_AUDIENCE).compact())
                        .statusCode())
                .isEqualTo(202);
        assertThat(push("/push", null, set(PLAIN).compact()).statusCode()).isEqualTo(202);
        assertThat(push("/push", KEY, set(ELSEWHERE).compact()).statusCode()).isEqualTo(202);
    }

    /** What is wrong, and what the sender is told: and section B, steps 2, 3, 5 and 8. */
    private record Wrong(String what, String path, @Nullable String authorization, Sets set, String err) {}

    @TestFactory
    Stream<DynamicTest> whatIsWrongAtADoorIsSaidInTheWordsOfTheRfc() {
        return Stream.of(
                        new Wrong("no key", "/push/locked", null, set(LOCKED), "authentication_failed"),
                        new Wrong("another key", "/push/locked", KEY + "s", set(LOCKED), "authentication_failed"),
                        new Wrong(
                                "the key in the URL",
                                "/push/locked?Authorization=Bearer%20the-key-of-the-door",
                                null,
                                set(LOCKED),
                                "authentication_failed"),
                        new Wrong("a locked issuer at the open door", "/push", null, set(LOCKED), "access_denied"),
                        new Wrong("the same with the key", "/push", KEY, set(LOCKED), "access_denied"),
                        new Wrong("another trusted issuer", "/push/locked", KEY, set(ELSEWHERE), "invalid_issuer"),
                        new Wrong(
                                "a locked issuer at another's door",
                                "/push/plain",
                                null,
                                set(LOCKED).with("aud", B_AUDIENCE),
                                "invalid_issuer"),
                        new Wrong(
                                "another door named in the URL",
                                "/push/plain?source=locked",
                                KEY,
                                set(LOCKED),
                                "invalid_issuer"),
                        new Wrong(
                                "an audience of ours that is not the door's",
                                "/push/plain",
                                null,
                                set(PLAIN),
                                "invalid_audience"),
                        new Wrong(
                                "a signature by another",
                                "/push/locked",
                                KEY,
                                set(ELSEWHERE).with("iss", LOCKED.issuer()),
                                "invalid_key"))
                .map(wrong -> dynamicTest(wrong.what(), () -> {
                    HttpResponse<String> answer = push(
                            wrong.path(), wrong.authorization(), wrong.set().compact());

                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
                    assertThat(answer.headers().firstValue("Content-Language")).hasValue("en");
                    assertThat(Gateway.json(answer.body()).path("err").asText()).isEqualTo(wrong.err());
                    assertThat(answer.body()).doesNotContain("the-key-of", "127.0.0.1", "b.example");
                }));
    }

    @TestFactory
    Stream<DynamicTest> ofADoorThatIsNotThereNothingMoreIsTold() {
        return Stream.of("/push/unknown", "/push/stream", "/push/LOCKED", "/push/locked%20")
                .map(path -> dynamicTest(path, () -> {
                    HttpResponse<String> answer = push(path, KEY, set(LOCKED).compact());
                    assertThat(answer.statusCode()).isEqualTo(404);
                    assertThat(answer.body()).isEmpty();
                }));
    }

    @Test
    void onlyPostIsTakenAtADoor() {
        assertThat(gateway.get("/push/locked").statusCode()).isEqualTo(405);
        assertThat(gateway.get("/push/unknown").statusCode()).isEqualTo(405);
    }

    @Test
    void whatIsFetchedIsDecidedAndAcknowledged() {
        List<String> jtis =
                Stream.generate(() -> UUID.randomUUID().toString()).limit(30).toList();
        Instant now = Instant.now();
        jtis.forEach(jti -> STREAM.offer(jti, POLLED.set(now).with("jti", jti).compact()));
        STREAM.offer("forged", set(PLAIN).with("iss", POLLED.issuer()).compact());
        STREAM.offer("foreign", set(PLAIN).compact());

        jtis.forEach(jti -> gateway.ended(POLLED.issuer(), jti));
        Awaitility.await("receipts for all").atMost(Duration.ofSeconds(20)).until(() -> STREAM.left() == 0);

        assertThat(STREAM.acknowledged()).containsExactlyInAnyOrderElementsOf(jtis);
        assertThat(STREAM.errors())
                .containsOnly(Map.entry("forged", "invalid_key"), Map.entry("foreign", "invalid_issuer"));
        JsonNode source = Awaitility.await("its state")
                .atMost(Duration.ofSeconds(20))
                .until(() -> source("stream"), found -> found.path("taken").asInt() >= 30);
        assertThat(source.path("delivery").asText()).isEqualTo("poll");
        assertThat(source.path("state").asText()).isEqualTo("up");
        assertThat(source.path("node").asText()).isEqualTo("node-under-test");
        assertThat(Instant.parse(source.path("lastPollAt").asText())).isAfter(now.minusSeconds(1));
        assertThat(Instant.parse(source.path("lastSetAt").asText())).isAfter(now.minusSeconds(1));
        assertThat(source.path("refusals").path("invalid_key").path("count").asInt())
                .isEqualTo(1);
        assertThat(gauge("signalbox.source.polling")).isEqualTo(1);
        assertThat(gauge("signalbox.source.up")).isEqualTo(1);
        assertThat(meters.get("signalbox.source.sets")
                        .tags("source", "stream", "verdict", "accepted", "code", "none")
                        .counter()
                        .count())
                .isGreaterThanOrEqualTo(30);
    }

    private double gauge(String name) {
        return meters.get(name).tag("source", "stream").gauge().value();
    }

    /** What a Keycloak 26.7.3 really gave to a poll, byte for byte, under the names that it gave it. */
    @Test
    void whatKeycloakGivesIsTakenAndDecided() throws IOException {
        List<String> jtis = new ArrayList<>();
        try (Stream<Path> captures = Files.list(CAPTURES.resolve("poll"))) {
            for (Path capture : captures.sorted()
                    .filter(file -> file.toString().contains("recv-poll"))
                    .toList()) {
                JsonNode given = Gateway.json(Files.readString(capture));
                jtis.add(given.path("key").asText());
                KEYCLOAK_STREAM.offer(
                        given.path("key").asText(), given.path("raw").asText());
            }
        }
        assertThat(jtis).hasSize(5);

        jtis.forEach(jti -> gateway.ended(KEYCLOAK, jti));
        Awaitility.await("receipts for all").atMost(Duration.ofSeconds(20)).until(() -> KEYCLOAK_STREAM.left() == 0);

        assertThat(KEYCLOAK_STREAM.errors()).isEmpty();
        assertThat(KEYCLOAK_STREAM.acknowledged()).containsExactlyInAnyOrderElementsOf(jtis);
    }

    /** OIDC back-channel logout: 200 once it is kept, 400 in the form of OAuth, and never at another door (E-32, E-33). */
    @Test
    void aLogoutTokenCountsAsARevokedSession() {
        String jti = UUID.randomUUID().toString();
        Sets token = logoutToken("u-7", "s-7").with("jti", jti);

        HttpResponse<String> kept = logout("sso", "logout_token=" + token.compact());
        assertThat(kept.statusCode()).as(kept.body()).isEqualTo(200);
        assertThat(kept.body()).isEmpty();
        assertThat(kept.headers().firstValue("Cache-Control").orElseThrow()).contains("no-store");
        JsonNode story = gateway.ended(PLAIN.issuer(), jti);
        assertThat(story.path("type").asText()).isEqualTo("caep/session-revoked");
        assertThat(story.path("subject").path("session").path("id").asText()).isEqualTo("s-7");
        assertThat(story.path("subject").path("user").path("sub").asText()).isEqualTo("u-7");

        HttpResponse<String> refused =
                logout("sso", "logout_token=" + token.with("nonce", "n").compact());
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(Gateway.json(refused.body()).path("error").asText()).isEqualTo("invalid_request");
        assertThat(Gateway.json(refused.body()).path("error_description").asText())
                .contains("nonce");
        assertThat(logout("sso", "state=1").statusCode()).isEqualTo(400);
        assertThat(logout("sso", "").statusCode()).isEqualTo(400);
        assertThat(logout("sso", "logout_token=a&logout_token=b").statusCode()).isEqualTo(400);
        assertThat(logout("plain", "logout_token=" + token.compact()).statusCode())
                .isEqualTo(404);
        assertThat(gateway.push(token.compact()).statusCode()).isEqualTo(400);
    }

    /** What Keycloak does with a logout: it tells of it on the stream and by a logout token, in either order. */
    @TestFactory
    Stream<DynamicTest> aLogoutThatIsToldInTwoWaysLeadsToOneRoundOfActions() {
        return Stream.of(true, false)
                .map(tokenFirst -> dynamicTest(tokenFirst ? "the token first" : "the SET first", () -> {
                    String user = "u-" + UUID.randomUUID();
                    String first = UUID.randomUUID().toString();
                    String second = UUID.randomUUID().toString();
                    tellOfTheEnd(tokenFirst, user, first);
                    JsonNode acted = gateway.ended(PLAIN.issuer(), first);
                    tellOfTheEnd(!tokenFirst, user, second);
                    JsonNode folded = gateway.ended(PLAIN.issuer(), second);

                    assertThat(acted.path("actions"))
                            .extracting(action -> action.path("kind").asText())
                            .contains("vpn.disconnect");
                    assertThat(folded.path("actions")).isEmpty();
                    assertThat(folded.path("decision").path("rules").path(0).asText())
                            .isEqualTo("Told already by " + acted.path("id").asText() + ": recorded, nothing done");
                    assertThat(VPN.requests())
                            .filteredOn(request -> request.text().contains(user))
                            .hasSize(1);
                }));
    }

    private void tellOfTheEnd(boolean byToken, String user, String jti) {
        HttpResponse<String> answer = byToken
                ? logout(
                        "sso",
                        "logout_token="
                                + logoutToken(user, "s-" + user)
                                        .with("jti", jti)
                                        .compact())
                : push(
                        "/push/plain",
                        null,
                        sessionRevoked(user).with("jti", jti).compact());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(byToken ? 200 : 202);
    }

    private static Sets logoutToken(String user, String session) {
        return set(PLAIN)
                .header("typ", "logout+jwt")
                .without("sub_id")
                .with("exp", Instant.now().getEpochSecond() + 120)
                .with("sub", user)
                .with("sid", session)
                .with("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()));
    }

    private static Sets sessionRevoked(String user) {
        Map<String, Object> claims =
                Map.of("event_timestamp", Instant.now().getEpochSecond(), "initiating_entity", "admin");
        return set(PLAIN)
                .with("aud", B_AUDIENCE)
                .with(
                        "sub_id",
                        Map.of(
                                "format", "complex",
                                "user", Map.of("format", "iss_sub", "iss", PLAIN.issuer(), "sub", user),
                                "session", Map.of("format", "opaque", "id", "s-" + user)))
                .with("events", Map.of("https://schemas.openid.net/secevent/caep/event-type/session-revoked", claims));
    }

    private HttpResponse<String> logout(String source, String form) {
        return gateway.call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/logout/" + source))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    @Test
    void aSourceThatMustBeUpAndIsNotIsShownAndTakesNoNodeOutOfService() {
        JsonNode source = Awaitility.await("its state")
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> source("broken"),
                        found -> found.path("state").asText().equals("faulty"));
        assertThat(source.path("fault").asText()).contains("401", "ssf.read");
        assertThat(source.path("mustBeUp").asBoolean()).isTrue();
        assertThat(management("/actuator/health").statusCode()).isEqualTo(503);
        assertThat(management("/actuator/health/readiness").statusCode()).isEqualTo(200);

        BROKEN.demand(null);
        BROKEN.answer(new Answer(500), new Answer(503));
        Awaitility.await("its recovery, unaided")
                .atMost(Duration.ofSeconds(30))
                .until(() -> management("/actuator/health").statusCode() == 200);
        assertThat(source("broken").path("state").asText()).isEqualTo("up");
        assertThat(source("broken").has("fault")).isFalse();
    }

    @Test
    void aSourceThatIsPushedShowsWhatItTookAndRefused() {
        push("/push/plain", null, set(PLAIN).with("aud", B_AUDIENCE).compact());
        push("/push/plain", null, set(PLAIN).compact());

        JsonNode source = Awaitility.await("its state")
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> source("plain"),
                        found -> found.path("taken").asInt() > 0
                                && found.path("refusals").has("invalid_audience"));
        assertThat(source.path("delivery").asText()).isEqualTo("push");
        assertThat(source.path("state").asText()).isEqualTo("up");
        assertThat(source.path("transmitter").asText()).isEqualTo(PLAIN.issuer());
        assertThat(source.has("node")).isFalse();
        assertThat(Gateway.json(gateway.get("/api/sources").body()).path("items"))
                .extracting(found -> found.path("name").asText())
                .containsExactly("locked", "plain", "stream", "keycloak", "broken", "sso");
        assertThat(new Gateway("http://127.0.0.1:" + port, "guessed")
                        .get("/api/sources")
                        .statusCode())
                .isEqualTo(401);
    }

    private JsonNode source(String name) {
        return Gateway.json(gateway.get("/api/sources/" + name).body());
    }

    private HttpResponse<String> management(String path) {
        return gateway.call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path)));
    }
}
