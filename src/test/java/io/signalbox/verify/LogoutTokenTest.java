package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.Entrance;
import io.signalbox.set.SetError;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.Verdict;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Sets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** E-30 and section 2.6 of OIDC Back-Channel Logout 1.0: what is taken for a logout token, and what is not. */
class LogoutTokenTest {

    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";
    private static final String SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
    private static final long NOW = Bench.START.getEpochSecond();

    private static final FakeTransmitter provider = FakeTransmitter.start();
    private final LoopbackHttp http = new LoopbackHttp();
    private Bench bench;

    @BeforeEach
    void start() {
        bench = Bench.trusting(http, new CryptoProvider(), provider);
    }

    @AfterEach
    void stop() {
        bench.close();
        http.close();
    }

    @AfterAll
    static void close() {
        provider.close();
    }

    private Sets token() {
        return Sets.valid(provider, Bench.START)
                .header("typ", "logout+jwt")
                .without("sub_id")
                .without("txn")
                .with("exp", NOW + 120)
                .with("sub", "u-1")
                .with("sid", "s-1")
                .with("events", Map.of(EVENT, Map.of()));
    }

    private Verdict atTheDoor(Sets token) {
        return bench.verify(token.compact(), Entrance.ofLogout("sso", provider.issuer(), null));
    }

    @Test
    void countsAsTheSessionBeingRevoked() {
        assertThat(atTheDoor(token())).isInstanceOfSatisfying(Verdict.Accepted.class, accepted -> {
            assertThat(accepted.set().events().keySet()).containsExactly(SESSION_REVOKED);
            SubjectIdentifier subject = accepted.set().subject();
            assertThat(subject).isEqualTo(SubjectIdentifier.ofLogout(provider.issuer(), "u-1", "s-1"));
            assertThat(accepted.set().iat()).isEqualTo(Bench.START);
        });
    }

