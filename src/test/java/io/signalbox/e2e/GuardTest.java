package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.testing.Gateway;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** With the ledger in SQLite; and what does not differ by the store. */
class GuardTest extends GuardStories {

    private static final Logger LOG = LoggerFactory.getLogger(GuardTest.class);

    /** A broken or hostile transmitter: it ends in the budget's number of actions and a queue for somebody to look at. */
    @Test
    void aStormEndsInTheBudgetAndAQueueForApproval() throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(8);
        AtomicLong slowest = new AtomicLong();
        long begun = System.nanoTime();
        List<Callable<Integer>> pushes = IntStream.range(0, STORM)
                .<Callable<Integer>>mapToObj(user -> () -> {
                    String set = high(broken, "s" + user).compact();
                    for (int round = 0; ; round++) {
                        long start = System.nanoTime();
                        int status = gateway.push(set).statusCode();
                        slowest.accumulateAndGet(System.nanoTime() - start, Math::max);
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
        long pushed = System.nanoTime();
        Awaitility.await("all is decided")
                .atMost(Duration.ofSeconds(60 + STORM / 20))
                .until(() -> held() >= STORM - BUDGET);
        long decided = System.nanoTime();
        Awaitility.await("what goes has gone").atMost(Duration.ofSeconds(30)).until(() -> disabled() == BUDGET);
        assertThat(held()).isEqualTo(STORM - BUDGET);
        assertThat(Gateway.json(gateway.get("/api/guard").body()).path("tripped"))
                .extracting(each -> each.path("counted").asText())
                .contains(broken.issuer());
        long told = gateway.ledger().stream()
                .filter(signal -> signal.path("iss").asText().equals(broken.issuer()))
                .flatMap(signal -> Stream.of(signal.path("actions")))
                .filter(actions -> actions.toString().contains("\"kind\":\"notify\""))
                .count();
        assertThat(told).as("a budget that is used up is told once").isEqualTo(1);
        Runtime process = Runtime.getRuntime();
        LOG.info(
                "storm: {} pushed in {} ms, the slowest in {} ms; decided {} ms later: {} held, {} done; {} MiB of heap in"
                        + " use, tests included",
                STORM,
                (pushed - begun) / 1_000_000,
                slowest.get() / 1_000_000,
                (decided - pushed) / 1_000_000,
                STORM - BUDGET,
                BUDGET,
                (process.totalMemory() - process.freeMemory()) >> 20);
    }

    private long disabled() {
        return IntStream.range(0, STORM)
                .filter(user -> !directory.active("id-s" + user))
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
                boolean ofTheStorm = each.path("cause").asText().equals("budget")
                        && each.path("action").path("kind").asText().equals("account.disable");
                held += ofTheStorm ? 1 : 0;
            }
            after = page.path("next").textValue();
        }
        return held;
    }

    @Test
    void whoPublishedAPolicyDoesNotAgreeToWhatItAsksForAndWhatIsInShadowIsShown() {
        String shipped =
                Gateway.json(gateway.get("/api/policy").body()).path("version").asText();
        ObjectNode files = ((ObjectNode)
                Gateway.json(gateway.get("/api/policy/versions/" + shipped).body())
                        .path("files"));
        files.put("policy/tried-out.drl", """
                package policy
                import io.signalbox.event.*
                import io.signalbox.event.CaepEvent.*
                global io.signalbox.action.Actions actions
                rule "A session was presented: disable the account" @shadow
                when SessionPresented()
                then actions.disableAccount(); end
                """);
        files.put("policy/tried-out.cases.yaml", """
                - case: a session was presented
                  given: {event: caep/session-presented}
                  then: [account.disable]
                - case: a session was established
                  given: {event: caep/session-established}
                  near-miss: "A session was presented: disable the account"
                  then: []
                """);
        HttpResponse<String> published = as(ADMIN, "POST", "/api/policy/versions", "{\"files\": " + files + "}");
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
        String version = Gateway.json(published.body()).path("id").asText();
        assertThat(as(ADMIN, "POST", "/api/policy/versions/" + version + "/activate", "{}")
                        .statusCode())
                .isEqualTo(200);
        try {
            String shadowed = push(event(transmitter, PRESENTED, email("shadow"), Map.of()));
            assertThat(action(transmitter, shadowed, "account.disable")
                            .path("attempts")
                            .path(0)
                            .path("detail")
                            .asText())
                    .isEqualTo("shadow: the rule is in shadow");
            String jti = push(event(
                    transmitter,
                    DEVICE,
                    Map.of("format", "complex", "device", Map.of("format", "opaque", "id", "of-four-eyes")),
                    Map.of("previous_status", "compliant", "current_status", "not-compliant")));
            JsonNode held = ended(action(transmitter, jti, "device.quarantine"), "held");
            String answer = "/api/approvals/" + id(held);
            assertThat(as(ADMIN, "POST", answer + "/approve", WHY).body()).contains("You published the policy");
            String told = id(ended(action(transmitter, jti, "notify"), "done"));
            String link = desk.requests().stream()
                    .map(request -> Gateway.json(request.text()))
                    .filter(message -> message.path("id").asText().equals(told))
                    .map(message -> message.path("parameters").path("link").asText())
                    .findFirst()
                    .orElseThrow();
            assertThat(open("POST", URI.create(link).getPath(), "answer=approve")
                            .statusCode())
                    .as("a link does not tell who holds it")
                    .isEqualTo(409);
            assertThat(post(answer + "/assign", "{\"to\": \"a-viewer\", \"why\": \"for this test\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(post(answer + "/approve", WHY).statusCode())
                    .as("for somebody else to answer")
                    .isEqualTo(409);
            post(answer + "/assign", "{\"to\": \"a-operator\", \"why\": \"for this test\"}");
            assertThat(post(answer + "/approve", WHY).statusCode()).isEqualTo(202);
            ended(held, "done");
        } finally {
            as(ADMIN, "POST", "/api/policy/rollback", "{}");
        }
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
