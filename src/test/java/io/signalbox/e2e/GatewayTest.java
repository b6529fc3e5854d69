package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.testing.Collector;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RecordingTarget.Answer;
import io.signalbox.testing.RecordingTarget.Request;
import io.signalbox.testing.ScimServer;
import io.signalbox.testing.Sets;
import io.signalbox.wire.Wire;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The whole gateway, with the shipped routes and rules, between real far ends: a transmitter with its keys, a SCIM
 * server, a webhook receiver, a log collector. One start for all of it.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "management.server.port=0")
@DirtiesContext
class GatewayTest {

    private static final String TOKEN = "an-operator-s-token-for-this-test";
    private static final String KEYCLOAK = "http://127.0.0.1:18080/realms/ssflab";

    private static final FakeTransmitter TRANSMITTER = FakeTransmitter.start();
    private static final FakeTransmitter WITHOUT_KEYS = FakeTransmitter.start();
    private static final FakeTransmitter KEYCLOAK_KEYS = FakeTransmitter.start();
    private static final FakeTransmitter ADVISER = FakeTransmitter.start();
    private static final FakeTransmitter NARROW = FakeTransmitter.start();
    private static final ScimServer DIRECTORY = new ScimServer()
            .add("u-1", "alice", "alice@acme.example", "s-alice")
            .add("u-2", "bob", "bob@acme.example", "s-bob")
            .add("u-3", "carol", "carol@acme.example", "s-carol")
            .add("u-4", "dan", "dan@acme.example", "s-dan");
    private static final RecordingTarget DESK = new RecordingTarget();
    private static final Collector SIEM = new Collector();

    @TempDir
    static Path home;

    @LocalServerPort
    int port;

    @Autowired
    MeterRegistry meters;

