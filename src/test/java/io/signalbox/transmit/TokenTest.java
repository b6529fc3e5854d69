package io.signalbox.transmit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.Gateway;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The built-in authorization server, as clients see it. */
class TokenTest extends TransmitterContext {

    private static final String GRANT = "grant_type=client_credentials";

    @Test
    void aClientLogsInByItsSecretInTheHeaderOrInTheBody() {
        for (HttpResponse<String> answer : List.of(
                form(GRANT + "&scope=ssf.manage", basic("one", SECRET)),
                form(GRANT + "&client_id=one&client_secret=" + encode(SECRET), null))) {
            JsonNode token = Gateway.json(answer.body());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Cache-Control").orElse("")).isEqualTo("no-store");
            assertThat(token.path("token_type").asText()).isEqualTo("Bearer");
            assertThat(token.path("expires_in").asInt()).as("I-30").isEqualTo(3600);
            assertThat(token.path("scope").asText()).contains("ssf.manage");
            assertThat(call(
                                    "GET",
                                    "/ssf/streams",
                                    "Bearer " + token.path("access_token").asText(),
                                    null)
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void anOperatorMakesTokensWorthless() {
        String token = bearer("one", "ssf.read");
        assertThat(call("GET", "/ssf/streams", token, null).statusCode()).isEqualTo(200);

        assertThat(operator("DELETE", "/api/transmitter/clients/one/tokens", null)
                        .statusCode())
                .isEqualTo(200);

        assertThat(call("GET", "/ssf/streams", token, null).statusCode())
                .as("I-33")
                .isEqualTo(401);
    }

    private record Login(String name, String form, @Nullable String header, int status, String error) {}

    @TestFactory
    Stream<DynamicTest> whoDoesNotProveWhoItIsGetsNothing() {
        String secret = encode(SECRET);
        return Stream.of(
                        new Login("nobody", GRANT, null, 401, "invalid_client"),
                        new Login("a wrong secret", GRANT, basic("one", "wrong"), 401, "invalid_client"),
                        new Login("an unknown client", GRANT, basic("two", SECRET), 401, "invalid_client"),
                        new Login("a client without a secret", GRANT, basic("many", ""), 401, "invalid_client"),
                        new Login("no secret", GRANT + "&client_id=one", null, 401, "invalid_client"),
                        new Login("not base64", GRANT, "Basic §", 401, "invalid_client"),
                        new Login(
                                "two ways at once",
                                GRANT + "&client_id=one&client_secret=" + secret,
                                basic("one", SECRET),
                                401,
                                "invalid_client"),
                        new Login(
                                "two clients",
                                GRANT + "&client_id=reader",
                                basic("one", SECRET),
                                401,
                                "invalid_client"),
                        new Login("no grant", "scope=ssf.read", basic("one", SECRET), 400, "invalid_request"),
                        new Login(
                                "another grant",
                                "grant_type=password&username=a&password=b",
                                basic("one", SECRET),
                                400,
                                "unsupported_grant_type"),
                        new Login("twice", GRANT + "&" + GRANT, basic("one", SECRET), 400, "invalid_request"),
                        new Login(
                                "more than it may",
                                GRANT + "&scope=ssf.manage",
                                basic("reader", SECRET),
                                400,
                                "invalid_scope"),
                        new Login("an odd scope", GRANT + "&scope=root", basic("one", SECRET), 400, "invalid_scope"))
                .map(login -> dynamicTest(login.name(), () -> {
                    HttpResponse<String> answer = form(login.form(), login.header());
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(login.status());
                    assertThat(Gateway.json(answer.body()).path("error").asText())
                            .isEqualTo(login.error());
                    if (login.status() == 401) {
                        assertThat(answer.headers()
                                        .firstValue("WWW-Authenticate")
                                        .orElse(""))
                                .startsWith("Basic");
                    }
                }));
    }

    @Test
    void anAssertionCountsOnceAndOnlyIfItIsRightInEveryPoint() {
        String good = assertion(Map.of());
        assertThat(byAssertion(good)).isNotEmpty();
        assertThat(byAssertion(good)).as("played back").isEmpty();
        long now = Instant.now().getEpochSecond();
        Map<String, Map<String, @Nullable Object>> wrong = new HashMap<>();
        wrong.put("for somebody else", Map.of("aud", "https://another.example/token"));
        wrong.put("over", Map.of("exp", now - 120));
        wrong.put("good for too long", Map.of("exp", now + 90_000));
        wrong.put("of somebody else", Map.of("iss", "one"));
        wrong.put("for another client", Map.of("sub", "one", "iss", "one"));
        wrong.put("a SET", Map.of("events", Map.of()));
        wrong.put("not yet good", Map.of("nbf", now + 600));
        Map<String, @Nullable Object> endless = new HashMap<>();
        endless.put("exp", null);
        wrong.put("without an end", endless);
        wrong.forEach((name, claims) ->
                assertThat(byAssertion(assertion(claims))).as(name).isEmpty());
        String altered = assertion(Map.of());
        assertThat(byAssertion(altered.substring(0, altered.length() - 8) + "AAAAAAAA"))
                .as("another signature")
                .isEmpty();
        assertThat(byAssertion("a.b.c")).isEmpty();
    }

    @Test
    void theTokenEndpointIsFoundByMetadata() {
        JsonNode metadata = Gateway.json(call("GET", "/.well-known/oauth-authorization-server/t1", null, null)
                .body());

        assertThat(metadata.path("issuer").asText()).isEqualTo(ISSUER);
        assertThat(metadata.path("token_endpoint").asText()).isEqualTo(BASE + "/oauth2/token");
        assertThat(metadata.path("grant_types_supported").path(0).asText()).isEqualTo("client_credentials");
    }
}
