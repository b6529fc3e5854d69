package io.signalbox.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RecordingTarget.Answer;
import io.signalbox.transmit.TransmitterContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What is said, to whom, and in which words: seen from outside, with nothing but HTTP. */
class WhatGoesOutTest extends TransmitterContext {

    private static final String REVOKED = CAEP + "session-revoked";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Autowired
    private MeterRegistry meters;

    @Test
    void aVerificationThatItsReceiverRefusesIsParkedAndTooManyPauseTheStream() {
        try (RecordingTarget receiver = new RecordingTarget()) {
            receiver.answer(Stream.generate(() -> new Answer(400, Map.of(), "{\"err\":\"invalid_state\"}"))
                    .limit(3)
                    .toArray(Answer[]::new));
            String id = id(pushStream(receiver, REVOKED));

            operator("POST", "/api/transmitter/streams/" + id + "/verify", null);
            assertThat(parked(id, 1).path(0).path("code").asText()).as("T-74").isEqualTo("invalid_state");
            assertThat(status(id)).as("one is no reason to stop").isEqualTo("enabled");
            for (int i = 0; i < 2; i++) {
                operator("POST", "/api/transmitter/streams/" + id + "/verify", null);
            }

            parked(id, 3);
            Awaitility.await("T-74").atMost(PATIENCE).until(() -> status(id).equals("paused"));
            Awaitility.await("T-44")
                    .atMost(PATIENCE)
                    .until(() -> receiver.requests().size() == 4);
            assertThat(claims(receiver.requests().get(3).text()).path("events").has(SSF + "stream-updated"))
                    .as("T-44")
                    .isTrue();
        }
    }

    @Test
    void aVerificationThatAPollerRefusesIsParkedWithWhatItSaid() {
        String id = id(pollStream(REVOKED));
        asMany("POST", "/ssf/verify", Map.of("stream_id", id, "state", "s"));
        String jti = poll(id, Map.of()).path("sets").fieldNames().next();

        poll(id, Map.of("setErrs", Map.of(jti, Map.of("err", "invalid_state", "description", "not mine"))));

        JsonNode parked = parked(id, 1).path(0);
        assertThat(parked.path("code").asText()).as("T-74").isEqualTo("invalid_state");
        assertThat(parked.path("cause").asText()).isEqualTo("not mine");
    }

    @Test
    void eachReceiverIsToldByASetOfItsOwnWithOneCause() {
        String one = bearer("one", "ssf.manage");
        String ones = id(Gateway.json(call("POST", "/ssf/streams", one, "{}").body()));
        List<String> streams = List.of(id(pollStream(REVOKED)), id(pollStream(REVOKED)));

        emit(Map.of("type", "caep:session-revoked", "subject", "alice@acme.example", "txn", "cause-1"));

        List<JsonNode> told = new ArrayList<>();
        streams.forEach(id -> told.add(only(poll(id, Map.of()))));
        told.add(only(Gateway.json(call("POST", "/ssf/poll/" + ones, one, "{\"returnImmediately\":true}")
                .body())));
        assertThat(told)
                .extracting(claims -> claims.path("jti").asText())
                .as("T-91: no SET is two receivers'")
                .doesNotHaveDuplicates();
        assertThat(told)
                .extracting(claims -> claims.path("aud").asText())
                .as("T-91")
                .containsExactly("https://many.example/ssf", "https://many.example/ssf", "one");
        assertThat(told).extracting(claims -> claims.path("txn").asText()).containsOnly("cause-1");
    }

    /** I-04, I-05: each subject in the words in which it was named, each SET by a key that the metadata lead to. */
    @Test
    void subjectsGoOutAsTheyWereNamedAndEachSetIsSignedAsTheProfileWants() throws Exception {
        String id = id(pollStream(REVOKED));
        List<Map<String, Object>> subjects = List.of(
                Map.of("format", "email", "email", "alice@acme.example"),
                Map.of("format", "iss_sub", "iss", "https://idp.example", "sub", "248289761001"),
                Map.of("format", "opaque", "id", "11112222333344445555"),
                Map.of("format", "phone_number", "phone_number", "+12065550100"),
                Map.of("format", "account", "uri", "acct:alice@acme.example"));
        subjects.forEach(subject -> emit(Map.of("type", "caep:session-revoked", "subject", subject, "stream", id)));
        asMany("POST", "/ssf/verify", Map.of("stream_id", id));

        Map<String, Object> told = new LinkedHashMap<>();
        JsonNode keys = Gateway.json(call("GET", jwksUri(), null, null).body()).path("keys");
        for (JsonNode set : poll(id, Map.of()).path("sets")) {
            JWSObject jws = JWSObject.parse(set.asText());
            assertThat(jws.getHeader().getAlgorithm().getName()).as("I-05").isEqualTo("RS256");
            RSAKey key = null;
            for (JsonNode each : keys) {
                if (each.path("kid").asText().equals(jws.getHeader().getKeyID())) {
                    key = RSAKey.parse(each.toString());
                }
            }
            assertThat(key).as("its key is published").isNotNull();
            assertThat(key.size()).as("I-05").isGreaterThanOrEqualTo(2048);
            assertThat(jws.verify(new RSASSAVerifier(key))).as("I-05").isTrue();
            JsonNode claims = claims(set.asText());
            told.put(
                    claims.path("sub_id").toString(),
                    claims.path("events").fieldNames().next());
        }
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("{\"format\":\"opaque\",\"id\":\"" + id + "\"}", SSF + "verification");
        subjects.forEach(subject -> expected.put(json(subject), REVOKED));
        assertThat(told).as("I-04, T-72").hasSize(6);
        expected.forEach((subject, event) -> assertThat(told.entrySet())
                .as("I-04 %s", subject)
                .anyMatch(entry -> Gateway.json(entry.getKey()).equals(Gateway.json(subject))
                        && entry.getValue().equals(event)));
    }