    private Gateway gateway;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry registry) throws IOException {
        WITHOUT_KEYS.answersKeysWith(500);
        KEYCLOAK_KEYS.publish(Files.readString(Path.of("src/test/resources/keycloak-26.7.3/jwks.json")));
        Path adminToken = Files.writeString(home.resolve("token"), TOKEN);
        Path scimToken = Files.writeString(home.resolve("scim"), ScimServer.TOKEN);
        Path secret = Files.writeString(home.resolve("secret"), "a-secret-shared-with-the-desk");
        registry.add("signalbox.data-directory", () -> home.resolve("data").toString());
        registry.add("signalbox.admin.token-file", adminToken::toString);
        registry.add("signalbox.http.allow", () -> "127.0.0.0/8");
        trust(registry, 0, TRANSMITTER.issuer(), TRANSMITTER, Sets.AUDIENCE);
        trust(registry, 1, WITHOUT_KEYS.issuer(), WITHOUT_KEYS, Sets.AUDIENCE);
        trust(
                registry,
                2,
                KEYCLOAK,
                KEYCLOAK_KEYS,
                "https://aud.example/x,recv-push/2e353123-caf9-44db-8070-867058183df2");
        trust(registry, 3, ADVISER.issuer(), ADVISER, Sets.AUDIENCE);
        registry.add("signalbox.trust[3].stance", () -> "advisory");
        trust(registry, 4, NARROW.issuer(), NARROW, Sets.AUDIENCE);
        registry.add("signalbox.trust[4].events", () -> "caep:risk-level-change");
        registry.add("signalbox.trust[4].subjects", () -> "email:*@partner.example");
        registry.add("signalbox.trust[4].outside", () -> "record");
        registry.add("signalbox.targets.directory.kind", () -> "scim");
        registry.add("signalbox.targets.directory.url", DIRECTORY::url);
        registry.add("signalbox.targets.directory.token-file", scimToken::toString);
        registry.add("signalbox.targets.desk.kind", () -> "webhook");
        registry.add("signalbox.targets.desk.url", () -> DESK.url() + "/hook");
        registry.add("signalbox.targets.desk.secret-file", secret::toString);
        registry.add(
                "signalbox.targets.desk.actions",
                () -> "session.revoke,session.step-up,ticket.open,ticket.note,vpn.disconnect");
        registry.add("signalbox.targets.siem.kind", () -> "syslog");
        registry.add("signalbox.targets.siem.url", () -> "tcp://127.0.0.1:" + SIEM.port());
        registry.add("signalbox.act.retry", () -> "100ms,200ms");
        // The guard has tests of its own; here everything is done that is decided.
        registry.add("signalbox.guard.budgets", () -> "");
        registry.add("signalbox.guard.repeat-after", () -> "0s");
    }

    private static void trust(
            DynamicPropertyRegistry registry, int place, String issuer, FakeTransmitter keys, String audiences) {
        String key = "signalbox.trust[" + place + "].";
        registry.add(key + "issuer", () -> issuer);
        registry.add(key + "jwks-uri", () -> keys.jwksUri().toString());
        registry.add(key + "audiences", () -> audiences);
    }

    @BeforeEach
    void reachTheGateway() {
        gateway = new Gateway("http://127.0.0.1:" + port, TOKEN);
    }

    @AfterAll
    static void closeTheFarEnds() {
        TRANSMITTER.close();
        WITHOUT_KEYS.close();
        KEYCLOAK_KEYS.close();
        ADVISER.close();
        NARROW.close();
        DIRECTORY.close();
        DESK.close();
        SIEM.close();
    }

    private static Sets set(FakeTransmitter from) {
        return from.set(Instant.now()).with("jti", UUID.randomUUID().toString());
    }

    @Test
    void aHighRiskUserIsDisabledTicketedAndRecorded() {
        String jti = UUID.randomUUID().toString();

        HttpResponse<String> answer = gateway.push(set(TRANSMITTER)
                .with("jti", jti)
                .with("sub_id", Map.of("format", "email", "email", "carol@acme.example"))
                .compact());

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEmpty();
        JsonNode story = gateway.ended(TRANSMITTER.issuer(), jti);
        assertThat(story.path("decision").path("severity").asText()).isEqualTo("HIGH");
        assertThat(story.path("decision").path("policyVersion").asText()).startsWith("pol-");
        assertThat(story.path("actions"))
                .extracting(
                        action -> action.path("kind").asText(),
                        action -> action.path("target").asText(),
                        action -> action.path("state").asText())
                .containsExactlyInAnyOrder(
                        tuple("session.revoke", "desk", "done"),
                        tuple("account.disable", "directory", "done"),
                        tuple("ticket.open", "desk", "done"),
                        tuple("siem.record", "siem", "done"));
        assertThat(story.path("actions"))
                .allSatisfy(action ->
                        assertThat(action.path("because").path("rule").asText()).isNotBlank());
        assertThat(DIRECTORY.active("u-3")).isFalse();
        assertThat(DIRECTORY.active("u-2")).isTrue();
        assertThat(SIEM.records()).anySatisfy(message -> assertThat(message)
                .contains("caep.risk-level-change")
                .contains(story.path("id").asText())
                .doesNotContain("carol"));
        // The same story again, by its id.
        JsonNode byId = Gateway.json(
                gateway.get("/api/signals/" + story.path("id").asText()).body());
        assertThat(byId).isEqualTo(story);
        assertThat(story.path("decision").path("grounds")).anySatisfy(grounds -> assertThat(grounds.path("facts")
                        .path("RiskLevelChange")
                        .path("currentLevel")
                        .asText())
                .isEqualTo("HIGH"));
    }

    /** */
    @Test
    void whoIsKnownAtNoTargetIsNoErrorOfTheSenders() {
        String jti = UUID.randomUUID().toString();

        HttpResponse<String> answer = gateway.push(set(TRANSMITTER)
                .with("jti", jti)
                .with("sub_id", Map.of("format", "email", "email", "nobody@acme.example"))
                .compact());

        assertThat(answer.statusCode()).isEqualTo(202);
        JsonNode story = gateway.ended(TRANSMITTER.issuer(), jti);
        assertThat(story.path("actions")).anySatisfy(action -> {
            assertThat(action.path("target").asText()).isEqualTo("directory");
            assertThat(action.path("state").asText()).isIn("not-found", "unmatched");
        });
    }

    /** As a policy-admin does it: published, tried, made active, and taken back. */
    @Test
    void aPolicyIsPublishedTriedActivatedAndRolledBackOverTheApi() {
        JsonNode before = Gateway.json(gateway.get("/api/policy").body());
        String shipped = before.path("version").asText();
        Map<String, String> files = new TreeMap<>();
        Gateway.json(gateway.get("/api/policy/versions/" + shipped).body())
                .path("files")
                .fields()
                .forEachRemaining(
                        file -> files.put(file.getKey(), file.getValue().asText()));
        files.put("policy/trial.drl", """
                package policy
                import io.signalbox.event.CaepEvent.*
                import io.signalbox.event.*
                global io.signalbox.action.Actions actions
                rule "Trial: note a risk of a user that comes from nowhere" when
                  RiskLevelChange( principal == "USER", currentLevel == RiskLevel.MEDIUM,
                    previousLevel != RiskLevel.LOW, previousLevel != RiskLevel.HIGH )
                then
                  actions.note("tried");
                end
                """);
        files.put("policy/trial.cases.yaml", """
                - case: a risk from nowhere is noted
                  given: {event: caep/risk-level-change, principal: USER, current_level: MEDIUM}
                  then: [ticket.note]
                - case: one that was lower is not
                  given: {event: caep/risk-level-change, principal: USER, current_level: MEDIUM, previous_level: LOW}
                  near-miss: "Trial: note a risk of a user that comes from nowhere"
                  then: []
                """);

        HttpResponse<String> published = publish(files);
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
        String trial = Gateway.json(published.body()).path("id").asText();
        assertThat(Gateway.json(published.body()).path("author").asText()).isEqualTo("operator");
        assertThat(publish(files).statusCode()).isEqualTo(200);
        files.put("policy/trial.drl", files.get("policy/trial.drl").replace("actions.note", "System.out.println"));
        HttpResponse<String> refused = publish(files);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(Gateway.json(refused.body()).path("problems").toString()).contains("Trial: note a risk");
        assertThat(Gateway.json(gateway.get("/api/policy").body())
                        .path("version")
                        .asText())
                .isEqualTo(shipped);

        assertThat(gateway.post("/api/policy/versions/" + trial + "/shadow").statusCode())
                .isEqualTo(200);
        gateway.ended(TRANSMITTER.issuer(), pushRisk("shadowed@acme.example", "MEDIUM", Instant.now()));
        JsonNode shadowed = Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> Gateway.json(gateway.get("/api/policy/shadow").body()),
                        shadow -> shadow.path("result").path("changed").asInt() > 0);
        assertThat(shadowed.path("result")
                        .path("kinds")
                        .path("ticket.note")
                        .path("more")
                        .asInt())
                .isPositive();
        assertThat(gateway.call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/policy/shadow"))
                                .header("Authorization", "Bearer " + TOKEN)
                                .DELETE())
                        .statusCode())
                .isEqualTo(204);

        HttpResponse<String> asked = gateway.post("/api/policy/simulate", "{\"version\":\"" + trial + "\"}");
        assertThat(asked.statusCode()).as(asked.body()).isEqualTo(202);
        String simulation = Gateway.json(asked.body()).path("id").asText();
        JsonNode simulated = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> Gateway.json(gateway.get("/api/policy/simulations/" + simulation)
                                .body()),
                        state -> !state.path("state").asText().equals("running"));
        assertThat(simulated.path("state").asText()).as(simulated.toString()).isEqualTo("done");
        assertThat(simulated
                        .path("result")
                        .path("rules")
                        .path("Trial: note a risk of a user that comes from nowhere")
                        .path("more")
                        .asInt())
                .isPositive();

        try {
            assertThat(gateway.post("/api/policy/versions/" + trial + "/activate")
                            .statusCode())
                    .isEqualTo(200);
            JsonNode story =
                    gateway.ended(TRANSMITTER.issuer(), pushRisk("tried@acme.example", "MEDIUM", Instant.now()));
            assertThat(story.path("decision").path("policyVersion").asText()).isEqualTo(trial);
            assertThat(story.path("actions"))
                    .extracting(action -> action.path("kind").asText())
                    .contains("ticket.note");
            explained("/api/signals/" + story.path("id").asText() + "/explain", trial, shipped);
        } finally {
            HttpResponse<String> back = gateway.post("/api/policy/rollback", "{\"note\":\"only a trial\"}");
            assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
        }
        JsonNode after = Gateway.json(gateway.get("/api/policy").body());
        assertThat(after.path("version").asText()).isEqualTo(shipped);
        assertThat(after.path("cause").asText()).isEqualTo("rollback");
        assertThat(Gateway.json(gateway.get("/api/policy/activations").body()).path("items"))
                .extracting(item -> item.path("cause").asText())
                .startsWith("rollback", "activate");
        assertThat(gateway.get("/api/policy/versions/pol-none").statusCode()).isEqualTo(404);
    }

    /** By the version that decided it the rule fired; the one before has no such rule. */
    private void explained(String path, String decidedBy, String other) {
        String rule = "Trial: note a risk of a user that comes from nowhere";
        HttpResponse<String> answer = gateway.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode why = Gateway.json(answer.body());
        assertThat(why.path("version").asText()).isEqualTo(decidedBy);
        assertThat(why.path("decision").path("rules"))
                .extracting(JsonNode::asText)
                .contains(rule);
        JsonNode rules = why.path("events").get(0).path("rules");
        assertThat(rules).anySatisfy(each -> {
            assertThat(each.path("rule").asText()).isEqualTo(rule);
            assertThat(each.path("fired").asBoolean()).isTrue();
        });
        assertThat(rules).anySatisfy(each -> {
            assertThat(each.path("nearlyFired").asBoolean()).isTrue();
            assertThat(each.path("conditions"))
                    .anySatisfy(condition ->
                            assertThat(condition.path("held").asBoolean()).isFalse());
        });
        assertThat(answer.body()).doesNotContain("tried@acme.example");
        JsonNode otherwise =
                Gateway.json(gateway.get(path + "?version=" + other).body());
        assertThat(otherwise.path("version").asText()).isEqualTo(other);
        assertThat(otherwise.path("events").toString()).contains("\"rule\":").doesNotContain("Trial: note");
        assertThat(gateway.get(path + "?version=pol-none").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> publish(Map<String, String> files) {
        return gateway.post("/api/policy/versions", Wire.write(Map.of("files", files, "note", "a trial")));
    }

    /** P-20: the same signal of three issuers, of which one may say so about this user. */
    @Test
    void whatAnIssuerIsNotEntitledToSayIsShownWithTheReasonAndNotActedUpon() {
        Map<String, Object> subject = Map.of("format", "email", "email", "trusted@acme.example");
        Map<FakeTransmitter, String> reasons = Map.of(
                ADVISER, "The issuer is trusted as an adviser only: recorded, nothing done",
                NARROW, "The issuer is not entitled to speak about this subject: recorded, nothing done");
        reasons.forEach((issuer, reason) -> {
            String jti = UUID.randomUUID().toString();
            Sets set = set(issuer).with("jti", jti).with("sub_id", subject);

            assertThat(gateway.push(set.compact()).statusCode()).isEqualTo(202);

            JsonNode story = gateway.ended(issuer.issuer(), jti);
            assertThat(story.path("standing").asText()).isEqualTo(issuer == ADVISER ? "advisory" : "not entitled");
            assertThat(story.path("reason").asText()).isEqualTo(reason);
            assertThat(story.path("type").asText()).isEqualTo("caep/risk-level-change");
            // What an adviser would have done is shown; none of it is done.
            assertThat(story.path("actions")).hasSize(issuer == ADVISER ? 4 : 0).allSatisfy(action -> assertThat(
                            action.path("state").asText())
                    .isEqualTo("suppressed"));
            assertThat(story.path("decision").path("rules").path(0).asText()).isEqualTo(reason);
        });
        assertThat(Gateway.json(gateway.get("/api/posture?subject=trusted@acme.example")
                                .body())
                        .path("items"))
                .isEmpty();
        JsonNode entitled =
                gateway.ended(TRANSMITTER.issuer(), pushRisk("trusted@acme.example", "HIGH", Instant.now()));
        assertThat(entitled.path("standing").asText()).isEqualTo("entitled");
        assertThat(entitled.has("reason")).isFalse();
        assertThat(entitled.path("actions")).isNotEmpty();
    }

    /** S-12: as a transmitter does that was told nothing but our address. */
    @Test
    void aSetThatIsEncryptedToTheKeysThatWePublishIsActedUpon() throws Exception {
        HttpResponse<String> published =
                gateway.call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/receiver/jwks")));
        assertThat(published.statusCode()).isEqualTo(200);
        assertThat(published.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/jwk-set+json");
        RSAKey key = JWKSet.parse(published.body()).getKeys().get(0).toRSAKey();
        assertThat(key.isPrivate()).isFalse();
        String jti = UUID.randomUUID().toString();
        JWEObject encrypted = new JWEObject(
                new JWEHeader.Builder(JWEAlgorithm.RSA_OAEP_256, EncryptionMethod.A256GCM)
                        .keyID(key.getKeyID())
                        .contentType("secevent+jwt")
                        .build(),
                new Payload(set(TRANSMITTER).with("jti", jti).compact()));
        encrypted.encrypt(new RSAEncrypter(key));

        assertThat(gateway.push(encrypted.serialize()).statusCode()).isEqualTo(202);

        assertThat(gateway.ended(TRANSMITTER.issuer(), jti).path("actions")).isNotEmpty();
    }

    /** As Google sends it: another family, the subject inside the event, by the names that formats had before RFC 9493. */
    @Test
    void anAccountThatItsProviderDisabledIsDisabledHere() {
        String jti = UUID.randomUUID().toString();
        Map<String, Object> subject = Map.of("subject_type", "email", "email", "dan@acme.example");

        gateway.push(set(TRANSMITTER)
                .with("jti", jti)
                .without("sub_id")
                .with(
                        "events",
                        Map.of(
                                "https://schemas.openid.net/secevent/risc/event-type/account-disabled",
                                Map.of("subject", subject, "reason", "hijacking")))
                .compact());

        JsonNode story = gateway.ended(TRANSMITTER.issuer(), jti);
        assertThat(story.path("type").asText()).isEqualTo("risc/account-disabled");
        assertThat(story.path("subject")).isEqualTo(Gateway.json("""
                {"format": "email", "email": "dan@acme.example"}"""));
        assertThat(story.path("actions"))
                .extracting(action -> action.path("kind").asText(), action -> action.path("state")
                        .asText())
                .containsExactlyInAnyOrder(
                        tuple("account.disable", "done"),
                        tuple("session.revoke", "done"),
                        tuple("ticket.open", "done"),
                        tuple("siem.record", "done"));
        assertThat(DIRECTORY.active("u-4")).isFalse();
        JsonNode posture = Gateway.json(
                gateway.get("/api/posture?subject=dan@acme.example").body());
        assertThat(posture.path("items"))
                .extracting(known -> known.path("aspect").asText(), known -> known.path("value")
                        .asText())
                .containsExactly(tuple("account", "disabled"));
    }

    /** A transaction that touches two people names each in its own event. */
    @Test
    void eachEventOfASetIsAboutItsOwnSubject() {
        String jti = UUID.randomUUID().toString();
        String risc = "https://schemas.openid.net/secevent/risc/event-type/";
        Map<String, Object> eve = Map.of("format", "email", "email", "eve@acme.example");
        Map<String, Object> fay = Map.of("format", "phone", "phone", "+1 555 01-00");

        gateway.push(set(TRANSMITTER)
                .with("jti", jti)
                .without("sub_id")
                .with(
                        "events",
                        Map.of(
                                risc + "recovery-information-changed", Map.of("subject", eve),
                                risc + "account-credential-change-required", Map.of("subject", fay)))
                .compact());

        JsonNode story = gateway.ended(TRANSMITTER.issuer(), jti);
        assertThat(story.path("subject").isMissingNode()).isTrue();
        assertThat(story.path("events"))
                .extracting(
                        event -> event.path("type").asText(),
                        event -> event.path("subject").path("email").asText()
                                + event.path("subject").path("phone_number").asText())
                .containsExactlyInAnyOrder(
                        tuple("risc/recovery-information-changed", "eve@acme.example"),
                        tuple("risc/account-credential-change-required", "+1 555 01-00"));
        assertThat(story.path("actions"))
                .extracting(action -> action.path("kind").asText())
                .containsExactlyInAnyOrder("session.step-up", "siem.record", "session.step-up", "siem.record");
    }

    /** Invariant I-4: what happened last counts, not what arrived last. */
    @Test
    void anEventThatWasOvertakenOnItsWayIsRecordedAndNotActedUpon() {
        Instant now = Instant.now();
        String later = pushRisk("late@acme.example", "LOW", now);
        gateway.ended(TRANSMITTER.issuer(), later);

        String earlier = pushRisk("late@acme.example", "HIGH", now.minusSeconds(600));
        JsonNode story = gateway.ended(TRANSMITTER.issuer(), earlier);

        assertThat(story.path("actions")).isEmpty();
        assertThat(story.path("decision").path("rules"))
                .extracting(JsonNode::asText)
                .containsExactly("Older than what is known of its subject: recorded, nothing done");
        JsonNode posture = Gateway.json(
                gateway.get("/api/posture?subject=late@acme.example").body());
        assertThat(posture.path("items"))
                .extracting(
                        known -> known.path("iss").asText(),
                        known -> known.path("aspect").asText(),
                        known -> known.path("value").asText(),
                        known -> known.path("since").asText())
                .containsExactly(tuple(
                        TRANSMITTER.issuer(),
                        "risk/USER",
                        "LOW",
                        now.truncatedTo(ChronoUnit.SECONDS).toString()));
        assertThat(gateway.get("/api/posture").statusCode()).isEqualTo(400);
    }

    /** Invariant I-4: side by side for different subjects, one after the other for each. */
    @Test
    void whateverTheOrderOfArrivalThePostureIsTheLatest() throws Exception {
        Instant start = Instant.now().minusSeconds(3_600);
        List<Callable<String>> pushes = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            int number = i;
            pushes.add(() -> pushRisk(
                    "order" + number % 6 + "@acme.example",
                    number >= 114 ? "MEDIUM" : number % 2 == 0 ? "HIGH" : "LOW",
                    start.plusSeconds(number)));
        }
        Collections.shuffle(pushes, new Random(4711));
        ExecutorService senders = Executors.newFixedThreadPool(8);
        try {
            for (Future<String> jti : senders.invokeAll(pushes)) {
                gateway.ended(TRANSMITTER.issuer(), jti.get());
            }
        } finally {
            senders.shutdownNow();
        }
        for (int user = 0; user < 6; user++) {
            JsonNode known = Gateway.json(gateway.get("/api/posture?subject=order" + user + "@acme.example")
                            .body())
                    .path("items")
                    .path(0);
            assertThat(known.path("value").asText()).isEqualTo("MEDIUM");
            assertThat(Instant.parse(known.path("since").asText()))
                    .isEqualTo(start.plusSeconds(114 + user).truncatedTo(ChronoUnit.SECONDS));
        }
    }

    private String pushRisk(String user, String level, Instant at) {
        String jti = UUID.randomUUID().toString();
        assertThat(gateway.push(set(TRANSMITTER)
                                .with("jti", jti)
                                .with("sub_id", Map.of("format", "email", "email", user))
                                .with(
                                        "events",
                                        Map.of(
                                                Sets.RISK_LEVEL_CHANGE,
                                                Map.of(
                                                        "principal",
                                                        "USER",
                                                        "current_level",
                                                        level,
                                                        "event_timestamp",
                                                        at.getEpochSecond())))
                                .compact())
                        .statusCode())
                .isEqualTo(202);
        return jti;
    }

    @Test
    void aSetThatIsDeliveredTwiceIsAnsweredTwiceAndActedUponOnce() {
        String jti = UUID.randomUUID().toString();
        String compact = set(TRANSMITTER).with("jti", jti).compact();

        assertThat(gateway.push(compact).statusCode()).isEqualTo(202);
        gateway.ended(TRANSMITTER.issuer(), jti);
        assertThat(gateway.push(compact).statusCode()).isEqualTo(202);

        // A third SET of the same subject is decided after the second delivery: when it has ended, that has too.
        String last = UUID.randomUUID().toString();
        gateway.push(set(TRANSMITTER).with("jti", last).compact());
        gateway.ended(TRANSMITTER.issuer(), last);
        List<String> tickets = ticketsOf(gateway.story(TRANSMITTER.issuer(), jti));
        assertThat(tickets).hasSize(1);
        assertThat(gateway.story(TRANSMITTER.issuer(), jti).path("actions"))
                .allSatisfy(action -> assertThat(action.path("attempts")).hasSize(1));
    }

    /** The desk's requests that carry the ticket of this signal. */
    private static List<String> ticketsOf(JsonNode story) {
        return DESK.requests().stream()
                .map(Request::text)
                .filter(text -> text.contains(story.path("id").asText()) && text.contains("ticket.open"))
                .toList();
    }

    @Test
    void anEventOfATypeThatWeDoNotKnowIsKeptWithItsPayload() {
        String jti = UUID.randomUUID().toString();
        gateway.push(set(TRANSMITTER)
                .with("jti", jti)
                .with("events", Map.of("https://vendor.example/event/door-opened", Map.of("door", "7")))
                .compact());

        JsonNode story = gateway.ended(TRANSMITTER.issuer(), jti);

        assertThat(story.path("actions")).isEmpty();
        assertThat(story.toString()).contains("https://vendor.example/event/door-opened");
    }

    /** What a sender does wrong, and what it is told. */
    private record Wrong(String what, String contentType, byte[] body, String err) {}

    @TestFactory
    Stream<DynamicTest> whatIsWrongIsRefusedInTheWordsOfTheRfc() {
        Sets good = set(TRANSMITTER);
        String type = "application/secevent+jwt";
        return Stream.of(
                        new Wrong("another media type", "application/json", bytes(good.compact()), "invalid_request"),
                        new Wrong("no body", type, new byte[0], "invalid_request"),
                        new Wrong("too long a body", type, bytes("a".repeat(70_000)), "invalid_request"),
                        new Wrong("no SET", type, bytes("hello"), "invalid_request"),
                        new Wrong("binary", type, new byte[] {(byte) 0xff, 1, 2}, "invalid_request"),
                        new Wrong(
                                "a stranger",
                                type,
                                bytes(good.with("iss", "https://x.example").compact()),
                                "invalid_issuer"),
                        new Wrong(
                                "another audience",
                                type,
                                bytes(good.with("aud", "https://y.example").compact()),
                                "invalid_audience"),
                        new Wrong(
                                "an unknown key",
                                type,
                                bytes(good.header("kid", "nobody").compact()),
                                "invalid_key"),
                        new Wrong("an expiry", type, bytes(good.with("exp", 1).compact()), "invalid_request"),
                        new Wrong(
                                "an event without a required claim",
                                type,
                                bytes(good.with("events", Map.of(Sets.RISK_LEVEL_CHANGE, Map.of("principal", "USER")))
                                        .compact()),
                                "invalid_request"))
                .map(wrong -> dynamicTest(wrong.what(), () -> {
                    HttpResponse<String> answer =
                            gateway.push(wrong.contentType(), BodyPublishers.ofByteArray(wrong.body()));

                    JsonNode error = Gateway.json(answer.body());
                    assertThat(answer.statusCode()).isEqualTo(400);
                    assertThat(answer.headers().firstValue("Content-Type"))
                            .hasValueSatisfying(value -> assertThat(value).startsWith("application/json"));
                    assertThat(answer.headers().firstValue("Content-Language")).hasValue("en");
                    assertThat(error.path("err").asText()).isEqualTo(wrong.err());
                    assertThat(error.path("description").asText())
                            .isNotBlank()
                            .doesNotContain("x.example", "y.example", "nobody", "Exception");
                }));
    }

    @Test
    void aBodyOfUnknownLengthIsCutOffAtTheCap() {
        HttpResponse<String> answer = gateway.push(
                "application/secevent+jwt",
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes("a".repeat(3_000_000)))));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Gateway.json(answer.body()).path("err").asText()).isEqualTo("invalid_request");
    }

    @Test
    void whatIsRefusedIsCountedByItsCodeAndKeptNowhere() {
        String jti = UUID.randomUUID().toString();
        double before = refused("invalid_audience");

        gateway.push(set(TRANSMITTER)
                .with("jti", jti)
                .with("aud", "https://other.example")
                .compact());

        assertThat(refused("invalid_audience")).isEqualTo(before + 1);
        // A good SET of the same subject, decided after anything that could have got into the queue before it.
        String good = UUID.randomUUID().toString();
        gateway.push(set(TRANSMITTER).with("jti", good).compact());
        gateway.ended(TRANSMITTER.issuer(), good);
        assertThat(gateway.story(TRANSMITTER.issuer(), jti).isMissingNode()).isTrue();
    }

    private double refused(String code) {
        return meters.counter("signalbox.sets", "verdict", "refused", "code", code)
                .count();
    }

    @Test
    void keysThatCannotBeHadAreOurTroubleAndNotTheSenders() {
        HttpResponse<String> answer = gateway.push(set(WITHOUT_KEYS).compact());

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void onlyPostIsTakenAtThePushEndpoint() {
        assertThat(gateway.get("/push").statusCode()).isEqualTo(405);
    }

    @Test
    void whoeverDoesNotSayWhoTheyAreSeesNothing() {
        Gateway stranger = new Gateway("http://127.0.0.1:" + port, "guessed");

        assertThat(stranger.get("/api/signals").statusCode()).isEqualTo(401);
        assertThat(stranger.post("/api/actions/x/redrive").statusCode()).isEqualTo(401);
    }

    @Test
    void aTargetThatIsDownIsTriedAgainThenShownWithItsCauseAndCanBeRedriven() {
        // The one connection to the desk that this signal makes: back to LOW is worth a note and nothing else there.
        DESK.answer(new Answer(503), new Answer(500), new Answer(502));
        String jti = UUID.randomUUID().toString();
        gateway.push(set(TRANSMITTER)
                .with("jti", jti)
                .with(
                        "events",
                        Map.of(
                                Sets.RISK_LEVEL_CHANGE,
                                Map.of("principal", "USER", "current_level", "LOW", "previous_level", "HIGH")))
                .compact());

        JsonNode note = actionOf(gateway.ended(TRANSMITTER.issuer(), jti), "ticket.note");
        assertThat(note.path("state").asText()).isEqualTo("dead");
        assertThat(note.path("attempts"))
                .extracting(attempt -> attempt.path("outcome").asText())
                .containsExactly("no-answer", "no-answer", "no-answer");
        assertThat(note.path("attempts").path(2).path("detail").asText()).contains("502");
        String id = note.path("id").asText();
        assertThat(gateway.get("/api/actions?state=dead").body()).contains(id);

        assertThat(gateway.post("/api/actions/" + id + "/redrive").statusCode()).isEqualTo(202);

        JsonNode redriven = Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> Gateway.json(gateway.get("/api/actions/" + id).body()),
                        action -> action.path("state").asText().equals("done"));
        assertThat(redriven.path("attempts")).hasSize(4);
        // The same key each time: a desk that had done it unseen would know.
        assertThat(DESK.requests().stream()
                        .filter(request -> request.text().contains(id))
                        .map(request -> request.headers().get("Idempotency-Key"))
                        .distinct())
                .containsExactly(id);
        assertThat(gateway.post("/api/actions/" + id + "/redrive").statusCode()).isEqualTo(409);
    }

    private static JsonNode actionOf(JsonNode story, String kind) {
        for (JsonNode action : story.path("actions")) {
            if (action.path("kind").asText().equals(kind)) {
                return action;
            }
        }
        throw new AssertionError("no " + kind + " in " + story);
    }

    /** What a Keycloak 26.7.3 really sent, byte for byte, and what the shipped policy makes of it. */
    @TestFactory
    Stream<DynamicTest> whatKeycloakSentIsTakenAndDecided() {
        return Map.of(
                        "001-verification", List.<String>of(),
                        "002-session-revoked", List.of("siem.record"),
                        "003-session-revoked", List.of("siem.record"),
                        "005-credential-change", List.<String>of(),
                        "006-credential-change", List.<String>of(),
                        "009-credential-change", List.of("session.revoke", "siem.record"),
                        "012-credential-change", List.of("session.revoke", "siem.record"))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .map(capture -> dynamicTest(capture.getKey(), () -> {
                    String set = body(Path.of("src/test/resources/keycloak-26.7.3/push", capture.getKey() + ".http"));

                    assertThat(gateway.push(set).statusCode()).isEqualTo(202);

                    JsonNode story = gateway.ended(KEYCLOAK, jti(set));
                    List<String> kinds = new ArrayList<>();
                    story.path("actions")
                            .forEach(action -> kinds.add(action.path("kind").asText()));
                    assertThat(kinds).isEqualTo(capture.getValue());
                    assertThat(story.path("actions"))
                            .allSatisfy(action ->
                                    assertThat(action.path("state").asText()).isEqualTo("done"));
                }));
    }

    /** Everything after the empty line that ends the headers. */
    private static String body(Path capture) throws IOException {
        String request = Files.readString(capture);
        return request.substring(request.replace("\r\n", "\n").indexOf("\n\n") < 0 ? 0 : request.indexOf("eyJ"))
                .strip();
    }

    private static String jti(String set) {
        byte[] claims = java.util.Base64.getUrlDecoder().decode(set.split("\\.")[1]);
        return Gateway.json(new String(claims, StandardCharsets.UTF_8))
                .path("jti")
                .asText();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
