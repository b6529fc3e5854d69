package io.signalbox.transmit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.Introspector;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The management API as receivers see it, rule by rule. */
class ManagementTest extends TransmitterContext {

    private static final String OTHERS = "st-00000000000000000000000000000000";

    @Test
    void theMetadataHoldWhatTheTextsWantAndNothingEmpty() {
        HttpResponse<String> answer = call("GET", "/.well-known/ssf-configuration/t1", null, null);

        assertThat(answer.statusCode()).as("T-01").isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(answer.headers().firstValue("Cache-Control").orElse(""))
                .as("T-04")
                .contains("max-age");
        JsonNode metadata = Gateway.json(answer.body());
        assertThat(metadata.path("spec_version").asText()).as("T-03, I-10").isEqualTo("1_0");
        assertThat(metadata.path("issuer").asText()).isEqualTo(ISSUER);
        assertThat(metadata.path("jwks_uri").asText()).isEqualTo(BASE + "/ssf/jwks");
        assertThat(metadata.path("delivery_methods_supported"))
                .extracting(JsonNode::asText)
                .containsExactly(PUSH, POLL);
        assertThat(metadata.path("authorization_schemes")
                        .path(0)
                        .path("spec_urn")
                        .asText())
                .isEqualTo("urn:ietf:rfc:6749");
        for (String endpoint : List.of(
                "configuration_endpoint",
                "status_endpoint",
                "add_subject_endpoint",
                "remove_subject_endpoint",
                "verification_endpoint")) {
            assertThat(metadata.path(endpoint).asText()).as(endpoint).startsWith(BASE + "/ssf/");
        }
        // One of the clients has NONE: it depends on who asks.
        assertThat(metadata.has("default_subjects")).isFalse();
        metadata.forEach(member -> assertThat(member.isArray() && member.isEmpty())
                .as("T-01: no empty array")
                .isFalse());
        for (String elsewhere : List.of(
                "/.well-known/ssf-configuration",
                "/.well-known/ssf-configuration/t2",
                "/.well-known/ssf-configuration/t1/")) {
            assertThat(call("GET", elsewhere, null, null).statusCode())
                    .as(elsewhere)
                    .isEqualTo(404);
        }
        assertThat(call("GET", "/.well-known/risc-configuration", null, null).statusCode())
                .as("T-02")
                .isEqualTo(401);
    }

    @Test
    void theKeysArePublicAndOfTheAlgorithmsInUse() {
        JsonNode keys =
                Gateway.json(call("GET", "/ssf/jwks", null, null).body()).path("keys");

        assertThat(keys).extracting(key -> key.path("alg").asText()).contains("RS256", "ES256", "EdDSA");
        for (JsonNode key : keys) {
            assertThat(key.fieldNames()).toIterable().as("T-03").doesNotContain("d", "p", "q", "nbf", "exp");
            assertThat(key.path("kid").asText()).isNotEmpty();
            assertThat(key.path("use").asText()).isEqualTo("sig");
        }
    }

    @Test
    void aStreamIsMadeReadChangedReplacedAndEnded() {
        HttpResponse<String> made = asMany(
                "POST",
                "/ssf/streams",
                Map.of(
                        "events_requested",
                        List.of(CAEP + "session-revoked", "https://unknown.example/event"),
                        "description",
                        "first",
                        "something_else",
                        1));

        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.headers().firstValue("Cache-Control").orElse(""))
                .as("T-14")
                .isEqualTo("no-store");
        JsonNode stream = Gateway.json(made.body());
        String id = id(stream);
        assertThat(id).matches("[A-Za-z0-9._~-]+");
        assertThat(stream.path("iss").asText()).isEqualTo(ISSUER);
        assertThat(stream.path("aud").asText()).isEqualTo("https://many.example/ssf");
        assertThat(stream.path("delivery").path("method").asText()).as("T-30").isEqualTo(POLL);
        assertThat(stream.path("delivery").path("endpoint_url").asText())
                .as("T-22")
                .isEqualTo(BASE + "/ssf/poll/" + id);
        assertThat(stream.path("events_requested")).hasSize(2);
        assertThat(stream.path("events_delivered"))
                .extracting(JsonNode::asText)
                .containsExactly(CAEP + "session-revoked");
        assertThat(stream.path("events_supported").size()).isGreaterThan(15);
        assertThat(stream.path("min_verification_interval").asInt()).isEqualTo(2);
        assertThat(stream.path("inactivity_timeout").asInt()).isEqualTo(43_200);

