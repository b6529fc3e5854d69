package io.signalbox.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventType;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RecordingTarget.Answer;
import io.signalbox.testing.RecordingTarget.Request;
import io.signalbox.testing.Sets;
import io.signalbox.transmit.TransmitterContext;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What reaches receivers, and in which order, whatever they answer. */
class DeliveryTest extends TransmitterContext {

    private static final String REVOKED = CAEP + "session-revoked";

    private final RecordingTarget receiver = new RecordingTarget();

    @AfterEach
    void stop() {
        receiver.close();
    }

    // ---- push

    @Test
    void aPushIsWhatTheTextsWant() {
        String id = id(pushStream(receiver, REVOKED));
        receiver.answer(new Answer(202));

        revoke(id, "alice@acme.example");
        Request request = pushed(1).get(0);

        assertThat(request.method()).as("T-100").isEqualTo("POST");
        assertThat(request.headers())
                .as("T-100")
                .containsEntry("Content-type", "application/secevent+jwt")
                .containsEntry("Accept", "application/json")
                .containsEntry("Authorization", "Bearer abc");
        JsonNode header = header(request.text());
        assertThat(header.path("typ").asText()).as("T-90").isEqualTo("secevent+jwt");
        assertThat(header.path("alg").asText()).as("T-120, I-05").isEqualTo("RS256");
        assertThat(Gateway.json(call("GET", "/ssf/jwks", null, null).body()).path("keys"))
                .extracting(key -> key.path("kid").asText())
                .contains(header.path("kid").asText());
        JsonNode claims = claims(request.text());
        assertThat(claims.fieldNames())
                .toIterable()
                .as("T-90, I-06: no sub, no exp")
                .containsExactlyInAnyOrder("iss", "jti", "iat", "aud", "txn", "sub_id", "events");
        assertThat(claims.path("iss").asText()).isEqualTo(ISSUER);
        assertThat(claims.path("aud").asText()).isEqualTo("https://many.example/ssf");
        assertThat(claims.path("iat").isIntegralNumber()).isTrue();
        assertThat(claims.path("events")).hasSize(1);
        assertThat(claims.path("events")
                        .path(REVOKED)
                        .path("reason_admin")
                        .path("en")
                        .asText())
                .as("I-40")
                .isNotEmpty();
        settled(id, "delivered", 1);
    }

    @Test
    void withoutAnAuthorizationHeaderNoneIsSent() {
        stream(Map.of("delivery", Map.of("method", PUSH, "endpoint_url", receiver.url() + "/push")));

        emit(Map.of("type", "caep:session-revoked", "subject", "alice@acme.example"));

        assertThat(pushed(1).get(0).headers()).doesNotContainKey("Authorization");
    }

    @Test
    void whatIsRefusedIsParkedAndTheNextGoesOut() {
        String id = id(pushStream(receiver, REVOKED));
        receiver.answer(
                new Answer(202),
                new Answer(400, Map.of(), "{\"err\":\"invalid_audience\",\"description\":\"not for us\"}"),
                new Answer(400, Map.of(), "what?"),
                new Answer(202));

        List<String> jtis = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            jtis.add(jti(revoke(id, "user" + i + "@acme.example")));
        }

