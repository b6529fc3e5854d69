package io.signalbox.transmit;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.http.GuardedHttp;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.MovableClock;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

/** Receivers that come with tokens of somebody else's server; who must not come in stands in {@link ManagementTest}. */
class OutsideTokenTest extends TransmitterContext {

    @Test
    void aSignedTokenLetsItsClientInToWhatTheTokenIsGoodFor() {
        for (Map<String, Object> claims : List.<Map<String, Object>>of(
                Map.of(),
                Map.of("aud", ISSUER),
                Map.of("scope", "ssf.read ssf.manage"),
                Map.of("exp", Instant.now().getEpochSecond() - 10))) {
            assertThat(call("GET", "/ssf/streams", outside(claims), null).statusCode())
                    .as("I-30, I-32 %s", claims)
                    .isEqualTo(200);
        }
        assertThat(call("GET", "/ssf/streams", "Bearer " + signed(SENDER.rsa(), "JWT", outsideClaims(Map.of())), null)
                        .statusCode())
                .as("a type that is older than RFC 9068")
                .isEqualTo(200);

        String made = call("POST", "/ssf/streams", outside(Map.of()), "{}").body();
        String id = id(Gateway.json(made));
        assertThat(book.of("federated")).extracting(stream -> stream.id()).containsExactly(id);
        assertThat(asMany("GET", "/ssf/streams?stream_id=" + id, null).statusCode())
                .as("T-11")
                .isEqualTo(404);
    }

    @Test
    void aTokenThatItsServerCallsActiveLetsItsClientIn() {
        INTROSPECTOR.knows(
                "asked-about",
                Map.of(
                        "client_id",
                        "introspected",
                        "scope",
                        "ssf.manage",
                        "aud",
                        List.of(ISSUER),
                        "iss",
                        "https://asked.example"));

        assertThat(call("POST", "/ssf/streams", "Bearer asked-about", "{}").statusCode())
                .as("I-32")
                .isEqualTo(201);
        assertThat(book.of("introspected")).hasSize(1);
    }

    @Test
    void whatItsServerSaidCountsForHalfAMinuteAndThatItSaidNothingDoesNot() {
        MovableClock clock = new MovableClock(Instant.parse("2026-03-01T12:00:00Z"));
        List<Integer> answers = new ArrayList<>(List.of(200, 200, 500, 200));
        List<String> asked = new ArrayList<>();
        GuardedHttp http = request -> {
            asked.add(new String(Objects.requireNonNull(request.body()), StandardCharsets.UTF_8));
            return new GuardedHttp.Result.Answered(
                    answers.remove(0), Map.of(), "{\"active\":false}".getBytes(StandardCharsets.UTF_8));
        };
        Transmitter nobody = new Transmitter(
                new IssuerProperties("https://signals.example.com"),
                new TransmitterProperties(List.of(), List.of(), List.of(), null, Duration.ZERO, null, false, null),
                new MockEnvironment());
        Introspection introspection = new Introspection(
                new TokenRules("s", "https://s.example", Set.of("a"), "client_id", nobody, clock),
                http,
                URI.create("https://s.example/introspect"),
                "gateway",
                Reference.of("secret", null, "SECRET", new MockEnvironment().withProperty("SECRET", "a-good-secret")),
                clock);

        assertThat(introspection.of("t", "digest", null)).isEqualTo(Access.UNKNOWN);
        assertThat(introspection.of("t", "digest", null)).isEqualTo(Access.UNKNOWN);
        assertThat(asked).containsExactly("token=t&token_type_hint=access_token");
        clock.forward(Duration.ofSeconds(31));
        assertThat(introspection.of("t", "digest", null)).isEqualTo(Access.UNKNOWN);
        assertThat(asked).hasSize(2);
        clock.forward(Duration.ofSeconds(31));
        assertThat(introspection.of("t", "digest", null)).isEqualTo(Access.NOT_NOW);
        assertThat(introspection.of("t", "digest", null)).isEqualTo(Access.UNKNOWN);
        assertThat(asked).hasSize(4);
    }
}