        assertThat(Gateway.json(
                        asMany("GET", "/ssf/streams?stream_id=" + id, null).body()))
                .isEqualTo(stream);
        assertThat(Gateway.json(asMany("GET", "/ssf/streams", null).body())).containsExactly(stream);

        JsonNode patched =
                Gateway.json(asMany("PATCH", "/ssf/streams", Map.of("stream_id", id, "description", "second"))
                        .body());
        assertThat(patched.path("description").asText()).as("T-33").isEqualTo("second");
        assertThat(patched.path("events_requested")).as("T-33").hasSize(2);

        Map<String, Object> pushed = Map.of(
                "method", PUSH, "endpoint_url", "http://127.0.0.1:9/push", "authorization_header", "Bearer secret");
        JsonNode replaced = Gateway.json(asMany("PUT", "/ssf/streams", Map.of("stream_id", id, "delivery", pushed))
                .body());
        assertThat(replaced.has("description")).as("T-34").isFalse();
        assertThat(replaced.has("events_requested")).as("T-34").isFalse();
        assertThat(replaced.path("events_delivered")).as("T-23").isEqualTo(replaced.path("events_supported"));
        assertThat(replaced.path("delivery").path("authorization_header").asText())
                .as("T-21: shown to who gave it")
                .isEqualTo("Bearer secret");
        assertThat(book.find(id).orElseThrow().sealed()).as("T-21: encrypted").doesNotContain("secret");

        JsonNode moved = Gateway.json(asMany(
                        "PATCH",
                        "/ssf/streams",
                        Map.of(
                                "stream_id",
                                id,
                                "delivery",
                                Map.of("method", PUSH, "endpoint_url", "http://127.0.0.1:9/b")))
                .body());
        assertThat(moved.path("delivery").has("authorization_header"))
                .as("T-35: delivery is replaced as a whole")
                .isFalse();
        assertThat(asMany("PUT", "/ssf/streams", Map.of("stream_id", id)).body())
                .as("T-34: without delivery it is polled")
                .contains(POLL);