        assertThat(pushed(4).stream()
                        .map(request -> claims(request.text()).path("jti").asText()))
                .as("each once, in order")
                .containsExactlyElementsOf(jtis);
        settled(id, "delivered", 2);
        JsonNode parked = settled(id, "parked", 2);
        assertThat(parked.path(1).path("code").asText()).as("T-103").isEqualTo("invalid_audience");
        assertThat(parked.path(1).path("cause").asText()).isEqualTo("not for us");
        assertThat(parked.path(0).path("code").asText()).as("T-103").isEqualTo("invalid_request");
    }

    @Test
    void whoGivesNoAnswerIsTriedAgainWithTheSameOctetsAndInOrder() {
        String id = id(pushStream(receiver, REVOKED));
        receiver.answer(new Answer(503), new Answer(429, Map.of("Retry-After", "1"), ""), new Answer(202));

        String first = jti(revoke(id, "one@acme.example"));
        String second = jti(revoke(id, "two@acme.example"));

        List<Request> requests = pushed(4);
        assertThat(requests.subList(0, 3).stream().map(Request::text).distinct())
                .as("T-106")
                .hasSize(1);
        assertThat(requests.stream()
                        .map(request -> claims(request.text()).path("jti").asText()))
                .containsExactly(first, first, first, second);
        settled(id, "delivered", 2);
    }

    @Test
    void aSetThatItsReceiverFailsOnDoesNotHoldUpTheOthers() {
        String id = id(pushStream(receiver, REVOKED));
        receiver.answer(new Answer(500), new Answer(500), new Answer(500), new Answer(202), new Answer(202));

        String bad = jti(revoke(id, "one@acme.example"));
        String good = jti(revoke(id, "two@acme.example"));

        assertThat(pushed(5).stream()
                        .map(request -> claims(request.text()).path("jti").asText()))
                .as("T-104")
                .containsExactly(bad, bad, bad, good, bad);
        settled(id, "delivered", 2);
    }

    @Test
    void aReceiverThatRefusesEverythingIsPausedAndToldSo() {
        String id = id(pushStream(receiver, REVOKED));
        receiver.answer(new Answer(400), new Answer(400), new Answer(400), new Answer(202));
        for (int i = 0; i < 4; i++) {
            revoke(id, "user" + i + "@acme.example");
        }

        JsonNode told = claims(pushed(4).get(3).text());
        JsonNode updated = told.path("events").path(SSF + "stream-updated");
        assertThat(updated.path("status").asText()).as("T-44, T-76, T-103").isEqualTo("paused");
        assertThat(updated.path("reason").asText()).contains("refused 3");
        assertThat(told.path("sub_id").path("id").asText()).isEqualTo(id);
        assertThat(Gateway.json(asMany("GET", "/ssf/status?stream_id=" + id, null)
                                .body())
                        .path("status")
                        .asText())
                .isEqualTo("paused");

        asMany("POST", "/ssf/status", Map.of("stream_id", id, "status", "enabled"));
        assertThat(claims(pushed(5).get(4).text()).path("sub_id").path("email").asText())
                .as("T-42: what was held goes out")
                .isEqualTo("user3@acme.example");
    }

    @Test
    void whoTurnsUsAwayIsPausedAfterAWhile() {
        String id = id(pushStream(receiver, REVOKED));
        receiver.answer(Stream.generate(() -> new Answer(401)).limit(5).toArray(Answer[]::new));

        revoke(id, "alice@acme.example");

        List<Request> requests = pushed(6);
        assertThat(claims(requests.get(5).text()).path("events").has(SSF + "stream-updated"))
                .as("T-103: 401 five times, then the announcement")
                .isTrue();
    }

    @Test
    void aRedirectIsNotFollowed() {
        String id = id(pushStream(receiver, REVOKED));
        receiver.answer(new Answer(307, Map.of("Location", receiver.url() + "/elsewhere"), ""), new Answer(202));

        revoke(id, "alice@acme.example");

        assertThat(pushed(2).stream().map(Request::path)).as("T-103").containsOnly("/push");
    }

    @Test
    void oneThatHangsHoldsUpNoOther() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            for (int i = 0; i < 30; i++) {
                stream(Map.of(
                        "delivery",
                        Map.of("method", PUSH, "endpoint_url", "http://127.0.0.1:" + silent.getLocalPort() + "/")));
            }
            String id = id(pushStream(receiver, REVOKED));
            Instant begin = Instant.now();
            emit(Map.of("type", "caep:session-revoked", "subject", "alice@acme.example"));
            pushed(1);
            assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(8));
            settled(id, "delivered", 1);
        }
    }

    @Test
    void aVerificationOvertakesWhatWaitsAndIsThereWithinFiveSeconds() {
        String id = id(pushStream(receiver, REVOKED));
        asMany("POST", "/ssf/status", Map.of("stream_id", id, "status", "paused"));
        revoke(id, "one@acme.example");
        assertThat(asMany("POST", "/ssf/verify", Map.of("stream_id", id, "state", "s-1"))
                        .statusCode())
                .as("T-45: taken while it is paused")
                .isEqualTo(204);
        assertThat(receiver.requests()).isEmpty();

        Instant begin = Instant.now();
        asMany("POST", "/ssf/status", Map.of("stream_id", id, "status", "enabled"));
        JsonNode first = claims(pushed(2).get(0).text());

        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(5));
        assertThat(first.path("events").path(SSF + "verification").path("state").asText())
                .as("T-72")
                .isEqualTo("s-1");
    }

    // ---- status and replay

    @Test
    void pausedHoldsAndDisabledDiscards() {
        String id = id(pollStream(REVOKED));
        asMany("POST", "/ssf/status", Map.of("stream_id", id, "status", "paused"));
        String first = jti(revoke(id, "one@acme.example"));
        String second = jti(revoke(id, "two@acme.example"));
        assertThat(poll(id, Map.of()).path("sets")).as("T-117, T-42").isEmpty();
        asMany("POST", "/ssf/status", Map.of("stream_id", id, "status", "enabled"));
        assertThat(jtis(poll(id, Map.of()))).as("T-42: in order").containsExactly(first, second);

        asMany("POST", "/ssf/status", Map.of("stream_id", id, "status", "disabled"));
        assertThat(revoke(id, "three@acme.example").path("emitted")).isEmpty();
        assertThat(poll(id, Map.of("ack", List.of(first))).path("sets"))
                .as("T-117")
                .isEmpty();
        asMany("POST", "/ssf/status", Map.of("stream_id", id, "status", "enabled"));
        assertThat(poll(id, Map.of()).path("sets")).as("T-42, T-43").isEmpty();
    }

    @Test
    void anOperatorReplaysFromATimeOrOneSet() {
        String id = id(pollStream(REVOKED));
        Instant before = Instant.now().minusSeconds(1);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(jti(revoke(id, "user" + i + "@acme.example")));
        }
        assertThat(jtis(poll(id, Map.of()))).containsExactlyElementsOf(all);
        poll(id, Map.of("ack", all, "maxEvents", 0));
        assertThat(poll(id, Map.of()).path("sets")).isEmpty();

        assertThat(operator("POST", "/api/transmitter/streams/" + id + "/replay", Map.of("jti", all.get(1)))
                        .body())
                .contains("1");
        assertThat(jtis(poll(id, Map.of()))).containsExactly(all.get(1));
        operator("POST", "/api/transmitter/streams/" + id + "/replay", Map.of("from", before.toString()));
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> poll(id, Map.of()).path("sets").size() > 0);
        assertThat(operator("POST", "/api/transmitter/streams/" + id + "/replay", Map.of())
                        .statusCode())
                .isEqualTo(400);
    }

    // ---- poll

    @Test
    void aPollAcknowledgesFirstAndHandsOutInPages() {
        String id = id(pollStream(REVOKED));
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(jti(revoke(id, "user" + i + "@acme.example")));
        }

        JsonNode first = poll(id, Map.of("maxEvents", 2));
        assertThat(jtis(first)).as("T-112").containsExactlyElementsOf(all.subList(0, 2));
        assertThat(first.path("moreAvailable").asBoolean()).as("T-112").isTrue();
        JsonNode second = poll(
                id,
                Map.of(
                        "maxEvents", 10,
                        "ack", List.of(all.get(0), "unknown"),
                        "setErrs", Map.of(all.get(1), Map.of("err", "invalid_key", "description", "unknown kid"))));
        assertThat(jtis(second)).as("T-110, T-111").containsExactlyElementsOf(all.subList(2, 5));
        assertThat(second.path("moreAvailable").asBoolean()).isFalse();
        JsonNode acknowledged = poll(id, Map.of("maxEvents", 0, "ack", all.subList(2, 5)));
        assertThat(acknowledged).as("T-113").isEqualTo(Gateway.json("{\"sets\":{},\"moreAvailable\":false}"));
        settled(id, "delivered", 4);
        assertThat(settled(id, "parked", 1).path(0).path("code").asText()).isEqualTo("invalid_key");
    }

    @Test
    void whatIsNotAcknowledgedComesAgainWithTheSameOctets() {
        String id = id(pollStream(REVOKED));
        revoke(id, "alice@acme.example");
        JsonNode first = poll(id, Map.of()).path("sets");
        assertThat(poll(id, Map.of()).path("sets")).as("T-115: not at once").isEmpty();

        JsonNode again = Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> poll(id, Map.of()).path("sets"), sets -> !sets.isEmpty());

        assertThat(again).as("T-106, T-115").isEqualTo(first);
    }

    @Test
    void aLongPollIsAnsweredOnceThereIsSomething() throws Exception {
        String id = id(pollStream(REVOKED));
        CompletableFuture<String> waiting = CompletableFuture.supplyAsync(
                () -> asMany("POST", "/ssf/poll/" + id, Map.of()).body());
        CompletableFuture<String> newer = CompletableFuture.supplyAsync(() -> {
            Awaitility.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
            return asMany("POST", "/ssf/poll/" + id, Map.of()).body();
        });
        Awaitility.await().pollDelay(Duration.ofMillis(600)).until(() -> true);
        String jti = jti(revoke(id, "alice@acme.example"));

        assertThat(Gateway.json(newer.get()).path("sets").size()
                        + Gateway.json(waiting.get()).path("sets").size())
                .as("T-114")
                .isEqualTo(1);
        Instant begin = Instant.now();
        assertThat(asMany("POST", "/ssf/poll/" + id, Map.of("ack", List.of(jti)))
                        .body())
                .as("T-114: at the end of patience, with nothing")
                .isEqualTo("{\"sets\":{},\"moreAvailable\":false}");
        assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofMillis(900));
    }

    // ---- what goes out

    @Test
    void everyTypeOfCaepAndRiscCanBeEmitted() {
        String id = id(pollStream());
        List<String> expected = new ArrayList<>();
        for (EventType type : EventCatalog.types()) {
            if (type.family().equals("caep") || type.family().equals("risc")) {
                String user = type.alias().replace('/', '.') + "@acme.example";
                JsonNode answer = emit(
                        Map.of("type", type.alias().replace('/', ':'), "subject", user, "stream", id, "sample", true));
                assertThat(answer.path("emitted")).as(answer.toString()).hasSize(1);
                expected.add(type.uri());
            }
        }
        List<String> got = new ArrayList<>();
        StreamSupport.stream(poll(id, Map.of()).path("sets").spliterator(), false)
                .forEach(set ->
                        got.add(claims(set.asText()).path("events").fieldNames().next()));
        assertThat(got).as("T-92").containsExactlyElementsOf(expected);
    }

    @Test
    void whatPolicyRelaysIsAStatementOfOursWithItsOrigin() {
        String id = id(pollStream());
        String jti = UUID.randomUUID().toString();
        String set = SENDER.set(Instant.now()).with("jti", jti).compact();
        assertThat(gateway.push(set).statusCode()).isEqualTo(202);
        JsonNode story = gateway.ended(SENDER.issuer(), jti);

        assertThat(story.path("actions").path(0).path("kind").asText()).isEqualTo("signal.relay");
        assertThat(story.path("actions").path(0).path("state").asText()).isEqualTo("done");
        JsonNode sets = poll(id, Map.of()).path("sets");
        assertThat(sets).hasSize(1);
        JsonNode claims = claims(sets.elements().next().asText());
        assertThat(claims.path("iss").asText()).as("T-93").isEqualTo(ISSUER);
        assertThat(claims.path("jti").asText()).as("T-93").isNotEqualTo(jti);
        assertThat(claims.path("txn").asText()).as("T-93").isEqualTo("txn-0001");
        assertThat(claims.path("orig_iss").asText()).as("P-25").isEqualTo(SENDER.issuer());
        assertThat(claims.path("events")
                        .path(Sets.RISK_LEVEL_CHANGE)
                        .path("current_level")
                        .asText())
                .isEqualTo("HIGH");

        gateway.push(set);
        assertThat(poll(id, Map.of()).path("sets")).as("told once").isEmpty();
    }

    @Test
    void aReceiverIsToldOnlyOfWhomAndWhatItMayKnow() {
        String acme = bearer("acme", "ssf.manage");
        String id = id(Gateway.json(call("POST", "/ssf/streams", acme, "{}").body()));
        Map<String, Object> claims = Map.of(
                "credential_type", "password",
                "change_type", "update",
                "friendly_name", "Alice's phone",
                "reason_user", Map.of("en", "You changed it"),
                "x_internal", "secret");
        for (String user : List.of("alice@acme.example", "mallory@evil.example")) {
            emit(Map.of("type", "caep:credential-change", "subject", user, "claims", claims));
        }

        JsonNode sets = Gateway.json(call("POST", "/ssf/poll/" + id, acme, "{\"returnImmediately\":true}")
                        .body())
                .path("sets");
        assertThat(sets).as("T-66, P-13").hasSize(1);
        String compact = sets.elements().next().asText();
        assertThat(header(compact).path("alg").asText()).isEqualTo("EdDSA");
        JsonNode payload = claims(compact).path("events").path(CAEP + "credential-change");
        assertThat(payload.fieldNames())
                .toIterable()
                .as("T-122, P-12")
                .contains("credential_type", "change_type", "reason_user", "event_timestamp")
                .doesNotContain("friendly_name", "x_internal");
        assertThat(claims(compact).has("orig_iss")).isFalse();
    }

    @Test
    void whereNothingIsInByDefaultSubjectsAreAddedAndTakenAway() {
        String keyed = "Bearer " + byAssertion(assertion(Map.of()));
        String id = id(Gateway.json(call("POST", "/ssf/streams", keyed, "{}").body()));
        BooleanSupplier told =
                () -> !revoke(id, "alice@acme.example").path("emitted").isEmpty();
        Map<String, Object> alice =
                Map.of("stream_id", id, "subject", Map.of("format", "email", "email", "alice@ACME.example"));
        assertThat(told.getAsBoolean()).as("T-03 NONE").isFalse();

        assertThat(call("POST", "/ssf/subjects:add", keyed, json(alice)).statusCode())
                .as("T-61, T-64")
                .isEqualTo(200);
        assertThat(told.getAsBoolean()).as("T-60").isTrue();
        JsonNode set = Gateway.json(call("POST", "/ssf/poll/" + id, keyed, "{\"returnImmediately\":true}")
                        .body())
                .path("sets")
                .elements()
                .next();
        assertThat(claims(set.asText()).path("sub_id").path("format").asText())
                .as("T-121: pairwise")
                .isEqualTo("opaque");
        assertThat(set.asText()).doesNotContain("alice");
        assertThat(header(set.asText()).path("alg").asText()).isEqualTo("ES256");

        assertThat(call("POST", "/ssf/subjects:remove", keyed, json(alice)).statusCode())
                .as("T-62")
                .isEqualTo(204);
        assertThat(told.getAsBoolean()).isFalse();
        assertThat(call("POST", "/ssf/subjects:remove", keyed, json(alice)).statusCode())
                .as("T-63")
                .isEqualTo(204);
    }

    @Test
    void whereAllAreInASubjectCanBeTakenAwayAndBroughtBack() {
        String id = id(pollStream(REVOKED));
        Map<String, Object> tenant = Map.of(
                "stream_id",
                id,
                "subject",
                Map.of("format", "complex", "tenant", Map.of("format", "opaque", "id", "t1")));
        Map<String, Object> subject = Map.of(
                "format", "complex",
                "tenant", Map.of("format", "opaque", "id", "t1"),
                "user", Map.of("format", "email", "email", "alice@acme.example"));
        Map<String, Object> wish = Map.of("type", "caep:session-revoked", "subject", subject, "stream", id);

        assertThat(emit(wish).path("emitted")).hasSize(1);
        asMany("POST", "/ssf/subjects:remove", tenant);
        assertThat(emit(wish).path("emitted")).as("T-60: complex").isEmpty();
        asMany("POST", "/ssf/subjects:add", tenant);
        assertThat(emit(wish).path("emitted")).hasSize(1);
        asMany(
                "POST",
                "/ssf/subjects:remove",
                Map.of("stream_id", id, "subject", Map.of("format", "opaque", "id", id)));
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() ->
                        asMany("POST", "/ssf/verify", Map.of("stream_id", id)).statusCode() == 204);
        assertThat(poll(id, Map.of()).toString())
                .as("T-67: the stream itself is always in")
                .isNotEmpty();
    }

    @Test
    void whoOptedOutIsNotToldOfInRisc() {
        String id = id(pollStream());
        String user = "shy-" + UUID.randomUUID() + "@acme.example";
        assertThat(emit(Map.of("type", "risc:opt-out-effective", "subject", user, "stream", id))
                        .path("emitted"))
                .as("T-125: that it opted out is told")
                .hasSize(1);
        assertThat(emit(Map.of("type", "risc:sessions-revoked", "subject", user, "stream", id))
                        .path("emitted"))
                .as("T-125")
                .isEmpty();
        assertThat(revoke(id, user).path("emitted")).as("CAEP goes on").hasSize(1);
        emit(Map.of("type", "risc:opt-in", "subject", user, "stream", id));
        assertThat(emit(Map.of("type", "risc:sessions-revoked", "subject", user, "stream", id))
                        .path("emitted"))
                .hasSize(1);
    }

    @Test
    void anOperatorHearsWhatIsWrongWithAWish() {
        String id = id(pollStream(REVOKED));
        assertThat(operator("POST", "/api/emit", Map.of("type", "caep:no-such", "subject", "a@b.c"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(operator("POST", "/api/emit", Map.of("type", "caep:risk-level-change", "subject", "a@b.c"))
                        .body())
                .contains("principal is required");
        assertThat(operator("POST", "/api/emit", Map.of("type", "caep:session-revoked", "subject", "nobody"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(operator(
                                "POST",
                                "/api/emit",
                                Map.of("type", "caep:session-revoked", "subject", "a@b.c", "stream", "st-none"))
                        .statusCode())
                .isEqualTo(404);
        Map<String, Object> once = Map.of(
                "type", "caep:session-revoked", "subject", "a@b.c", "stream", id, "id", "ticket-" + UUID.randomUUID());
        assertThat(emit(once).path("emitted")).hasSize(1);
        assertThat(emit(once).path("why").asText()).contains("told before");
    }

    @Test
    void anOperatorPausesAStreamAndItsReceiverIsTold() {
        String id = id(pollStream(REVOKED));
        operator("POST", "/api/transmitter/streams/" + id + "/status", Map.of("status", "paused", "reason", "repairs"));

        JsonNode sets = poll(id, Map.of()).path("sets");
        assertThat(sets).as("T-44, T-117").hasSize(1);
        assertThat(claims(sets.elements().next().asText())
                        .path("events")
                        .path(SSF + "stream-updated")
                        .path("reason")
                        .asText())
                .isEqualTo("repairs");
        JsonNode listed = Gateway.json(
                operator("GET", "/api/transmitter/streams/" + id, null).body());
        assertThat(listed.path("status").asText()).isEqualTo("paused");
        assertThat(listed.path("client").asText()).isEqualTo("many");
    }

    // ---- helpers

    private List<Request> pushed(int count) {
        Awaitility.await(count + " pushes")
                .atMost(Duration.ofSeconds(30))
                .until(() -> receiver.requests().size() >= count);
        return receiver.requests();
    }

    /** What of the stream is in this state, once it is so many. */
    private JsonNode settled(String id, String state, int count) {
        return Awaitility.await(count + " " + state)
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> Gateway.json(
                                        operator("GET", "/api/transmitter/streams/" + id + "/sets?state=" + state, null)
                                                .body())
                                .path("items"),
                        items -> items.size() == count);
    }

    private static String jti(JsonNode emitted) {
        return emitted.path("emitted").path(0).path("jti").asText();
    }

    private static List<String> jtis(JsonNode answer) {
        List<String> names = new ArrayList<>();
        answer.path("sets").fieldNames().forEachRemaining(names::add);
        return names;
    }
}
