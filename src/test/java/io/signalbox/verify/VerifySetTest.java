package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.nimbusds.jose.JWSAlgorithm;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.SetError;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.Verdict;
import io.signalbox.set.VerifiedSet;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Sets;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What is accepted, and what is told about what is not. The refusals themselves: {@link RefusalTest}. */
class VerifySetTest {

    private static FakeTransmitter transmitter;
    private static LoopbackHttp http;
    private Bench bench;

    @BeforeAll
    static void start() {
        transmitter = FakeTransmitter.start();
        http = new LoopbackHttp();
    }

    @AfterAll
    static void stop() {
        transmitter.close();
        http.close();
    }

    @BeforeEach
    void open() {
        bench = Bench.trusting(http, new CryptoProvider(), transmitter);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void acceptsAValidSetWithAllItSays() {
        Sets set = valid().with("toe", Bench.START.getEpochSecond() - 7);

        VerifiedSet verified = accepted(bench.verify(set));

        assertThat(verified.iss()).isEqualTo(transmitter.issuer());
        assertThat(verified.jti()).isEqualTo("jti-0001");
        assertThat(verified.iat()).isEqualTo(Bench.START);
        assertThat(verified.aud()).containsExactly(Sets.AUDIENCE);
        assertThat(verified.txn()).isEqualTo("txn-0001");
        assertThat(verified.toe()).isEqualTo(Bench.START.minusSeconds(7));
        assertThat(verified.subject()).isEqualTo(new SubjectIdentifier("email", Map.of("email", "alice@acme.example")));
        assertThat(verified.events()).containsOnlyKeys(Sets.RISK_LEVEL_CHANGE);
        assertThat(verified.events().get(Sets.RISK_LEVEL_CHANGE)).containsEntry("current_level", "HIGH");
        assertThat(verified.compact()).isEqualTo(set.compact());
        assertThat(verified.receivedAt()).isEqualTo(Bench.START);
        assertThat(bench.counted("accepted", "none")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "RS256,true",
        "PS256,true",
        "ES256,true",
        "ES384,true",
        "RS256,false",
        "PS256,false",
        "ES256,false",
        "ES384,false"
    })
    void acceptsEveryAlgorithmThatTheIssuerMayUse(String name, boolean fast) {
        JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
        TrustProperties.Entry trust = Bench.entry(transmitter.issuer(), transmitter, List.of(name), Sets.AUDIENCE);
        CryptoProvider crypto = fast ? new CryptoProvider() : CryptoProvider.jdk();
        try (Bench only = Bench.trusting(http, crypto, Bench.START, trust)) {
            accepted(only.verify(valid().signedBy(transmitter.key(algorithm), algorithm)));
        }
    }

    @Test
    void saysWhichCryptoProviderItUses() {
        assertThat(new CryptoProvider().name()).matches("AmazonCorrettoCryptoProvider .+|JDK \\d+");
        assertThat(CryptoProvider.jdk().name()).startsWith("JDK ");
    }

    @Test
    void readsAHeaderTypeInAnySpellingThatMeansASet() {
        for (String typ : List.of("secevent+jwt", "SecEvent+JWT", "application/secevent+jwt")) {
            accepted(bench.verify(valid().header("typ", typ)));
        }
    }

    @Test
    void acceptsASetWithoutKidWhenOneOfTheKeysMadeIt() {
        accepted(bench.verify(valid().withoutHeader("kid")));
    }

    /** J-09: a key that a token brings along changes nothing, neither for good nor for bad. */
    @Test
    void ignoresKeysInTheHeader() {
        accepted(bench.verify(valid().header("jku", "https://evil.example/jwks")
                .header("x5u", "https://evil.example/x5c")
                .header(
                        "jwk",
                        FakeTransmitter.newRsa("evil", 2048).toPublicJWK().toJSONObject())));
    }

    @Test
    void acceptsOurNameAmongOtherAudiences() {
        VerifiedSet verified =
                accepted(bench.verify(valid().with("aud", List.of("https://other.example", Sets.AUDIENCE))));

        assertThat(verified.aud()).hasSize(2);
    }

    @Test
    void acceptsAnIssueTimeWithAFractionAndWithinTheSkew() {
        VerifiedSet verified = accepted(bench.verify(valid().with("iat", Bench.START.getEpochSecond() + 119.5)));

        assertThat(verified.iat()).isEqualTo(Bench.START.plusMillis(119_500));
    }

    @Test
    void acceptsAnOldSetAndAPastNbf() {
        accepted(bench.verify(valid().with("iat", 1).with("nbf", Bench.START.getEpochSecond())));
    }

    @Test
    void passesOverClaimsThatItDoesNotKnow() {
        accepted(bench.verify(valid().with("nonce", "n").with("x", Map.of("y", List.of(1, 2)))));
    }

    /** an event type that we do not know is no reason to refuse. */
    @Test
    void acceptsAnUnknownEventTypeWithItsPayload() {
        VerifiedSet verified =
                accepted(bench.verify(valid().with("events", Map.of("https://vendor.example/event", Map.of("a", 1)))));

        assertThat(verified.events()).isEqualTo(Map.of("https://vendor.example/event", Map.of("a", 1)));
    }

    /** R-66, J-17. */
    @Test
    void acceptsUpToFiveEventsInTheOrderOfTheToken() {
        List<String> uris = Stream.of("e", "d", "c", "b", "a")
                .map(name -> "https://vendor.example/" + name)
                .toList();
        String events = uris.stream().map(uri -> "\"" + uri + "\":{}").collect(Collectors.joining(","));
        String claims = "{\"iss\":\"" + transmitter.issuer() + "\",\"jti\":\"j\",\"iat\":1,\"aud\":\"" + Sets.AUDIENCE
                + "\",\"events\":{" + events + "}}";

        VerifiedSet verified = accepted(bench.verify(valid().rawClaims(claims.getBytes(StandardCharsets.UTF_8))));

        assertThat(verified.events().keySet()).containsExactlyElementsOf(uris);
        assertThat(verified.subject()).isNull();
        assertThat(verified.txn()).isNull();
    }

    /** S-05, R-61: older profiles have the subject in the event, a complex one perhaps without its format. */
    @Test
    void findsTheSubjectInTheEvent() {
        Map<String, Object> subject = Map.of(
                "user", Map.of("format", "opaque", "id", "u1"), "session", Map.of("format", "opaque", "id", "s1"));
        Sets set = valid().without("sub_id")
                .with("events", Map.of("https://vendor.example/event", Map.of("subject", subject)));

        assertThat(accepted(bench.verify(set)).subject()).isEqualTo(new SubjectIdentifier("complex", subject));
    }

    /** the shape of a subject in a type that we do not know is no error of the sender's. */
    @Test
    void aSubjectThatCannotBeReadInAnUnknownEventNamesNobody() {
        Map<String, Object> subject = Map.of("subject_type", "email", "email", "alice@acme.example");
        Sets set = valid().without("sub_id")
                .with("events", Map.of("https://vendor.example/event", Map.of("subject", subject)));

        assertThat(accepted(bench.verify(set)).subject()).isNull();
    }

    @Test
    void prefersTheSubjectOfTheToken() {
        Sets set = valid().with(
                        "events", Map.of("https://vendor.example/event", Map.of("subject", Map.of("format", "x"))));

        assertThat(accepted(bench.verify(set)).subject())
                .isEqualTo(new SubjectIdentifier("email", Map.of("email", "alice@acme.example")));
    }

    /** J-13: keys are looked up under the issuer; two issuers may even use one kid. */
    @Test
    void keepsTheKeysOfIssuersApart() {
        try (FakeTransmitter other = FakeTransmitter.start();
                Bench both = Bench.trusting(http, new CryptoProvider(), transmitter, other)) {
            accepted(both.verify(valid()));
            accepted(both.verify(other.set(Bench.START)));
            assertThat(both.verify(valid().signedSilentlyBy(other.rsa(), JWSAlgorithm.RS256)))
                    .isInstanceOfSatisfying(Verdict.Refused.class, refused -> assertThat(refused.error())
                            .isEqualTo(SetError.INVALID_KEY));
        }
    }

    @Test
    void refusesEverySetWhereNobodyIsTrusted() {
        try (Bench nobody = Bench.trusting(http, new CryptoProvider())) {
            assertThat(nobody.verify(valid()))
                    .isInstanceOfSatisfying(Verdict.Refused.class, refused -> assertThat(refused.error())
                            .isEqualTo(SetError.INVALID_ISSUER));
            assertThat(nobody.counted("refused", "invalid_issuer")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "...", "a.b.c", "{}", "null.null.null", "\u0000", "e30.e30.e30"})
    void alwaysAnswersWithAVerdict(String body) {
        assertThat(bench.verify(body)).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void logsARefusalInOneLineWithWhatCouldBeRead() {
        List<ILoggingEvent> lines = logged(
                () -> bench.verify(valid().with("jti", "evil\r\n2026-11-22 INFO all is well\u001b[2J" + "x".repeat(400))
                        .with("exp", 1)));

        assertThat(lines).hasSize(1);
        Map<String, String> pairs = pairs(lines.get(0));
        assertThat(pairs).containsEntry("iss", transmitter.issuer()).containsEntry("code", "invalid_request");
        assertThat(pairs.get("jti")).startsWith("evil??2026").hasSize(256).doesNotContainPattern("\\p{Cntrl}");
        assertThat(lines.get(0).getThrowableProxy()).isNull();
    }

    @Test
    void logsARefusalOfWhatCouldNotBeReadAtAll() {
        List<ILoggingEvent> lines = logged(() -> bench.verify("secret-canary"));

        assertThat(lines).hasSize(1);
        assertThat(pairs(lines.get(0)).toString() + lines.get(0).getFormattedMessage())
                .doesNotContain("secret-canary")
                .contains("invalid_request");
    }

    @Test
    void aFaultOfOursIsUndecidedAndNoException() {
        try (Bench faulty = Bench.trusting(
                request -> {
                    throw new IllegalStateException("a fault with secret-canary");
                },
                new CryptoProvider(),
                transmitter)) {
            assertThat(faulty.verify(valid()))
                    .isInstanceOfSatisfying(Verdict.Undecided.class, undecided -> assertThat(undecided.why())
                            .doesNotContain("secret-canary"));
            assertThat(faulty.counted("undecided", "none")).isEqualTo(1);
        }
    }

    private static List<ILoggingEvent> logged(Runnable work) {
        Logger logger = (Logger) LoggerFactory.getLogger(VerifySet.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            work.run();
        } finally {
            logger.detachAppender(lines);
        }
        return lines.list;
    }

    private static Map<String, String> pairs(ILoggingEvent line) {
        return line.getKeyValuePairs().stream()
                .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
    }

    private Sets valid() {
        return transmitter.set(Bench.START);
    }

    private static VerifiedSet accepted(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        return ((Verdict.Accepted) verdict).set();
    }
}