        HttpResponse<String> ended = asMany("DELETE", "/ssf/streams?stream_id=" + id, null);
        assertThat(ended.statusCode()).isEqualTo(204);
        assertThat(ended.body()).isEmpty();
        assertThat(asMany("GET", "/ssf/streams?stream_id=" + id, null).statusCode())
                .as("T-37")
                .isEqualTo(404);
        assertThat(asMany("GET", "/ssf/streams", null).body()).isEqualTo("[]");
    }

    @Test
    void whoMayHaveOneStreamGetsNoSecond() {
        String one = bearer("one", "ssf.manage");

        assertThat(call("POST", "/ssf/streams", one, "{}").statusCode()).isEqualTo(201);
        assertThat(call("POST", "/ssf/streams", one, "{}").statusCode())
                .as("T-31")
                .isEqualTo(409);
        String first = id(pollStream());
        assertThat(id(pollStream())).as("T-31: another id").isNotEqualTo(first);
    }

    @Test
    void aStreamIsTheBusinessOfItsOwnerAlone() {
        String mine = id(pollStream());
        String one = bearer("one", "ssf.manage");

        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.named) {
                HttpResponse<String> foreign = endpoint.call(this, one, mine);
                HttpResponse<String> none = endpoint.call(this, one, OTHERS);
                assertThat(foreign.statusCode()).as("T-11 %s", endpoint).isEqualTo(404);
                assertThat(foreign.body()).as("%s tells nothing", endpoint).isEqualTo(none.body());
            }
        }
        assertThat(call("GET", "/ssf/streams", one, null).body()).isEqualTo("[]");
    }

    /** Every endpoint, with a call that is good but for who makes it. */
    enum Endpoint {
        CREATE("POST", "/ssf/streams", "{}", false, false),
        LIST("GET", "/ssf/streams", null, true, false),
        READ("GET", "/ssf/streams?stream_id=%s", null, true, true),
        UPDATE("PATCH", "/ssf/streams", "{\"stream_id\":\"%s\"}", false, true),
        REPLACE("PUT", "/ssf/streams", "{\"stream_id\":\"%s\"}", false, true),
        DELETE("DELETE", "/ssf/streams?stream_id=%s", null, false, true),
        STATUS("GET", "/ssf/status?stream_id=%s", null, true, true),
        TURN("POST", "/ssf/status", "{\"stream_id\":\"%s\",\"status\":\"paused\"}", false, true),
        ADD(
                "POST",
                "/ssf/subjects:add",
                "{\"stream_id\":\"%s\",\"subject\":{\"format\":\"email\",\"email\":\"a@b.example\"}}",
                false,
                true),
        REMOVE(
                "POST",
                "/ssf/subjects:remove",
                "{\"stream_id\":\"%s\",\"subject\":{\"format\":\"email\",\"email\":\"a@b.example\"}}",
                false,
                true),
        VERIFY("POST", "/ssf/verify", "{\"stream_id\":\"%s\"}", false, true),
        FETCH("POST", "/ssf/poll/%s", "{\"maxEvents\":0}", false, true);

        private final String method;
        private final String path;
        private final @Nullable String body;
        private final boolean reads;
        private final boolean named;

        Endpoint(String method, String path, @Nullable String body, boolean reads, boolean named) {
            this.method = method;
            this.path = path;
            this.body = body;
            this.reads = reads;
            this.named = named;
        }

        HttpResponse<String> call(TransmitterContext test, @Nullable String authorization, String stream) {
            return test.call(
                    method, path.formatted(stream), authorization, body == null ? null : body.formatted(stream));
        }
    }

    private record Wrong(String name, @Nullable String authorization, int status, String challenge) {}

    /** T-13, T-15, I-31, I-32: every endpoint times every kind of wrong identity; the broken body is never looked at. */
    @TestFactory
    Stream<DynamicTest> nobodyGetsInWhoIsNotWhoHeSays() {
        String stream = id(pollStream());
        String set = "eyJ0eXAiOiJzZWNldmVudCtqd3QiLCJhbGciOiJub25lIn0.eyJldmVudHMiOnt9fQ.";
        List<Wrong> wrong = new ArrayList<>(List.of(
                new Wrong("nobody", null, 401, "Bearer"),
                new Wrong("a password", basic("one", SECRET), 401, "Bearer"),
                new Wrong("another scheme", "DPoP abc", 401, "Bearer"),
                new Wrong("no token", "Bearer", 400, "Bearer error=\"invalid_request\""),
                new Wrong("odd signs", "Bearer a b", 401, "Bearer error=\"invalid_token\""),
                new Wrong("an unknown token", "Bearer abcdef", 401, "Bearer error=\"invalid_token\""),
                new Wrong("a SET", "Bearer " + set, 401, "Bearer error=\"invalid_token\""),
                new Wrong("the operator's token", "Bearer " + OPERATOR, 401, "Bearer error=\"invalid_token\""),
                new Wrong(
                        "the secret itself", "Bearer " + TOKEN_OF_MANY + "x", 401, "Bearer error=\"invalid_token\"")));
        wrongFromOutside()
                .forEach((name, token) -> wrong.add(new Wrong(name, token, 401, "Bearer error=\"invalid_token\"")));
        String reader = bearer("reader", "ssf.read");
        List<DynamicTest> tests = new ArrayList<>();
        for (Endpoint endpoint : Endpoint.values()) {
            for (Wrong who : wrong) {
                tests.add(dynamicTest(endpoint + " by " + who.name(), () -> {
                    HttpResponse<String> answer = endpoint.call(this, who.authorization(), stream);
                    assertThat(answer.statusCode()).isEqualTo(who.status());
                    assertThat(answer.headers().allValues("WWW-Authenticate")).containsExactly(who.challenge());
                    assertThat(answer.headers().firstValue("Cache-Control").orElse(""))
                            .contains("no-store");
                }));
            }
            tests.add(dynamicTest(endpoint + " with the token in the query", () -> assertThat(call(
                                    endpoint.method,
                                    endpoint.path.formatted(stream) + (endpoint.path.contains("?") ? "&" : "?")
                                            + "access_token=" + TOKEN_OF_MANY,
                                    null,
                                    endpoint.body)
                            .statusCode())
                    .isEqualTo(401)));
            tests.add(dynamicTest(endpoint + " while the token's server cannot say", () -> {
                HttpResponse<String> answer = endpoint.call(this, "Bearer " + Introspector.FAILING, stream);
                assertThat(answer.statusCode())
                        .as("ours, or not yet, and never the receiver's")
                        .isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            }));
            for (String small : List.of(
                    outside(Map.of("scope", "ssf.read")),
                    "Bearer introspected-reader",
                    outside(Map.of("scope", "x")))) {
                tests.add(dynamicTest(endpoint + " with less than is needed", () -> {
                    HttpResponse<String> answer = endpoint.call(this, small, OTHERS);
                    boolean enough = endpoint.reads && !small.equals(outsideWithoutScope(small));
                    assertThat(answer.statusCode()).isEqualTo(enough ? endpoint.named ? 404 : 200 : 403);
                }));
            }
            tests.add(dynamicTest(endpoint + " with ssf.read", () -> {
                HttpResponse<String> answer = endpoint.call(this, reader, OTHERS);
                if (endpoint.reads) {
                    assertThat(answer.statusCode()).isEqualTo(endpoint.named ? 404 : 200);
                } else {
                    assertThat(answer.statusCode()).isEqualTo(403);
                    assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
                            .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"ssf.manage\"");
                }
            }));
        }
        return tests.stream();
    }

    private static String outsideWithoutScope(String token) {
        return token.contains(".") && claims(token).path("scope").asText().equals("x") ? token : "";
    }

    /** Tokens of other servers, each good but for one thing. */
    private static Map<String, String> wrongFromOutside() {
        long now = Instant.now().getEpochSecond();
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("a token that is over", outside(Map.of("exp", now - 120)));
        wrong.put("a token that is good for too long", outside(Map.of("exp", now + 90_000)));
        Map<String, @Nullable Object> endless = new HashMap<>();
        endless.put("exp", null);
        wrong.put("a token without an end", outside(endless));
        wrong.put("a token that is not yet good", outside(Map.of("nbf", now + 600)));
        wrong.put("a token for somebody else", outside(Map.of("aud", "https://another.example")));
        wrong.put("a token of an unknown server", outside(Map.of("iss", "https://unknown.example")));
        wrong.put("a token of an unknown client", outside(Map.of("azp", "nobody")));
        wrong.put("a token for the client of another server", outside(Map.of("azp", "introspected")));
        wrong.put("a token for a client that is only ours", outside(Map.of("azp", "one")));
        wrong.put("a token that is bound to a key", outside(Map.of("cnf", Map.of("jkt", "abc"))));
        wrong.put("a token that is a SET", outside(Map.of("events", Map.of())));
        Map<String, @Nullable Object> good = outsideClaims(Map.of());
        wrong.put("a token typed as a SET", "Bearer " + signed(SENDER.rsa(), "secevent+jwt", good));
        wrong.put("a token typed as a logout", "Bearer " + signed(SENDER.rsa(), "logout+jwt", good));
        wrong.put(
                "a token of another key",
                "Bearer " + signed(FakeTransmitter.newRsa(SENDER.rsa().getKeyID(), 2048), "at+jwt", good));
        String[] parts = outside(Map.of()).substring(7).split("\\.");
        wrong.put("a token without a signature", "Bearer " + parts[0] + "." + parts[1] + ".");
        wrong.put("a token signed by nobody", "Bearer eyJhbGciOiJub25lIn0." + parts[1] + ".");
        Map<String, Object> known = Map.of("client_id", "introspected", "scope", "ssf.manage", "aud", ISSUER);
        INTROSPECTOR.knows("introspected-reader", with(known, "scope", "ssf.read"));
        wrong.put("a token that is not active", "Bearer introspected-nobody");
        Map.of(
                        "aud",
                        "https://another.example",
                        "client_id",
                        "federated",
                        "iss",
                        OUTSIDE,
                        "exp",
                        now - 120,
                        "events",
                        Map.of())
                .forEach((member, value) -> {
                    INTROSPECTOR.knows("introspected-" + member, with(known, member, value));
                    wrong.put("an active token with another " + member, "Bearer introspected-" + member);
                });
        return wrong;
    }

    private static Map<String, Object> with(Map<String, Object> claims, String member, Object value) {
        Map<String, Object> changed = new HashMap<>(claims);
        changed.put(member, value);
        return changed;
    }

    @Test
    void areceiversTokenOpensNothingOfTheOperators() {
        for (String path : List.of("/api/transmitter/streams", "/api/signals", "/api/emit")) {
            assertThat(asMany("GET", path, null).statusCode()).as(path).isEqualTo(401);
        }
        assertThat(asMany("POST", "/api/emit", Map.of("type", "x")).statusCode())
                .isEqualTo(401);
    }

    private record Bad(String rule, String method, String path, Object body, int status) {}

    /** What is not in order is told so, whatever else it is (T-15: 400 before 404). */
    @TestFactory
    Stream<DynamicTest> whatIsNotInOrderIsRefused() {
        JsonNode stream = pollStream(CAEP + "session-revoked");
        String id = id(stream);
        List<Bad> bad = new ArrayList<>();
        for (String body : List.of("{", "[]", "null", "", "\"x\"", "{\"a\":}")) {
            for (String path : List.of(
                    "POST /ssf/streams",
                    "PATCH /ssf/streams",
                    "PUT /ssf/streams",
                    "POST /ssf/status",
                    "POST /ssf/verify",
                    "POST /ssf/subjects:add",
                    "POST /ssf/subjects:remove",
                    "POST /ssf/poll/" + id)) {
                String[] parts = path.split(" ");
                bad.add(new Bad("T-15 «" + body + "»", parts[0], parts[1], body, 400));
            }
        }
        for (Map.Entry<String, Object> ours : Map.<String, Object>of(
                        "stream_id",
                        "mine",
                        "iss",
                        ISSUER,
                        "aud",
                        "https://many.example/ssf",
                        "events_supported",
                        List.of(),
                        "events_delivered",
                        List.of(),
                        "min_verification_interval",
                        2,
                        "inactivity_timeout",
                        43_200)
                .entrySet()) {
            bad.add(new Bad(
                    "T-32 " + ours.getKey(), "POST", "/ssf/streams", Map.of(ours.getKey(), ours.getValue()), 400));
        }
        Map<String, Object> wrong = new LinkedHashMap<>();
        wrong.put("iss", "https://another.example");
        wrong.put("aud", "https://another.example");
        wrong.put("events_supported", List.of("x"));
        wrong.put("events_delivered", List.of(CAEP + "credential-change"));
        wrong.put("min_verification_interval", 3);
        wrong.put("inactivity_timeout", 1);
        wrong.forEach((member, value) -> {
            bad.add(new Bad("T-33 " + member, "PATCH", "/ssf/streams", Map.of("stream_id", id, member, value), 400));
            bad.add(new Bad("T-34 " + member, "PUT", "/ssf/streams", Map.of("stream_id", id, member, value), 400));
        });
        for (Map<String, Object> delivery : List.<Map<String, Object>>of(
                Map.of(),
                Map.of("method", "urn:x"),
                Map.of("method", PUSH),
                Map.of("method", PUSH, "endpoint_url", 1),
                Map.of("method", PUSH, "endpoint_url", "not a url"),
                Map.of("method", PUSH, "endpoint_url", "ftp://a.example/"),
                Map.of("method", PUSH, "endpoint_url", "http://a.example/push"),
                Map.of("method", PUSH, "endpoint_url", "https://user@a.example/push"),
                Map.of("method", PUSH, "endpoint_url", "https://10.0.0.1/push"),
                Map.of("method", PUSH, "endpoint_url", "https://169.254.169.254/latest"),
                Map.of("method", PUSH, "endpoint_url", "https://[::1]/push"),
                Map.of("method", PUSH, "endpoint_url", "https://[::ffff:10.0.0.1]/push"),
                Map.of("method", PUSH, "endpoint_url", "https://[64:ff9b::a00:1]/push"),
                Map.of("method", PUSH, "endpoint_url", "https://100.64.0.1/push"),
                Map.of("method", PUSH, "endpoint_url", "https://2130706433.nothing.invalid/push"),
                Map.of("method", PUSH, "endpoint_url", BASE + "/x", "authorization_header", "a\r\nb"),
                Map.of("method", POLL, "endpoint_url", "https://elsewhere.example/poll"))) {
            bad.add(new Bad("T-20, I-12 " + delivery, "POST", "/ssf/streams", Map.of("delivery", delivery), 400));
            bad.add(new Bad(
                    "T-20 " + delivery, "PATCH", "/ssf/streams", Map.of("stream_id", id, "delivery", delivery), 400));
        }
        bad.add(new Bad("T-33", "PATCH", "/ssf/streams", Map.of("description", "x"), 400));
        bad.add(new Bad("T-34", "PUT", "/ssf/streams", Map.of("description", "x"), 400));
        bad.add(new Bad("8.1.1", "POST", "/ssf/streams", Map.of("events_requested", "x"), 400));
        bad.add(new Bad("8.1.1", "POST", "/ssf/streams", Map.of("events_requested", List.of(1)), 400));
        bad.add(new Bad("8.1.1", "POST", "/ssf/streams", Map.of("description", 1), 400));
        bad.add(new Bad("8.1.1.5", "DELETE", "/ssf/streams", "", 400));
        bad.add(new Bad("T-40", "GET", "/ssf/status", "", 400));
        bad.add(new Bad("T-41", "POST", "/ssf/status", Map.of("stream_id", id), 400));
        bad.add(new Bad("T-41", "POST", "/ssf/status", Map.of("stream_id", id, "status", "asleep"), 400));
        bad.add(new Bad("T-41, T-15", "POST", "/ssf/status", Map.of("stream_id", OTHERS, "status", "asleep"), 400));
        bad.add(new Bad("T-41", "POST", "/ssf/status", Map.of("stream_id", OTHERS, "status", "paused"), 404));
        bad.add(new Bad("T-70", "POST", "/ssf/verify", Map.of("state", "x"), 400));
        bad.add(new Bad("T-70", "POST", "/ssf/verify", Map.of("stream_id", id, "state", 1), 400));
        bad.add(new Bad("T-61", "POST", "/ssf/subjects:add", Map.of("stream_id", id), 400));
        bad.add(new Bad("T-61", "POST", "/ssf/subjects:add", Map.of("stream_id", id, "subject", "x"), 400));
        bad.add(new Bad(
                "T-61",
                "POST",
                "/ssf/subjects:add",
                Map.of("stream_id", id, "subject", Map.of("format", "email")),
                400));
        bad.add(new Bad(
                "T-61",
                "POST",
                "/ssf/subjects:add",
                Map.of("stream_id", id, "subject", Map.of("format", "email", "email", "a@b.c"), "verified", "yes"),
                400));
        for (Map<String, Object> poll : List.<Map<String, Object>>of(
                Map.of("maxEvents", -1),
                Map.of("maxEvents", "1"),
                Map.of("maxEvents", 1.5),
                Map.of("returnImmediately", "yes"),
                Map.of("ack", "jti"),
                Map.of("ack", List.of(1)),
                Map.of("setErrs", List.of()),
                Map.of("setErrs", Map.of("jti", "bad")))) {
            bad.add(new Bad("T-116 " + poll, "POST", "/ssf/poll/" + id, poll, 400));
        }
        return bad.stream()
                .map(call -> dynamicTest(call.rule() + " " + call.method() + " " + call.path(), () -> {
                    HttpResponse<String> answer = asMany(call.method(), call.path(), call.body());
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(call.status());
                    assertThat(Gateway.json(answer.body()).path("error").asText())
                            .as("T-14")
                            .isNotEmpty();
                    assertThat(answer.headers().firstValue("Cache-Control").orElse(""))
                            .isEqualTo("no-store");
                }));
    }

    @Test
    void whatIsOursMayBeSaidAsLongAsItIsWhatWeSay() {
        JsonNode stream = pollStream(CAEP + "session-revoked");
        Map<String, Object> all = new LinkedHashMap<>();
        stream.fields().forEachRemaining(member -> all.put(member.getKey(), member.getValue()));

        assertThat(asMany("PATCH", "/ssf/streams", all).statusCode()).as("T-33").isEqualTo(200);
        assertThat(asMany("PUT", "/ssf/streams", all).statusCode()).as("T-34").isEqualTo(200);
        all.put("events_requested", List.of(CAEP + "credential-change"));
        HttpResponse<String> changed = asMany("PATCH", "/ssf/streams", all);
        assertThat(changed.statusCode())
                .as("T-33: events_delivered is compared with what it was before: %s", changed.body())
                .isEqualTo(200);
        assertThat(Gateway.json(changed.body()).path("events_delivered").path(0).asText())
                .isEqualTo(CAEP + "credential-change");
    }

    @Test
    void theStatusGoesEveryWayThatItsReceiverWants() {
        String id = id(pollStream());
        assertThat(Gateway.json(
                        asMany("GET", "/ssf/status?stream_id=" + id, null).body()))
                .as("T-40")
                .isEqualTo(Gateway.json("{\"stream_id\":\"" + id + "\",\"status\":\"enabled\"}"));
        for (String status : List.of("paused", "disabled", "paused", "enabled", "disabled", "enabled")) {
            HttpResponse<String> turned =
                    asMany("POST", "/ssf/status", Map.of("stream_id", id, "status", status, "reason", "for " + status));
            assertThat(turned.statusCode()).as("T-41, T-43").isEqualTo(200);
            assertThat(Gateway.json(turned.body()).path("status").asText()).isEqualTo(status);
            assertThat(Gateway.json(asMany("GET", "/ssf/status?stream_id=" + id, null)
                                    .body())
                            .path("reason")
                            .asText())
                    .isEqualTo("for " + status);
        }
        assertThat(poll(id, Map.of()).path("sets"))
                .as("T-44: nothing is announced")
                .isEmpty();
    }

    @Test
    void aVerificationComesWithItsStateAndNotTooOften() {
        String id = id(pollStream());

        HttpResponse<String> asked = asMany("POST", "/ssf/verify", Map.of("stream_id", id, "state", "é ß\u0000 = 1"));
        HttpResponse<String> again = asMany("POST", "/ssf/verify", Map.of("stream_id", id));

        assertThat(asked.statusCode()).as("T-70").isEqualTo(204);
        assertThat(asked.body()).isEmpty();
        assertThat(again.statusCode()).as("T-75").isEqualTo(429);
        assertThat(Integer.parseInt(again.headers().firstValue("Retry-After").orElse("0")))
                .isBetween(1, 2);
        JsonNode sets = poll(id, Map.of()).path("sets");
        assertThat(sets).hasSize(1);
        JsonNode claims = claims(sets.elements().next().asText());
        assertThat(claims.path("sub_id"))
                .as("T-72")
                .isEqualTo(Gateway.json("{\"format\":\"opaque\",\"id\":\"" + id + "\"}"));
        assertThat(claims.path("events")
                        .path(SSF + "verification")
                        .path("state")
                        .asText())
                .as("T-71, T-73")
                .isEqualTo("é ß\u0000 = 1");

        assertThat(asMany("POST", "/ssf/status", Map.of("stream_id", id, "status", "disabled"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(asMany("POST", "/ssf/verify", Map.of("stream_id", id)).statusCode())
                .as("T-45")
                .isEqualTo(400);
    }
}