    @Test
    void withoutASessionItMeansAllOfTheUsers() {
        assertThat(atTheDoor(token().without("sid")))
                .isInstanceOfSatisfying(Verdict.Accepted.class, accepted -> assertThat(
                                accepted.set().subject())
                        .isEqualTo(SubjectIdentifier.ofLogout(provider.issuer(), "u-1", null)));
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("a SET", token -> token.header("typ", "secevent+jwt"), "typ"),
                fault("an ID token's typ", token -> token.header("typ", "JWT"), "typ"),
                fault("no typ", token -> token.withoutHeader("typ"), "typ"),
                fault("no exp", token -> token.without("exp"), "exp"),
                fault("expired", token -> token.with("exp", NOW - 121), "expired"),
                fault("good for a day", token -> token.with("exp", NOW + 86_400), "hour"),
                fault("no iat", token -> token.without("iat"), "iat"),
                fault("from the future", token -> token.with("iat", NOW + 121).with("exp", NOW + 200), "iat"),
                fault("no jti", token -> token.without("jti"), "jti"),
                fault("a nonce", token -> token.with("nonce", "n"), "nonce"),
                fault("no events", token -> token.without("events"), "events"),
                fault("another event", token -> token.with("events", Map.of(SESSION_REVOKED, Map.of())), "events"),
                fault("an event that is no object", token -> token.with("events", Map.of(EVENT, true)), "events"),
                fault("neither sub nor sid", token -> token.without("sub").without("sid"), "sub"),
                fault("a sub that is no string", token -> token.with("sub", 1), "sub"),
                fault("a sid with a line end", token -> token.with("sid", "a\nb"), "sid"));
    }

    private static Arguments fault(String name, UnaryOperator<Sets> change, String named) {
        return Arguments.of(name, change, named);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void isRefusedForEachFault(String name, UnaryOperator<Sets> change, String named) {
        assertThat(atTheDoor(change.apply(token()))).isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
            assertThat(refused.error()).isEqualTo(SetError.INVALID_REQUEST);
            assertThat(refused.description()).contains(named);
        });
    }

    @Test
    void isRefusedIfItIsMeantForAnotherClient() {
        assertThat(atTheDoor(token().with("aud", "another-client")))
                .isInstanceOfSatisfying(Verdict.Refused.class, refused -> assertThat(refused.error())
                        .isEqualTo(SetError.INVALID_AUDIENCE));
    }

    @Test
    void isRefusedIfSomebodyElseSignedIt() {
        try (FakeTransmitter other = FakeTransmitter.start()) {
            assertThat(atTheDoor(token().signedSilentlyBy(other.rsa(), JWSAlgorithm.RS256)))
                    .isInstanceOfSatisfying(Verdict.Refused.class, refused -> assertThat(refused.error())
                            .isEqualTo(SetError.INVALID_KEY));
        }
    }

    /** What an operator may forgive one provider (E-30 and section 2.6): each setting forgives one thing. */
    @Test
    void whatOlderProvidersLackIsForgivenWhereItIsConfigured() {
        Sets untyped = token().withoutHeader("typ");
        Sets asJwt = token().header("typ", "JWT");
        Sets ageless = token().without("exp");

        assertThat(verdicts(Map.of("logout-typ-optional", "true"), untyped, asJwt, token()))
                .allMatch(Verdict.Accepted.class::isInstance);
        assertThat(verdicts(
                        Map.of("logout-typ-optional", "true"),
                        ageless,
                        token().header("typ", "secevent+jwt"),
                        token().header("typ", "at+jwt"),
                        untyped.with("nonce", "n"),
                        untyped.without("events")))
                .allMatch(Verdict.Refused.class::isInstance);
        assertThat(verdicts(Map.of("logout-exp-optional", "true"), ageless, token(), ageless.with("iat", NOW - 239)))
                .allMatch(Verdict.Accepted.class::isInstance);
        assertThat(verdicts(
                        Map.of("logout-exp-optional", "true"),
                        untyped,
                        ageless.with("iat", NOW - 241),
                        ageless.with("exp", "soon"),
                        token().with("exp", NOW - 121)))
                .allMatch(Verdict.Refused.class::isInstance);
    }

    /** At the door of a provider that is configured so. */
    private List<Verdict> verdicts(Map<String, String> keys, Sets... tokens) {
        try (LoopbackHttp loopback = new LoopbackHttp();
                Bench older =
                        Bench.trusting(loopback, CryptoProvider.jdk(), Bench.START, Bench.entry(provider, keys))) {
            return Stream.of(tokens)
                    .map(each -> older.verify(each.compact(), Entrance.ofLogout("sso", provider.issuer(), null)))
                    .toList();
        }
    }

    /** J-12: neither kind passes for the other. */
    @Test
    void isNoSet() {
        assertThat(bench.verify(token())).isInstanceOf(Verdict.Refused.class);
        assertThat(atTheDoor(Sets.valid(provider, Bench.START))).isInstanceOf(Verdict.Refused.class);
    }

    /** What Keycloak 26.7.3 sent, byte for byte. */
    @Test
    void takesKeycloaks() throws Exception {
        Path captures = Path.of("src/test/resources/keycloak-26.7.3");
        String realm = "http://127.0.0.1:18080/realms/ssflab";
        for (String name : new String[] {"01.http", "02.http"}) {
            String http =
                    Files.readString(captures.resolve("backchannel-logout").resolve(name));
            String token = http.substring(http.indexOf("logout_token=") + "logout_token=".length())
                    .strip();
            try (FakeTransmitter keys = FakeTransmitter.start();
                    LoopbackHttp loopback = new LoopbackHttp();
                    Bench then = Bench.trusting(
                            loopback,
                            new CryptoProvider(),
                            Instant.ofEpochSecond(1_795_290_800),
                            Bench.entry(realm, keys, Bench.DEFAULT_ALGORITHMS, "bclapp"))) {
                keys.publish(Files.readString(captures.resolve("jwks-after-rotation.json")));
                assertThat(then.verify(token, Entrance.ofLogout("sso", realm, "bclapp")))
                        .isInstanceOf(Verdict.Accepted.class);
            }
        }
    }
}
