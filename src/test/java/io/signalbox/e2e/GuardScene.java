package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.ScimServer;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * A gateway with its guard, and those outside: transmitters, a directory, a desk, operators. One start for all tests of a
 * class.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "management.server.port=0")
@DirtiesContext
@SuppressWarnings("NullAway.Init") // those outside are there before anything is configured, and so before any test
abstract class GuardScene {

    static final String CLAIMS = "https://schemas.openid.net/secevent/caep/event-type/token-claims-change";
    static final String DEVICE = "https://schemas.openid.net/secevent/caep/event-type/device-compliance-change";
    static final String SESSION = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
    static final String PRESENTED = "https://schemas.openid.net/secevent/caep/event-type/session-presented";
    static final String RISC = "https://schemas.openid.net/secevent/risc/event-type/";
    static final int STORM = Integer.getInteger("storm.signals", 200);
    static final int BUDGET = 20;

    /** Those outside, of one start: whoever comes after gets others. */
    static FakeTransmitter transmitter;

    static FakeTransmitter broken;
    static FakeTransmitter adviser;
    static FakeTransmitter ofDirectory;
    /** One that the gateway knows as a source, too. */
    static FakeTransmitter source;

    static ScimServer directory;
    static RecordingTarget desk;

    static final Map<String, String> TOKENS = Map.of(
            "viewer", "a-token-of-somebody-who-reads",
            "operator", "a-token-of-somebody-on-duty",
            "policy-admin", "a-token-of-somebody-who-writes-rules");
    static final String ADMIN = "an-admin-s-token-for-this-test";

    @TempDir
    static Path home;

    @LocalServerPort
    int port;

