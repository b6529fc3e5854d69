package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The guard as those outside see it: signals come in by HTTP, a directory is or is not changed. One start for all of it. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "management.server.port=0")
@DirtiesContext
class GuardTest {

    private static final String DEVICE = "https://schemas.openid.net/secevent/caep/event-type/device-compliance-change";
    private static final String SESSION = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
    private static final int STORM = 600;
    private static final int BUDGET = 12;

    private static final FakeTransmitter TRANSMITTER = FakeTransmitter.start();
    private static final FakeTransmitter BROKEN = FakeTransmitter.start();
    private static final FakeTransmitter ADVISER = FakeTransmitter.start();
    private static final FakeTransmitter OF_DIRECTORY = FakeTransmitter.start();
    private static final ScimServer DIRECTORY = new ScimServer();
    private static final RecordingTarget DESK = new RecordingTarget();
    private static final Map<String, String> TOKENS = Map.of(
            "viewer", "a-token-of-somebody-who-reads",
            "operator", "a-token-of-somebody-on-duty",
            "policy-admin", "a-token-of-somebody-who-writes-rules");
    private static final String ADMIN = "an-admin-s-token-for-this-test";

    @TempDir
    static Path home;

    @LocalServerPort
    int port;

    private Gateway gateway;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry registry) throws IOException {
        for (String user : List.of("root", "adviser", "rita", "stella", "file", "ursula", "hr", "echo", "dry")) {
            DIRECTORY.add("id-" + user, user, user + "@acme.example", "x-" + user);
        }
        for (int user = 0; user < STORM; user++) {
            DIRECTORY.add("id-s" + user, "s" + user, "s" + user + "@acme.example", "x-s" + user);
        }
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
        List<FakeTransmitter> issuers = List.of(TRANSMITTER, BROKEN, ADVISER, OF_DIRECTORY);
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
        registry.add("signalbox.targets.directory.url", DIRECTORY::url);
        registry.add("signalbox.targets.directory.token-file", scim::toString);
        for (String desk : List.of("desk", "rehearsal")) {
            registry.add("signalbox.targets." + desk + ".kind", () -> "webhook");
            registry.add("signalbox.targets." + desk + ".url", () -> DESK.url() + "/" + desk);
            registry.add("signalbox.targets." + desk + ".secret-file", secret::toString);
        }
        registry.add("signalbox.targets.desk.actions", () -> "notify,device.quarantine,device.release");
        registry.add("signalbox.targets.rehearsal.actions", () -> "vpn.disconnect");
        registry.add("signalbox.act.retry", () -> "100ms,200ms");
        registry.add("signalbox.guard.protect", () -> "email:root@acme.example");
        registry.add("signalbox.guard.dry-run", () -> "rehearsal");
        registry.add("signalbox.guard.approve[0].kinds", () -> "device.quarantine");
        registry.add("signalbox.guard.link-base", () -> "https://signals.example.com/");
        registry.add("signalbox.guard.echoes.directory", OF_DIRECTORY::issuer);
        registry.add("signalbox.guard.budgets[0].name", () -> "disables of one issuer");
        registry.add("signalbox.guard.budgets[0].kinds", () -> "account.disable");
        registry.add("signalbox.guard.budgets[0].apart", () -> "issuer");
        registry.add("signalbox.guard.budgets[0].most", () -> BUDGET);
        registry.add("signalbox.guard.budgets[0].within", () -> "1h");
    }

    @BeforeEach
    void reachTheGateway() {
        gateway = new Gateway("http://127.0.0.1:" + port, ADMIN);
    }

    @AfterAll
    static void closeTheFarEnds() {
        Stream.of(TRANSMITTER, BROKEN, ADVISER, OF_DIRECTORY).forEach(FakeTransmitter::close);
        DIRECTORY.close();
        DESK.close();
    }

    private static Sets high(FakeTransmitter from, String user) {
        return from.set(Instant.now())
                .with("jti", UUID.randomUUID().toString())
                .with("sub_id", Map.of("format", "email", "email", user + "@acme.example"));
    }

    private static Sets event(
            FakeTransmitter from, String uri, Map<String, Object> subject, Map<String, Object> payload) {
        return from.set(Instant.now())
                .with("jti", UUID.randomUUID().toString())
                .with("sub_id", subject)
                .with("events", Map.of(uri, payload));
    }

    private String push(Sets set) {
        String jti = UUID.randomUUID().toString();
        assertThat(gateway.push(set.with("jti", jti).compact()).statusCode()).isEqualTo(202);
        return jti;
    }

    /** The action of this kind, once the signal was decided. */
    private JsonNode action(FakeTransmitter from, String jti, String kind) {
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

    private JsonNode ended(JsonNode action, String state) {
        return Awaitility.await(action.path("kind").asText() + " is " + state)
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> Gateway.json(
                                gateway.get("/api/actions/" + id(action)).body()),
                        now -> now.path("state").asText().equals(state));
    }

    private static String id(JsonNode action) {
        return action.path("id").asText();
    }

    private HttpResponse<String> as(String token, String method, String path, String body) {
        return gateway.call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> post(String path, String body) {
        return as(Objects.requireNonNull(TOKENS.get("operator")), "POST", path, body);
    }

    private static final String WHY = "{\"why\": \"for this test\"}";

    @Test
    void aProtectedSubjectIsNotTouchedUnderWhateverIdentifierAndSomebodyIsTold() {
        String jti = push(high(TRANSMITTER, "x")
                .with(
                        "sub_id",
                        Map.of(
                                "format",
                                "aliases",
                                "identifiers",
                                List.of(
                                        Map.of("format", "opaque", "id", "whoever"),
                                        Map.of("format", "email", "email", "Root@ACME.example")))));

        JsonNode action = action(TRANSMITTER, jti, "account.disable");
        assertThat(action.path("state").asText()).isEqualTo("suppressed");
        assertThat(action.path("attempts").path(0).path("detail").asText())
                .isEqualTo("protected: the subject is protected");
        assertThat(DIRECTORY.active("id-root")).isTrue();
        ended(action(TRANSMITTER, jti, "notify"), "done");
        assertThat(Gateway.json(gateway.get("/api/guard").body())
                        .path("protectedSubjects")
                        .path(0)
                        .asText())
                .isEqualTo("email:root@acme.example");
    }

    @Test
    void whatAnAdviserOrADryRunWouldHaveDoneIsShownAndNotDone() {
        String advised = push(high(ADVISER, "adviser"));
        assertThat(action(ADVISER, advised, "account.disable")
                        .path("attempts")
                        .path(0)
                        .path("detail")
                        .asText())
                .startsWith("advisory: ");
        String rehearsed = push(event(
                TRANSMITTER,
                SESSION,
                Map.of("format", "email", "email", "dry@acme.example"),
                Map.of("initiating_entity", "admin")));
        JsonNode vpn = action(TRANSMITTER, rehearsed, "vpn.disconnect");
        assertThat(vpn.path("state").asText()).isEqualTo("suppressed");
        assertThat(vpn.path("attempts").path(0).path("detail").asText())
                .isEqualTo("dry-run: the target rehearsal is in dry run");
        assertThat(DIRECTORY.active("id-adviser")).isTrue();
    }

    @Test
    void aHeldActionGoesByTheLinkInItsNotificationOnce() {
        String jti = push(event(
                TRANSMITTER,
                DEVICE,
                Map.of(
                        "format",
                        "complex",
                        "device",
                        Map.of("format", "opaque", "id", UUID.randomUUID().toString())),
                Map.of("previous_status", "compliant", "current_status", "not-compliant")));
        JsonNode quarantine = action(TRANSMITTER, jti, "device.quarantine");
        assertThat(quarantine.path("state").asText()).isEqualTo("held");
        JsonNode told = ended(action(TRANSMITTER, jti, "notify"), "done");
        assertThat(told.path("parameters").has("link"))
                .as("whoever reads may not approve")
                .isFalse();
        String link = DESK.requests().stream()
                .map(request -> Gateway.json(request.text()))
                .filter(message -> message.path("id").asText().equals(id(told)))
                .map(message -> message.path("parameters").path("link").asText())
                .findFirst()
                .orElseThrow();
        String path = URI.create(link).getPath();

        assertThat(open("GET", path, "").statusCode()).isEqualTo(200);
        assertThat(open("POST", path.replaceAll(".$", path.endsWith("A") ? "B" : "A"), "answer=approve")
                        .statusCode())
                .isEqualTo(404);
        assertThat(ended(quarantine, "held")).isNotNull();
        assertThat(open("POST", path, "answer=approve").body()).contains("Approved");
        ended(quarantine, "done");
        assertThat(open("POST", path, "answer=approve").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> open(String method, String path, String form) {
        return gateway.call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method(method, BodyPublishers.ofString(form)));
    }

    @Test
    void aRiskThatIsLowAgainGivesTheAccountBack() {
        JsonNode disable = ended(action(TRANSMITTER, push(high(TRANSMITTER, "rita")), "account.disable"), "done");
        assertThat(DIRECTORY.active("id-rita")).isFalse();
        push(high(TRANSMITTER, "rita")
                .with("events", Map.of(Sets.RISK_LEVEL_CHANGE, Map.of("principal", "USER", "current_level", "LOW"))));
        JsonNode back = ended(disable, "undone");
        assertThat(DIRECTORY.active("id-rita")).isTrue();
        assertThat(back.path("attempts"))
                .extracting(each -> each.path("outcome").asText())
                .containsExactly("done", "undoing", "undone");
    }

    @Test
    void whatAnIssuerDidIsTakenBackByHandWithAPreviewAndTheEvidenceTellsItAll() {
        JsonNode disable = ended(action(TRANSMITTER, push(high(TRANSMITTER, "ursula")), "account.disable"), "done");
        String selection = "{\"issuer\": \"" + TRANSMITTER.issuer() + "\", \"target\": \"directory\"";
        JsonNode preview =
                Gateway.json(post("/api/undo?dry-run", selection + "}").body());
        assertThat(preview.path("containments"))
                .extracting(each -> each.path("action").asText())
                .contains(id(disable));
        assertThat(DIRECTORY.active("id-ursula")).isFalse();
        assertThat(post("/api/actions/" + id(disable) + "/undo", WHY).statusCode())
                .isEqualTo(202);
        ended(disable, "undone");
        assertThat(DIRECTORY.active("id-ursula")).isTrue();
        assertThat(post("/api/actions/" + id(disable) + "/undo", WHY).statusCode())
                .isEqualTo(409);

        JsonNode evidence = Gateway.json(
                gateway.get("/api/actions/" + id(disable) + "/evidence").body());
        assertThat(evidence.path("verdict").path("word").asText()).isEqualTo("goes");
        assertThat(evidence.path("containment").path("liftedBy").asText()).isEqualTo("a-operator: for this test");
        assertThat(evidence.path("chain")).hasSize(4);
        assertThat(evidence.path("signal").path("iss").asText()).isEqualTo(TRANSMITTER.issuer());
    }

    @Test
    void theStopSwitchHoldsAndReleasesByCallAndByFile() throws IOException {
        assertThat(post("/api/stop", WHY).statusCode()).isEqualTo(200);
        JsonNode held = action(TRANSMITTER, push(high(TRANSMITTER, "stella")), "account.disable");
        assertThat(held.path("state").asText()).isEqualTo("held");
        assertThat(post("/api/stop/release", WHY).statusCode()).isEqualTo(409);
        assertThat(post("/api/stop/lift", WHY).statusCode()).isEqualTo(200);
        assertThat(DIRECTORY.active("id-stella")).isTrue();
        assertThat(post("/api/stop/release", "{\"ids\": [\"" + id(held) + "\"], \"why\": \"checked\"}")
                        .statusCode())
                .isEqualTo(200);
        ended(held, "done");

        Path file = Files.writeString(home.resolve("data").resolve("stop"), "the night shift says so");
        Awaitility.await("the file is heeded").atMost(Duration.ofSeconds(10)).until(() -> Gateway.json(
                        gateway.get("/api/stop").body())
                .path("why")
                .asText()
                .equals("the night shift says so"));
        JsonNode byFile = action(TRANSMITTER, push(high(TRANSMITTER, "file")), "account.disable");
        assertThat(byFile.path("state").asText()).isEqualTo("held");
        Files.delete(file);
        Awaitility.await("the file is gone").atMost(Duration.ofSeconds(10)).until(() -> !Gateway.json(
                        gateway.get("/api/stop").body())
                .path("thrown")
                .asBoolean());
        post("/api/stop/release", WHY);
        ended(byFile, "done");
    }

    @Test
    void whatTheDirectoryTellsOfOurOwnActionStartsNoSecondRound() {
        JsonNode disable = ended(action(TRANSMITTER, push(high(TRANSMITTER, "echo")), "account.disable"), "done");
        String told = push(event(
                OF_DIRECTORY,
                SESSION,
                Map.of("format", "email", "email", "echo@acme.example"),
                Map.of("initiating_entity", "admin")));
        JsonNode vpn = action(OF_DIRECTORY, told, "vpn.disconnect");
        assertThat(vpn.path("state").asText()).isEqualTo("suppressed");
        // In dry run as well; what the ledger holds is not even asked then.
        assertThat(vpn.path("attempts").path(0).path("detail").asText()).startsWith("dry-run: ");
        String again = push(high(OF_DIRECTORY, "echo")
                .with(
                        "events",
                        Map.of("https://schemas.openid.net/secevent/risc/event-type/account-disabled", Map.of())));
        JsonNode second = action(OF_DIRECTORY, again, "account.disable");
        assertThat(second.path("attempts").path(0).path("detail").asText())
                .isEqualTo("echo: the signal tells what our own action " + id(disable) + " did");
    }

    /** A broken or hostile transmitter: it ends in the budget's number of actions and a queue for somebody to look at. */
    @Test
    void aStormEndsInTheBudgetAndAQueueForApproval() throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(8);
        List<Callable<Integer>> pushes = IntStream.range(0, STORM)
                .<Callable<Integer>>mapToObj(user -> () -> {
                    String set = high(BROKEN, "s" + user).compact();
                    for (int round = 0; ; round++) {
                        int status = gateway.push(set).statusCode();
                        if (status == 202 || round == 50) {
                            return status;
                        }
                    }
                })
                .toList();
        List<Integer> answers = new ArrayList<>();
        for (Future<Integer> answer : senders.invokeAll(pushes)) {
            answers.add(answer.get());
        }
        senders.shutdown();
        assertThat(answers).containsOnly(202);
        Awaitility.await("all is decided").atMost(Duration.ofSeconds(60)).until(() -> held() >= STORM - BUDGET);
        Awaitility.await("what goes has gone").atMost(Duration.ofSeconds(30)).until(() -> disabled() == BUDGET);
        assertThat(held()).isEqualTo(STORM - BUDGET);
        assertThat(Gateway.json(gateway.get("/api/guard").body()).path("tripped"))
                .extracting(each -> each.path("counted").asText())
                .contains(BROKEN.issuer());
        long told = gateway.ledger().stream()
                .filter(signal -> signal.path("iss").asText().equals(BROKEN.issuer()))
                .flatMap(signal -> Stream.of(signal.path("actions")))
                .filter(actions -> actions.toString().contains("\"kind\":\"notify\""))
                .count();
        assertThat(told).as("a budget that is used up is told once").isEqualTo(1);
    }

    private long disabled() {
        return IntStream.range(0, STORM)
                .filter(user -> !DIRECTORY.active("id-s" + user))
                .count();
    }

    private int held() {
        int held = 0;
        String after = "";
        while (after != null) {
            JsonNode page =
                    Gateway.json(gateway.get("/api/approvals?limit=500" + (after.isEmpty() ? "" : "&after=" + after))
                            .body());
            for (JsonNode each : page.path("items")) {
                held += each.path("cause").asText().equals("budget") ? 1 : 0;
            }
            after = page.path("next").textValue();
        }
        return held;
    }

    /** Who may do what; an id that is not there is not found, by those who may ask. */
    @TestFactory
    Stream<DynamicTest> everyRoleMayDoWhatItIsFor() {
        String reads = "viewer operator policy-admin";
        return Stream.of(
                        new String[] {"GET", "/api/signals", reads},
                        new String[] {"GET", "/api/actions?state=done", reads},
                        new String[] {"GET", "/api/actions/act-x/evidence", reads},
                        new String[] {"GET", "/api/approvals", reads},
                        new String[] {"GET", "/api/containments", reads},
                        new String[] {"GET", "/api/guard", reads},
                        new String[] {"GET", "/api/stop", reads},
                        new String[] {"GET", "/api/sources", reads},
                        new String[] {"GET", "/api/targets", reads},
                        new String[] {"GET", "/api/posture?subject=a@acme.example", reads},
                        new String[] {"POST", "/api/actions/act-x/redrive", "operator"},
                        new String[] {"POST", "/api/actions/act-x/discard", "operator"},
                        new String[] {"POST", "/api/actions/act-x/undo", "operator"},
                        new String[] {"POST", "/api/actions/redrive", "operator"},
                        new String[] {"POST", "/api/approvals/act-x/approve", "operator"},
                        new String[] {"POST", "/api/approvals/act-x/reject", "operator"},
                        new String[] {"POST", "/api/approvals/act-x/assign", "operator"},
                        new String[] {"POST", "/api/stop/lift", "operator"},
                        new String[] {"POST", "/api/stop/release", "operator"},
                        new String[] {"POST", "/api/undo", "operator"},
                        new String[] {"GET", "/api/unmatched", reads},
                        new String[] {"GET", "/api/policy", reads},
                        new String[] {"GET", "/api/policy/simulations/sim-x", reads},
                        new String[] {"GET", "/api/policy/simulations/sim-x?names=true", "policy-admin"},
                        new String[] {"GET", "/api/signals/sig-x/explain", reads},
                        new String[] {"POST", "/api/unmatched/replay", "operator"},
                        new String[] {"POST", "/api/emit", "operator"},
                        new String[] {"POST", "/api/policy/versions", "policy-admin"},
                        new String[] {"POST", "/api/policy/rollback", "policy-admin"},
                        new String[] {"POST", "/api/policy/anything", "policy-admin"},
                        new String[] {"POST", "/api/subjects/x/erase", ""},
                        new String[] {"POST", "/api/targets/idp/test", ""},
                        new String[] {"POST", "/api/transmitter/keys/rotate", ""},
                        new String[] {"POST", "/api/anything-else", ""},
                        new String[] {"DELETE", "/api/signals-of-somebody", ""})
                .flatMap(row -> TOKENS.keySet().stream()
                        .map(role -> dynamicTest(role + " " + row[0] + " " + row[1], () -> {
                            HttpResponse<String> answer =
                                    as(Objects.requireNonNull(TOKENS.get(role)), row[0], row[1], "{}");
                            boolean may = List.of(row[2].split(" ")).contains(role);
                            assertThat(answer.statusCode()).isNotEqualTo(401);
                            if (may) {
                                assertThat(answer.statusCode()).isNotEqualTo(403);
                            } else {
                                assertThat(answer.statusCode()).isEqualTo(403);
                                assertThat(Gateway.json(answer.body())
                                                .path("status")
                                                .asInt())
                                        .isEqualTo(403);
                            }
                        })));
    }
}