    @Test
    void whatScimSaysOfAnAccountIsToldInTheWordsOfRisc() {
        String id = id(pollStream());
        String jti = UUID.randomUUID().toString();
        String set = SENDER.set(Instant.now())
                .with("jti", jti)
                .with("sub_id", Map.of("format", "scim", "uri", "/Users/44", "externalId", "alice"))
                .with("events", Map.of("urn:ietf:params:scim:event:prov:deactivate", Map.of()))
                .compact();
        assertThat(gateway.push(set).statusCode()).isEqualTo(202);
        gateway.ended(SENDER.issuer(), jti);

        JsonNode claims = only(poll(id, Map.of()));
        assertThat(claims.path("events").fieldNames().next()).as("T-93").isEqualTo(RISC + "account-disabled");
        assertThat(claims.path("iss").asText()).as("T-93").isEqualTo(ISSUER);
        assertThat(claims.path("sub_id").path("uri").asText()).isEqualTo("/Users/44");
        assertThat(claims.path("txn").asText()).isEqualTo("txn-0001");
    }

    @Test
    void whatATargetDidIsToldToThoseWhoAreToHearOfItAndSoIsThatItWasTakenBack() {
        String acme = bearer("acme", "ssf.manage");
        String id = id(Gateway.json(call("POST", "/ssf/streams", acme, "{}").body()));
        String others = id(pollStream(RISC + "account-disabled", RISC + "account-enabled"));
        String jti = UUID.randomUUID().toString();
        String set = SENDER.set(Instant.now())
                .with("jti", jti)
                .with("txn", "txn-" + jti)
                .with("sub_id", Map.of("format", "email", "email", "dora-" + jti + "@acme.example"))
                .with("events", Map.of(RISC + "credential-compromise", Map.of("credential_type", "password")))
                .compact();
        assertThat(gateway.push(set).statusCode()).isEqualTo(202);
        JsonNode action = null;
        for (JsonNode each : gateway.ended(SENDER.issuer(), jti).path("actions")) {
            action = each.path("kind").asText().equals("account.disable") ? each : action;
        }
        assertThat(action).isNotNull();
        assertThat(action.path("state").asText()).as(action.toString()).isEqualTo("done");

        JsonNode disabled = told(acme, id, RISC + "account-disabled");
        assertThat(disabled.path("iss").asText()).isEqualTo(ISSUER);
        assertThat(disabled.path("txn").asText()).isEqualTo("txn-" + jti);
        assertThat(disabled.path("sub_id").path("email").asText()).isEqualTo("dora-" + jti + "@acme.example");
        assertThat(disabled.toString()).as("T-123").doesNotContain("desk");

        assertThat(operator("POST", "/api/actions/" + action.path("id").asText() + "/undo", Map.of("why", "a mistake"))
                        .statusCode())
                .isEqualTo(202);
        assertThat(told(acme, id, RISC + "account-enabled").path("txn").asText())
                .isEqualTo("txn-" + jti);
        assertThat(poll(others, Map.of()).path("sets"))
                .as("who is not to hear of our actions does not")
                .isEmpty();
    }

    @Test
    void deliveriesAreCountedByClient() {
        double before = count("refused");
        String id = id(pollStream(REVOKED));
        revoke(id, "alice@acme.example");
        Awaitility.await("what waits is measured").atMost(PATIENCE).until(() -> gauge("signalbox.outbox.waiting") >= 1);

        String jti = poll(id, Map.of()).path("sets").fieldNames().next();
        poll(id, Map.of("setErrs", Map.of(jti, Map.of("err", "invalid_key"))));

        assertThat(count("refused") - before).isEqualTo(1);
        assertThat(gauge("signalbox.outbox.oldest.seconds")).isNotNegative();
        assertThat(meters.get("signalbox.outbox.streams")
                        .tags("client", "many", "status", "enabled")
                        .gauge()
                        .value())
                .isPositive();
    }

    private double gauge(String name) {
        return meters.get(name).tag("client", "many").gauge().value();
    }

    private double count(String outcome) {
        return meters.get("signalbox.outbox.sets")
                .tags("client", "many", "method", "poll", "outcome", outcome)
                .counter()
                .count();
    }

    /** What the client is told with this event, acknowledging all else until it comes. */
    private JsonNode told(String client, String id, String event) {
        List<JsonNode> found = new ArrayList<>();
        Awaitility.await(event).atMost(PATIENCE).until(() -> {
            JsonNode sets = Gateway.json(call("POST", "/ssf/poll/" + id, client, "{\"returnImmediately\":true}")
                            .body())
                    .path("sets");
            sets.forEach(set -> {
                if (claims(set.asText()).path("events").has(event)) {
                    found.add(claims(set.asText()));
                }
            });
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private static JsonNode only(JsonNode answer) {
        assertThat(answer.path("sets")).hasSize(1);
        return claims(answer.path("sets").elements().next().asText());
    }

    private String jwksUri() {
        return Gateway.json(call("GET", "/.well-known/ssf-configuration/t1", null, null)
                        .body())
                .path("jwks_uri")
                .asText();
    }

    private String status(String id) {
        return Gateway.json(asMany("GET", "/ssf/status?stream_id=" + id, null).body())
                .path("status")
                .asText();
    }

    private JsonNode parked(String id, int count) {
        return Awaitility.await(count + " parked")
                .atMost(PATIENCE)
                .until(
                        () -> Gateway.json(
                                        operator("GET", "/api/transmitter/streams/" + id + "/sets?state=parked", null)
                                                .body())
                                .path("items"),
                        items -> items.size() == count);
    }
}