    Gateway gateway;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry registry) throws IOException {
        transmitter = FakeTransmitter.start();
        broken = FakeTransmitter.start();
        adviser = FakeTransmitter.start();
        ofDirectory = FakeTransmitter.start();
        source = FakeTransmitter.start();
        directory = new ScimServer();
        desk = new RecordingTarget();
        for (String user : List.of(
                "root", "admin", "adviser", "rita", "stella", "file", "ursula", "echo", "dry", "twin", "robert",
                "paula")) {
            directory.add("id-" + user, user, user + "@acme.example", "x-" + user);
        }
        for (int user = 0; user < STORM; user++) {
            directory.add("id-s" + user, "s" + user, "s" + user + "@acme.example", "x-s" + user);
        }
        directory.addGroup("g-1", "Administrators", "id-admin");
        registry.add("signalbox.data-directory", () -> home.resolve("data").toString());
        registry.add("signalbox.http.allow", () -> "127.0.0.0/8");
        Path admin = Files.writeString(home.resolve("admin"), ADMIN);
        registry.add("signalbox.admin.token-file", admin::toString);
        int place = 0;
        for (Map.Entry<String, String> token : TOKENS.entrySet()) {
            String key = "signalbox.admin.tokens[" + place++ + "].";
            Path file = Files.writeString(home.resolve(token.getKey()), token.getValue());
            registry.add(key + "name", () -> "a-" + token.getKey());
            registry.add(key + "role", token::getKey);
            registry.add(key + "token-file", file::toString);
        }
        List<FakeTransmitter> issuers = List.of(transmitter, broken, adviser, ofDirectory, source);
        for (int n = 0; n < issuers.size(); n++) {
            FakeTransmitter issuer = issuers.get(n);
            String key = "signalbox.trust[" + n + "].";
            registry.add(key + "issuer", issuer::issuer);
            registry.add(key + "jwks-uri", () -> issuer.jwksUri().toString());
            registry.add(key + "audiences", () -> Sets.AUDIENCE);
        }
        registry.add("signalbox.trust[2].stance", () -> "advisory");
        Path scim = Files.writeString(home.resolve("scim"), ScimServer.TOKEN);
        Path secret = Files.writeString(home.resolve("secret"), "a-secret-shared-with-the-desk");
        registry.add("signalbox.targets.directory.kind", () -> "scim");
        registry.add("signalbox.targets.directory.url", directory::url);
        registry.add("signalbox.targets.directory.token-file", scim::toString);
        registry.add("signalbox.targets.directory.actions", () -> "account.disable,account.enable");
        registry.add("signalbox.targets.directory.protect[0].by", () -> "scim");
        registry.add("signalbox.targets.directory.protect[0].group", () -> "Administrators");
        for (String name : List.of("desk", "rehearsal")) {
            registry.add("signalbox.targets." + name + ".kind", () -> "webhook");
            registry.add("signalbox.targets." + name + ".url", () -> desk.url() + "/" + name);
            registry.add("signalbox.targets." + name + ".secret-file", secret::toString);
        }
        registry.add(
                "signalbox.targets.desk.actions",
                () -> "notify,device.quarantine,device.release,token.revoke,credential.reset");
        registry.add("signalbox.sources[0].name", () -> "idp");
        registry.add("signalbox.sources[0].transmitter", source::issuer);
        registry.add("signalbox.sources[0].delivery", () -> "push");
        registry.add("signalbox.targets.rehearsal.actions", () -> "vpn.disconnect");
        registry.add("signalbox.act.retry", () -> "100ms,200ms");
        registry.add("signalbox.guard.protect", () -> "email:root@acme.example");
        registry.add("signalbox.guard.dry-run", () -> "rehearsal");
        registry.add("signalbox.guard.approve[0].kinds", () -> "device.quarantine");
        registry.add("signalbox.guard.link-base", () -> "https://signals.example.com/");
        registry.add("signalbox.guard.echoes.directory", ofDirectory::issuer);
        registry.add("signalbox.guard.budgets[0].name", () -> "disables of one issuer");
        registry.add("signalbox.guard.budgets[0].kinds", () -> "account.disable");
        registry.add("signalbox.guard.budgets[0].apart", () -> "issuer");
        registry.add("signalbox.guard.budgets[0].most", () -> BUDGET);
        registry.add("signalbox.guard.budgets[0].within", () -> "1h");
        registry.add("signalbox.guard.population", () -> "100");
        registry.add("signalbox.guard.budgets[1].name", () -> "tokens of a share of all");
        registry.add("signalbox.guard.budgets[1].kinds", () -> "token.revoke");
        registry.add("signalbox.guard.budgets[1].most", () -> "1");
        registry.add("signalbox.guard.budgets[1].share", () -> "0.03");
        registry.add("signalbox.guard.budgets[1].within", () -> "1d");
        registry.add("signalbox.guard.budgets[2].name", () -> "resets that the source idp asks for");
        registry.add("signalbox.guard.budgets[2].kinds", () -> "credential.reset");
        registry.add("signalbox.guard.budgets[2].sources", () -> "idp");
        registry.add("signalbox.guard.budgets[2].most", () -> "2");
        registry.add("signalbox.guard.budgets[2].within", () -> "1h");
        registry.add("signalbox.guard.restorers[0].issuer", ofDirectory::issuer);
        registry.add("signalbox.guard.restorers[0].of", transmitter::issuer);
        registry.add("signalbox.guard.four-eyes", () -> "true");
    }

    @BeforeEach
    void reachTheGateway() {
        gateway = new Gateway("http://127.0.0.1:" + port, ADMIN);
    }

    @AfterAll
    static void closeTheFarEnds() {
        Stream.of(transmitter, broken, adviser, ofDirectory, source).forEach(FakeTransmitter::close);
        directory.close();
        desk.close();
    }

    static Sets high(FakeTransmitter from, String user) {
        return from.set(Instant.now())
                .with("jti", UUID.randomUUID().toString())
                .with("sub_id", Map.of("format", "email", "email", user + "@acme.example"));
    }

    static Sets event(FakeTransmitter from, String uri, Map<String, Object> subject, Map<String, Object> payload) {
        return from.set(Instant.now())
                .with("jti", UUID.randomUUID().toString())
                .with("sub_id", subject)
                .with("events", Map.of(uri, payload));
    }

    String push(Sets set) {
        String jti = UUID.randomUUID().toString();
        assertThat(gateway.push(set.with("jti", jti).compact()).statusCode()).isEqualTo(202);
        return jti;
    }

    /** The action of this kind, once the signal was decided. */
    JsonNode action(FakeTransmitter from, String jti, String kind) {
        return Awaitility.await(kind + " of " + jti)
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            for (JsonNode action :
                                    gateway.story(from.issuer(), jti).path("actions")) {
                                if (action.path("kind").asText().equals(kind)) {
                                    return action;
                                }
                            }
                            return null;
                        },
                        found -> found != null);
    }

    JsonNode ended(JsonNode action, String state) {
        return Awaitility.await(action.path("kind").asText() + " is " + state)
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> Gateway.json(
                                gateway.get("/api/actions/" + id(action)).body()),
                        now -> now.path("state").asText().equals(state));
    }

    static String id(JsonNode action) {
        return action.path("id").asText();
    }

    HttpResponse<String> as(String token, String method, String path, String body) {
        return gateway.call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    }

    static Map<String, Object> email(String user) {
        return Map.of("format", "email", "email", user + "@acme.example");
    }

    HttpResponse<String> post(String path, String body) {
        return as(Objects.requireNonNull(TOKENS.get("operator")), "POST", path, body);
    }

    static final String WHY = "{\"why\": \"for this test\"}";
}
