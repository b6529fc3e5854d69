package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.ScimServer;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The whole gateway, told by webhooks and by what it sees at a SCIM server. One start for all of it. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "management.server.port=0")
@DirtiesContext
class ToldWithoutSignatureTest {

    private static final String TOKEN = "an-operator-s-token-for-this-test";
    private static final String OKTA = "https://acme.okta.example";
    private static final String HR = "https://hr.acme.example";
    private static final ScimServer SCIM = new ScimServer();
    private static final FakeTransmitter STRANGER = FakeTransmitter.start();

    @TempDir
    static Path home;

    @LocalServerPort
    int port;

    private Gateway gateway;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry registry) throws IOException {
        SCIM.add("u-1", "ada", "ada@acme.example", "e-1");
        Path adminToken = Files.writeString(home.resolve("token"), TOKEN);
        Path bearer = Files.writeString(home.resolve("bearer"), "Bearer the-hook-s-own-secret\n");
        Path scim = Files.writeString(home.resolve("scim"), "Bearer " + ScimServer.TOKEN);
        registry.add("signalbox.data-directory", () -> home.resolve("data").toString());
        registry.add("signalbox.admin.token-file", adminToken::toString);
        registry.add("signalbox.http.allow", () -> "127.0.0.0/8");
        attested(registry, 0, OKTA);
        attested(registry, 1, HR);
        source(registry, 0, "okta", OKTA, "webhook");
        registry.add("signalbox.sources[0].mapping", () -> "okta");
        registry.add("signalbox.sources[0].authorization-header-file", bearer::toString);
        source(registry, 1, "hr", HR, "scim-watch");
        registry.add("signalbox.sources[1].poll-uri", SCIM::url);
        registry.add("signalbox.sources[1].poll-authorization-file", scim::toString);
        registry.add("signalbox.sources[1].poll-interval", () -> "200ms");
        registry.add("signalbox.sources[1].full-interval", () -> "1s");
    }

    private static void attested(DynamicPropertyRegistry registry, int place, String issuer) {
        registry.add("signalbox.trust[" + place + "].issuer", () -> issuer);
        registry.add("signalbox.trust[" + place + "].attested", () -> "true");
        registry.add("signalbox.trust[" + place + "].audiences", () -> Sets.AUDIENCE);
    }

    private static void source(
            DynamicPropertyRegistry registry, int place, String name, String transmitter, String delivery) {
        registry.add("signalbox.sources[" + place + "].name", () -> name);
        registry.add("signalbox.sources[" + place + "].transmitter", () -> transmitter);
        registry.add("signalbox.sources[" + place + "].delivery", () -> delivery);
    }

    @BeforeEach
    void reachTheGateway() {
        gateway = new Gateway("http://127.0.0.1:" + port, TOKEN);
    }

    @AfterAll
    static void closeTheFarEnds() {
        SCIM.close();
        STRANGER.close();
    }

    private HttpResponse<String> hook(String source, String authorization, String body) {
        return gateway.call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/webhook/" + source))
                .header("Content-Type", "application/json")
                .header("Authorization", authorization)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void aWebhookBecomesSignalsThatAreDecidedAndRepeatsAreKnown() throws IOException {
        String body = """
                {"data":{"events":[
                  {"uuid":"e2e-1","published":"2026-01-02T03:04:05Z","eventType":"user.lifecycle.suspend",
                   "target":[{"type":"User","alternateId":"ada@acme.example"}]},
                  {"uuid":"e2e-2","published":"2026-01-02T03:04:06Z","eventType":"user.session.clear",
                   "target":[{"type":"User","alternateId":"ada@acme.example"}]}]}}""";

        assertThat(hook("okta", "Bearer the-hook-s-own-secret", body).statusCode())
                .isEqualTo(204);

        JsonNode first = gateway.ended(OKTA, "e2e-1");
        assertThat(first.path("type").asText()).isEqualTo("risc/account-disabled");
        assertThat(first.path("subject").path("email").asText()).isEqualTo("ada@acme.example");
        assertThat(first.path("occurredAt").asText()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(first.path("decision").path("rules").toString()).contains("disabled the account");
        gateway.ended(OKTA, "e2e-2");
        assertThat(hook("okta", "Bearer the-hook-s-own-secret", body).statusCode())
                .isEqualTo(204);
        assertThat(gateway.ended(OKTA, "e2e-1")).isEqualTo(first);
        assertThat(Files.getPosixFilePermissions(home.resolve("data/attestation-key.json")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void nobodyElseIsHeard() {
        assertThat(hook("okta", "Bearer guessed", "{}").statusCode()).isEqualTo(401);
        assertThat(hook("hr", "Bearer the-hook-s-own-secret", "{}").statusCode())
                .isEqualTo(404);
        assertThat(hook("nobody", "Bearer the-hook-s-own-secret", "{}").statusCode())
                .isEqualTo(404);
        assertThat(hook("okta", "Bearer the-hook-s-own-secret", "x".repeat(300_000))
                        .statusCode())
                .isEqualTo(413);
        HttpResponse<String> greeted =
                gateway.call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/webhook/okta"))
                        .header("X-Okta-Verification-Challenge", "are-you-there"));
        assertThat(greeted.statusCode()).isEqualTo(200);
        assertThat(greeted.body()).isEqualTo("{\"verification\":\"are-you-there\"}");
    }

    /** What we sign over for a source cannot be said by anybody who has a key of its own. */
    @Test
    void aSetThatNamesAnAttestedIssuerIsRefused() {
        String set = Sets.valid(STRANGER, Instant.now()).with("iss", OKTA).compact();

        HttpResponse<String> answer = gateway.push(set);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("invalid_issuer");
    }

    @Test
    void whatChangesAtAWatchedServerBecomesASignal() {
        Awaitility.await("the first listing").atMost(Duration.ofSeconds(30)).until(() -> Gateway.json(
                        gateway.get("/api/sources").body())
                .toString()
                .contains("\"lastPollAt\""));
        SCIM.change("u-1", Instant.now(), user -> {
            user.setActive(false);
            return user;
        });

        JsonNode story = Awaitility.await("the change")
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> Gateway.json(gateway.get("/api/signals?iss=" + HR).body())
                                .path("items")
                                .path(0),
                        Gateway::isEnded);

        assertThat(story.path("type").asText()).isEqualTo("risc/account-disabled");
        assertThat(story.path("subject").path("uri").asText()).isEqualTo("/Users/u-1");
        assertThat(story.path("standing").asText()).isEqualTo("entitled");
    }
}
