package io.signalbox.api;

import static io.signalbox.testing.Recorded.ISSUER;
import static io.signalbox.testing.Recorded.NOON;
import static io.signalbox.testing.Recorded.RULE;
import static io.signalbox.testing.Recorded.decision;
import static io.signalbox.testing.Recorded.signal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.OpenPath;
import io.signalbox.StartupFact;
import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.GuardBoard;
import io.signalbox.action.Identities;
import io.signalbox.action.Outcome;
import io.signalbox.action.ProtectionBoard;
import io.signalbox.action.TargetBoard;
import io.signalbox.action.TargetStanding;
import io.signalbox.action.Targets;
import io.signalbox.action.Trial;
import io.signalbox.event.Signal;
import io.signalbox.policy.DecisionDifference;
import io.signalbox.policy.PolicyBoard;
import io.signalbox.policy.PolicyComparison;
import io.signalbox.policy.PolicyComparison.SubjectChange;
import io.signalbox.policy.PolicyDesk;
import io.signalbox.policy.PolicySimulations;
import io.signalbox.policy.ShadowBoard;
import io.signalbox.policy.SimulationState;
import io.signalbox.policy.SimulationState.Stage;
import io.signalbox.set.SourceBoard;
import io.signalbox.set.SourceStanding;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.Ledger;
import io.signalbox.testing.MovableClock;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.http.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The administration API over HTTP, on a real ledger; nothing else of the gateway runs. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class ApiTest {

    private static final Outcome SILENCE = new Outcome.NoAnswer("connect timed out", null);

    @TempDir
    static Path home;

    @LocalServerPort
    int port;

    @Autowired
    Ledger ledger;

    @Autowired
    PolicySimulations simulations;

    @Autowired
    List<StartupFact> startupFacts;

    private final HttpClient client = HttpClient.newHttpClient();
    private String token = "";

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        registry.add("signalbox.data-directory", () -> home.resolve("data").toString());
    }

    @SpringBootConfiguration
    @ComponentScan(
            basePackages = {"io.signalbox.api", "io.signalbox.store"},
            excludeFilters = @ComponentScan.Filter(type = FilterType.CUSTOM, classes = TypeExcludeFilter.class))
    @ConfigurationPropertiesScan({"io.signalbox.api", "io.signalbox.store"})
    @EnableConfigurationProperties(Home.class)
    @ImportAutoConfiguration({
        ConfigurationPropertiesAutoConfiguration.class,
        ServletWebServerFactoryAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class,
        JacksonAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        WebMvcAutoConfiguration.class,
        ErrorMvcAutoConfiguration.class,
        SecurityAutoConfiguration.class,
        SecurityFilterAutoConfiguration.class
    })
    static class ApiAlone {

        @Bean
        Clock clock() {
            return new MovableClock(NOON.plusSeconds(3600));
        }

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }

        @Bean
        OpenPath demo() {
            return new OpenPath(null, "/demo/**", "a toy");
        }

        @Bean
        TargetBoard targetBoard() {
            return () -> List.of(
                    new TargetStanding("board-open", "webhook", "open", NOON),
                    new TargetStanding("board-quiet", "scim", "closed", NOON));
        }

        @Bean
        Targets targets() {
            return kind -> kind.startsWith("ticket.") ? List.of("board-open", "board-quiet") : List.of();
        }

        @Bean
        Trial trial() {
            return action -> action.target() != null && action.parameters().containsKey("title")
                    ? new Outcome.Refused("HTTP 401 about " + action.subject())
                    : new Outcome.Done("HTTP 200");
        }

        @Bean
        GuardBoard guardBoard() {
            return new GuardBoard() {
                @Override
                public List<String> protectedSubjects() {
                    return List.of("email:root@acme.example");
                }

                @Override
                public boolean isProtected(SubjectIdentifier subject) {
                    return "root@acme.example".equals(subject.text("email"));
                }

                @Override
                public List<SubjectIdentifier> protectedOneByOne() {
                    return List.of();
                }

                @Override
                public boolean fourEyes() {
                    return false;
                }

                @Override
                public Set<String> dryRun() {
                    return Set.of("board-quiet");
                }

                @Override
                public List<Map<String, Object>> budgets() {
                    return List.of();
                }

                @Override
                public Optional<String> approvalNamed(String link) {
                    return Optional.empty();
                }
            };
        }

        @Bean
        ProtectionBoard protections() {
            return List::of;
        }

        @Bean
        Identities identities() {
            return subject -> List.of(new Identities.Explained(
                    "vpn",
                    "matched",
                    "a-1",
                    "one",
                    List.of(new Identities.Look("table", String.valueOf(subject.text("email")), "a-1"))));
        }

        @Bean
        SourceBoard sourceBoard() {
            return () -> List.of(
                    new SourceStanding(
                            "idp",
                            "poll",
                            "https://idp.example.com",
                            true,
                            "faulty",
                            false,
                            NOON,
                            "The poll endpoint answers 500",
                            7,
                            NOON.minusSeconds(60),
                            Duration.ofMillis(1500),
                            Map.of("invalid_key", new SourceStanding.Refusals(3, NOON)),
                            NOON.minusSeconds(1),
                            "node-a",
                            new SourceStanding.Stream(
                                    "st-1", "enabled", NOON, null, NOON.minusSeconds(5), Duration.ofMillis(420))),
                    new SourceStanding(
                            "hr",
                            "push",
                            "https://hr.example.com",
                            false,
                            "waiting",
                            true,
                            null,
                            null,
                            0,
                            null,
                            null,
                            Map.of(),
                            null,
                            null,
                            null));
        }

        /** Tried where there is a policy. */
        @Bean
        PolicyBoard policyBoard() {
            return mock(PolicyBoard.class);
        }

        @Bean
        PolicySimulations policySimulations() {
            return mock(PolicySimulations.class);
        }

        @Bean
        PolicyDesk policyDesk() {
            return mock(PolicyDesk.class);
        }

        @Bean
        ShadowBoard shadowBoard() {
            return mock(ShadowBoard.class);
        }

        @Bean
        Doors doors() {
            return new Doors();
        }
    }

    /** Stand-ins for what other packages serve. */
    @RestController
    static class Doors {
        @PostMapping({"/push", "/push/keycloak", "/demo/play", "/private"})
        String open() {
            return "in";
        }
    }

    @BeforeEach
    void readToken() throws IOException {
        token = Files.readString(home.resolve("data/admin-token")).strip();
    }

    @Test
    void tellsTheWholeStoryOfOneSet() throws Exception {
        Signal signal = recorded();
        List<ActionRecord> sent = ledger.record(signal, decision(signal, "idp", null));
        String action = sent.get(0).action().id();
        ledger.attempted(
                action,
                new Outcome.NoAnswer("503 Service Unavailable", null),
                ActionState.RETRYING,
                NOON,
                NOON.plusSeconds(30));

        HttpResponse<String> answer = get("/api/signals/" + signal.id());

        assertThat(answer.statusCode()).isEqualTo(200);
        Map<String, Object> story = Wire.readObject(answer.body());
        assertThat(story)
                .containsEntry("id", signal.id())
                .containsEntry("iss", ISSUER)
                .containsEntry("jti", signal.set().jti())
                .containsEntry("txn", signal.set().txn())
                .containsEntry("type", "unknown")
                .containsEntry("subject", Map.of("format", "email", "email", "alice@acme.example"))
                .containsEntry("occurredAt", "2026-03-01T11:59:57Z")
                .containsEntry("issuedAt", signal.set().iat().toString())
                .containsEntry("receivedAt", "2026-03-01T12:00:00Z")
                .containsEntry(
                        "decision",
                        Map.of(
                                "policyVersion", "policy-1",
                                "decidedAt", "2026-03-01T12:00:00.040Z",
                                "severity", "HIGH",
                                "rules", List.of(RULE)))
                .doesNotContainKey("parkedBecause");
        assertThat(items(story, "events").get(0))
                .containsEntry("type", "unknown")
                .containsEntry("uri", "https://vendor.example/event/colour-change")
                .containsEntry("payload", Map.of("colour", "red", "nested", Map.of("depth", 2)));
        assertThat(items(story, "actions").get(0))
                .containsEntry("id", action)
                .containsEntry("kind", "session.revoke")
                .containsEntry("target", "idp")
                .containsEntry("state", "retrying")
                .containsEntry("because", Map.of("rule", RULE, "policyVersion", "policy-1"))
                .containsEntry("severity", "HIGH")
                .containsEntry("parameters", Map.of("title", "Look at it"))
                .containsEntry("nextAttemptAt", "2026-03-01T12:00:30Z")
                .containsEntry(
                        "attempts",
                        List.of(Map.of(
                                "at", "2026-03-01T12:00:00Z",
                                "outcome", "no-answer",
                                "detail", "503 Service Unavailable")));
        assertThat(items(story, "actions").get(1))
                .containsEntry("state", "unassigned")
                .doesNotContainKey("target");
        assertThat(answer.body()).doesNotContain(signal.set().compact());
    }

    /** Names are in no result: whoever may see them is told what the ledger still knows. */
    @Test
    void namesTheSubjectsOfASimulationOnlyWhenAskedTo() throws Exception {
        Signal signal = recorded();
        ledger.record(signal, decision(signal, "idp"));
        String key = Objects.requireNonNull(signal.set().subject()).key();
        DecisionDifference example = new DecisionDifference(
                signal.id(), key, "e", NOON, "p", List.of(), List.of(), List.of(), List.of(), List.of(), "LOW", "HIGH");
        PolicyComparison result = new PolicyComparison(
                1,
                1,
                0,
                0,
                Map.of(),
                Map.of(),
                List.of(new SubjectChange(key, 1), new SubjectChange("sub-of-nobody", 1)),
                List.of(example));
        when(simulations.simulation("sim-1"))
                .thenReturn(Optional.of(new SimulationState(
                        "sim-1", "pol-1", "recorded", "ada", NOON, NOON, Stage.DONE, 1, 1, result, null)));

        assertThat(get("/api/policy/simulations/sim-1").body()).contains(key).doesNotContain("alice");
        assertThat(get("/api/policy/simulations/sim-1?names=true").body())
                .contains("alice@acme.example", "sub-of-nobody")
                .doesNotContain(key);
    }

    @Test
    void showsASignalThatCouldNotBeDecided() throws Exception {
        Signal signal = recorded();
        ledger.park(signal, "no policy is loaded", NOON);

        assertThat(Wire.readObject(get("/api/signals/" + signal.id()).body()))
                .containsEntry("parkedBecause", "no policy is loaded")
                .doesNotContainKey("decision");
    }

    @Test
    void findsASetByItsMarks() throws Exception {
        String email = UUID.randomUUID() + "@acme.example";
        Signal signal =
                signal("https://idp.example.com/a&b=c", UUID.randomUUID().toString(), email, NOON);
        ledger.record(signal, decision(signal, "idp"));
        String key = signal.set().orderingKey();

        for (String query : List.of(
                "jti=" + encoded(signal.set().jti()) + "&iss="
                        + encoded(signal.set().iss()),
                "jti=" + encoded(signal.set().jti()) + "&iss=&subject=&from=&to=",
                "subject=" + encoded(email),
                "subject=" + key,
                "subject=" + encoded("{\"format\":\"email\",\"email\":\"" + email + "\"}"),
                "subject=" + key + "&from=2026-03-01T12:00:00Z&to=2026-03-01T12:00:00.001Z")) {
            Map<String, Object> list =
                    Wire.readObject(get("/api/signals?" + query).body());
            assertThat(items(list, "items"))
                    .as(query)
                    .extracting(item -> item.get("id"))
                    .containsExactly(signal.id());
            assertThat(list).doesNotContainKey("next");
        }
        assertThat(items(
                        Wire.readObject(get("/api/signals?subject=" + key + "&to=2026-03-01T12:00:00Z")
                                .body()),
                        "items"))
                .isEmpty();
    }

    @Test
    void pagesThroughAList() throws Exception {
        String email = UUID.randomUUID() + "@acme.example";
        for (int i = 0; i < 3; i++) {
            Signal signal = signal(ISSUER, UUID.randomUUID().toString(), email, NOON.plusSeconds(i));
            ledger.record(signal, decision(signal));
        }
        Map<String, Object> first = Wire.readObject(
                get("/api/signals?limit=2&subject=" + encoded(email)).body());
        assertThat(items(first, "items")).hasSize(2);
        Map<String, Object> second =
                Wire.readObject(get("/api/signals?limit=2&subject=" + encoded(email) + "&after=" + first.get("next"))
                        .body());
        assertThat(items(second, "items")).hasSize(1);
        assertThat(second).doesNotContainKey("next");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/signals?limit=0, limit",
        "/api/signals?limit=501, limit",
        "/api/signals?limit=many, limit",
        "/api/signals?from=yesterday, from",
        "/api/signals?to=1772366400, to",
        "/api/signals?after=not-a-cursor, after",
        "/api/signals?subject=alice, subject",
        "/api/signals?subject=%7B%22broken, subject",
        "/api/signals?subject=%7B%22a%22%3A1%7D, subject",
        "/api/signals?jti=a&jti=b, jti",
        "/api/signals?subjct=alice%40acme.example, subjct",
        "/api/actions?state=broken, state",
        "/api/actions, state",
        "/api/actions?state=dead&after=%25, after",
    })
    void namesTheParameterThatIsWrong(String path, String parameter) throws Exception {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertProblem(answer, 400);
        assertThat(Wire.readObject(answer.body())).containsEntry("parameter", parameter);
        assertThat(String.valueOf(Wire.readObject(answer.body()).get("detail"))).contains("\"" + parameter + "\"");
    }

    @Test
    void sendsADeadLetterAgainOnce() throws Exception {
        Signal signal = recorded();
        String id =
                ledger.record(signal, decision(signal, "idp")).get(0).action().id();
        assertProblem(post("/api/actions/" + id + "/redrive"), 409);
        ledger.attempted(id, new Outcome.NoAnswer("connect timed out", null), ActionState.DEAD, NOON, null);
        assertThat(items(
                        Wire.readObject(get("/api/actions?state=dead&limit=500").body()), "items"))
                .anySatisfy(action -> assertThat(action).containsEntry("id", id));

        HttpResponse<String> answer = post("/api/actions/" + id + "/redrive");

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(Wire.readObject(answer.body()))
                .containsEntry("state", "retrying")
                .containsEntry("tries", 0)
                .containsEntry("nextAttemptAt", "2026-03-01T13:00:00Z");
        assertThat(Wire.readObject(get("/api/actions/" + id).body())).containsEntry("state", "retrying");
        assertThat(ledger.due("idp", NOON.plusSeconds(3600), NOON.plusSeconds(7200), 500))
                .extracting(action -> action.action().id())
                .contains(id);
        HttpResponse<String> again = post("/api/actions/" + id + "/redrive");
        assertProblem(again, 409);
        assertThat(again.body()).contains("retrying");
    }

    @Test
    void sendsSomeDeadLettersAgainAndNamesTheOnesItSkipped() throws Exception {
        String dead = dead("idp", NOON);
        String refused = ended("idp", ActionState.REFUSED, NOON);
        String done = ended("idp", ActionState.DONE, NOON);

        HttpResponse<String> answer =
                post("/api/actions/redrive", Wire.write(Map.of("ids", List.of(dead, refused, done, "act-0", dead))));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(Wire.readObject(answer.body()))
                .containsEntry("redriven", 2)
                .containsEntry("more", false)
                .containsEntry("skipped", List.of(done, "act-0"))
                .containsKey("note");
        assertThat(state(dead)).isEqualTo("retrying");
        assertThat(state(done)).isEqualTo("done");
    }

    @Test
    void sendsAllDeadLettersOfATargetAgainAThousandAtATime() throws Exception {
        String target = "filtered";
        for (int i = 0; i < 3; i++) {
            Signal signal = recorded();
            Decision decision =
                    decision(signal, Collections.nCopies(334, target).toArray(new String[0]));
            ledger.record(signal, decision);
            for (Action action : decision.actions()) {
                ledger.attempted(action.id(), SILENCE, ActionState.DEAD, NOON, null);
            }
        }
        String late = dead(target, NOON.plusSeconds(600));
        String elsewhere = dead("elsewhere", NOON);
        String filter = Wire.write(Map.of("state", "dead", "target", target, "before", "2026-03-01T12:10:00Z"));

        Map<String, Object> first =
                Wire.readObject(post("/api/actions/redrive", filter).body());
        Map<String, Object> second =
                Wire.readObject(post("/api/actions/redrive", filter).body());
        Map<String, Object> third =
                Wire.readObject(post("/api/actions/redrive", filter).body());

        assertThat(first).containsEntry("redriven", 1000).containsEntry("more", true);
        assertThat(String.valueOf(first.get("note"))).contains("remain");
        assertThat(second)
                .containsEntry("redriven", 2)
                .containsEntry("more", false)
                .doesNotContainKey("note");
        assertThat(third).containsEntry("redriven", 0);
        assertThat(state(late)).isEqualTo("dead");
        assertThat(state(elsewhere)).isEqualTo("dead");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | state",
                "'' | state",
                "[] | body",
                "{\"state\": | body",
                "{\"state\":\"done\"} | state",
                "{\"state\":\"retrying\"} | state",
                "{\"state\":\"dead\",\"targt\":\"x\"} | targt",
                "{\"state\":\"dead\",\"before\":\"yesterday\"} | before",
                "{\"state\":\"dead\",\"target\":7} | target",
                "{\"ids\":[]} | ids",
                "{\"ids\":\"act-1\"} | ids",
                "{\"ids\":[1]} | ids",
                "{\"ids\":[\"act-1\"],\"state\":\"dead\"} | ids",
            })
    void redrivesNothingByARequestThatItDoesNotUnderstand(String body, String parameter) throws Exception {
        HttpResponse<String> answer = post("/api/actions/redrive", body);

        assertProblem(answer, 400);
        assertThat(Wire.readObject(answer.body())).containsEntry("parameter", parameter);
    }

    @Test
    void discardsAnActionForAReasonThatStaysInTheStory() throws Exception {
        String id = dead("idp", NOON);
        assertProblem(post("/api/actions/" + id + "/discard"), 400);
        assertProblem(post("/api/actions/" + id + "/discard", "{\"reason\":\"" + "x".repeat(501) + "\"}"), 400);

        HttpResponse<String> answer =
                post("/api/actions/" + id + "/discard", "{\"reason\":\"the account was deleted by hand\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        Map<String, Object> action = Wire.readObject(get("/api/actions/" + id).body());
        assertThat(action).containsEntry("state", "discarded");
        assertThat(items(action, "attempts")).last().satisfies(last -> assertThat(last)
                .containsEntry("outcome", "discarded")
                .containsEntry("detail", "the account was deleted by hand"));
        assertThat(get("/api/signals/" + action.get("signalId")).body()).contains("deleted by hand");
        assertThat(get("/api/actions?state=discarded").body()).contains(id);
        assertProblem(post("/api/actions/" + id + "/discard", "{\"reason\":\"again\"}"), 409);
        assertProblem(post("/api/actions/" + id + "/redrive"), 409);
        assertProblem(post("/api/actions/act-0/discard", "{\"reason\":\"x\"}"), 404);
    }

    @Test
    void aTargetIsTriedOutAndSaysWhatCameOfIt() throws Exception {
        String path = "/api/targets/board-open/test";

        HttpResponse<String> well = post(path, "{\"kind\":\"ticket.open\"}");
        HttpResponse<String> badly = post(
                path,
                "{\"kind\":\"ticket.note\",\"parameters\":{\"title\":\"x\"},"
                        + "\"subject\":{\"format\":\"email\",\"email\":\"alice@acme.example\"}}");

        assertThat(Wire.readObject(well.body()))
                .containsEntry("outcome", "done")
                .containsKey("action");
        assertThat(Wire.readObject(badly.body())).containsEntry("outcome", "refused");
        assertThat(badly.body()).contains("HTTP 401").doesNotContain("alice@acme.example");
        assertProblem(post(path, "{\"kind\":\"vpn.disconnect\"}"), 400);
        assertProblem(post(path, "{\"kind\":\"ticket.open\",\"subject\":{\"format\":\"email\"}}"), 400);
        assertProblem(post(path, "{\"kind\":\"ticket.open\",\"severity\":\"BAD\"}"), 400);
        assertProblem(post("/api/targets/nobody/test", "{\"kind\":\"ticket.open\"}"), 404);
        assertProblem(post("/api/targets/board-quiet/test", "{\"kind\":\"ticket.open\"}"), 409);
    }

    @Test
    void showsHowTheTargetsStandAndWhatLiesBeforeThem() throws Exception {
        Signal signal = recorded();
        ledger.record(signal, decision(signal, "board-open", "board-open", "board-gone"));
        dead("board-open", NOON);

        HttpResponse<String> answer = get("/api/targets");

        assertThat(answer.statusCode()).isEqualTo(200);
        List<Map<String, Object>> targets = items(Wire.readObject(answer.body()), "items");
        assertThat(targets).anySatisfy(target -> assertThat(target)
                .containsEntry("name", "board-open")
                .containsEntry("kind", "webhook")
                .containsEntry("breaker", "open")
                .containsEntry("breakerSince", "2026-03-01T12:00:00Z")
                .containsEntry("waiting", 2)
                .containsEntry("retrying", 0)
                .containsEntry("dead", 1)
                .containsEntry("oldestWaitingSince", "2026-03-01T12:00:00.040Z")
                .containsEntry("oldestWaitingSeconds", 3599));
        assertThat(targets).anySatisfy(target -> assertThat(target)
                .containsEntry("name", "board-quiet")
                .containsEntry("breaker", "closed")
                .containsEntry("waiting", 0)
                .doesNotContainKey("oldestWaitingSeconds"));
        assertThat(targets).anySatisfy(target -> assertThat(target)
                .containsEntry("name", "board-gone")
                .containsEntry("waiting", 1)
                .doesNotContainKeys("kind", "breaker"));
        assertProblem(get("/api/targets?name=x"), 400);
    }

    @Test
    void showsHowTheSourcesStand() throws Exception {
        HttpResponse<String> answer = get("/api/sources");

        assertThat(answer.statusCode()).isEqualTo(200);
        List<Map<String, Object>> sources = items(Wire.readObject(answer.body()), "items");
        assertThat(sources).extracting(source -> source.get("name")).containsExactly("idp", "hr");
        assertThat(Wire.readObject(get("/api/sources/idp").body()))
                .isEqualTo(sources.get(0))
                .containsEntry("delivery", "poll")
                .containsEntry("state", "faulty")
                .containsEntry("since", "2026-03-01T12:00:00Z")
                .containsEntry("fault", "The poll endpoint answers 500")
                .containsEntry("mustBeUp", true)
                .containsEntry("taken", 7)
                .containsEntry("lastSetAt", "2026-03-01T11:59:00Z")
                .containsEntry("lagSeconds", 1.5)
                .containsEntry("lastPollAt", "2026-03-01T11:59:59Z")
                .containsEntry("node", "node-a")
                .containsEntry(
                        "stream",
                        Map.of(
                                "id", "st-1",
                                "status", "enabled",
                                "checkedAt", "2026-03-01T12:00:00Z",
                                "verifiedAt", "2026-03-01T11:59:55Z",
                                "roundTripSeconds", 0.42))
                .containsEntry("refusals", Map.of("invalid_key", Map.of("count", 3, "lastAt", "2026-03-01T12:00:00Z")));
        assertThat(sources.get(1))
                .containsEntry("state", "waiting")
                .doesNotContainKeys("fault", "lastSetAt", "lagSeconds", "lastPollAt", "node", "stream");
        assertProblem(get("/api/sources/none"), 404);
        assertProblem(get("/api/sources?name=x"), 400);
    }

    @Test
    void saysThatItHoldsNothingOfThatName() throws Exception {
        assertProblem(get("/api/signals/sig-0"), 404);
        assertProblem(get("/api/actions/act-0"), 404);
        assertProblem(post("/api/actions/act-0/redrive"), 404);
        assertProblem(get("/api/nothing"), 404);
        assertProblem(post("/api/signals"), 405);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/signals",
                "/api/actions?state=dead",
                "/api/targets",
                "/api/nothing",
                "/",
                "/push",
                "/pushy",
                "/actuator/env"
            })
    void showsNothingToStrangers(String path) throws Exception {
        HttpResponse<String> answer = send(request(path).GET());

        assertProblem(answer, 401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void takesTheTokenFromNowhereButTheHeader() throws Exception {
        assertProblem(send(request("/api/signals?access_token=" + token).GET()), 401);
        assertProblem(send(request("/api/signals?token=" + token).GET()), 401);
        assertProblem(
                send(request("/api/signals").header("Cookie", "token=" + token).GET()), 401);
        for (String wrong :
                List.of("Bearer", "Bearer ", "Bearer x" + token, "Bearer " + token + "x", "Basic " + token, token)) {
            HttpResponse<String> answer =
                    send(request("/api/signals").header("Authorization", wrong).GET());
            assertProblem(answer, 401);
            assertThat(answer.body()).doesNotContain(token);
        }
        HttpResponse<String> wrong = send(
                request("/api/signals").header("Authorization", "Bearer wrong").GET());
        assertThat(wrong.headers().firstValue("WWW-Authenticate")).contains("Bearer error=\"invalid_token\"");
        HttpResponse<String> lowerCase = send(request("/api/signals")
                .header("Authorization", "bearer " + token)
                .GET());
        assertThat(lowerCase.statusCode()).isEqualTo(200);
    }

    @Test
    void leavesTheListedPathsOpenAndNoOthers() throws Exception {
        for (String path : List.of("/push", "/push/keycloak", "/demo/play")) {
            HttpRequest.Builder asTransmitter = request(path).header("Authorization", "Bearer the-transmitters-own");
            assertThat(send(asTransmitter.POST(HttpRequest.BodyPublishers.ofString("x")))
                            .body())
                    .as(path)
                    .isEqualTo("in");
        }
        assertProblem(send(request("/private").POST(HttpRequest.BodyPublishers.noBody())), 401);
        assertThat(post("/private").body()).isEqualTo("in");
    }

    @Test
    void keepsTheTokenThatItMadeToItself() throws Exception {
        Path file = home.resolve("data/admin-token");
        assertThat(token).matches("[A-Za-z0-9_-]{43}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("data"))))
                .isEqualTo("rwx------");
        assertThat(startupFacts)
                .anySatisfy(line -> assertThat(line.text().get()).contains(file.toString()))
                .allSatisfy(line -> assertThat(line.text().get()).doesNotContain(token));
    }

    private String dead(String target, Instant at) {
        return ended(target, ActionState.DEAD, at);
    }

    private String ended(String target, ActionState state, Instant at) {
        Signal signal = recorded();
        String id =
                ledger.record(signal, decision(signal, target)).get(0).action().id();
        ledger.attempted(id, SILENCE, state, at, null);
        return id;
    }

    private String state(String id) {
        return ledger.action(id).orElseThrow().state().word();
    }

    private static Signal recorded() {
        return signal(UUID.randomUUID().toString());
    }

    private static void assertProblem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(Wire.readObject(answer.body()))
                .containsEntry("status", status)
                .doesNotContainKey("trace");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> items(Map<String, Object> json, String member) {
        return (List<Map<String, Object>>) json.getOrDefault(member, List.of());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path).header("Authorization", "Bearer " + token).GET());
    }

    private HttpResponse<String> post(String path) throws Exception {
        return send(request(path).header("Authorization", "Bearer " + token).POST(HttpRequest.BodyPublishers.noBody()));
    }

    private HttpResponse<String> post(String path, String json) throws Exception {
        return send(request(path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void showsWhomATargetTakesASubjectFor() throws Exception {
        Map<String, Object> list = Wire.readObject(
                get("/api/resolve?subject=" + encoded("email:ada@acme.example")).body());

        assertThat(items(list, "items").get(0))
                .containsEntry("target", "vpn")
                .containsEntry("verdict", "matched")
                .containsEntry("identity", "a-1")
                .containsEntry("steps", List.of(Map.of("step", "table", "asked", "ada@acme.example", "found", "a-1")));
        assertThat(get("/api/resolve?subject=ada").statusCode()).isEqualTo(400);
    }

    @Test
    void listsWhoMatchedNobodyAndSendsAgain() throws Exception {
        String email = UUID.randomUUID() + "@acme.example";
        Signal signal = signal(ISSUER, UUID.randomUUID().toString(), email, NOON);
        String action =
                ledger.record(signal, decision(signal, "vpn")).get(0).action().id();
        ledger.settled(action, 0, new Outcome.Unmatched("Nobody: table"), ActionState.UNMATCHED, NOON);
        String key = signal.set().orderingKey();

        Map<String, Object> one = items(
                        Wire.readObject(get("/api/unmatched?limit=500").body()), "items")
                .stream()
                .filter(item -> key.equals(item.get("key")))
                .findFirst()
                .orElseThrow();
        assertThat(one)
                .containsEntry("subject", Map.of("format", "email", "email", email))
                .containsEntry("targets", List.of("vpn"))
                .containsEntry("since", "2026-03-01T12:00:00Z")
                .containsEntry("count", 1)
                .containsEntry("reason", "Nobody: table");

        HttpResponse<String> answer = post("/api/unmatched/replay", "{\"subject\":\"" + email + "\"}");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(Wire.readObject(answer.body())).containsEntry("redriven", 1).containsEntry("more", false);
        assertThat(ledger.action(action).orElseThrow().state()).isEqualTo(ActionState.RETRYING);
        assertThat(post("/api/unmatched/replay", "{\"subjct\":\"" + email + "\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void showsHowASubjectStandsAndErasesItOnRequest() throws Exception {
        Signal signal = io.signalbox.testing.Recorded.risk(
                "https://" + UUID.randomUUID() + ".example", UUID.randomUUID().toString(), "HIGH", NOON);
        ledger.record(signal, decision(signal, "idp"));
        String key = signal.set().orderingKey();
        assertThat(items(Wire.readObject(get("/api/subjects/" + key).body()), "standings"))
                .anySatisfy(standing -> assertThat(standing)
                        .containsEntry("iss", signal.set().iss())
                        .containsEntry("risk", Map.of("USER", "HIGH"))
                        .containsEntry("credentials", Map.of())
                        .doesNotContainKeys("sessions", "account"));

        assertThat(post("/api/subjects/" + key + "/erase", "").statusCode())
                .as("an action is still to be done")
                .isEqualTo(409);
        HttpResponse<String> answer = post("/api/subjects/" + key + "/erase", "{\"force\":true}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Wire.readObject(answer.body())).containsKeys("pseudonym", "signals", "actions", "attempts");
        assertThat(get("/api/signals/" + signal.id()).body()).doesNotContain("alice");
        assertThat(items(Wire.readObject(get("/api/subjects/" + key).body()), "standings"))
                .isEmpty();
        assertThat(post("/api/subjects/" + key + "/erase", "").statusCode()).isEqualTo(404);
        assertThat(get("/api/subjects/alice@acme.example").statusCode()).isEqualTo(400);
    }
}
