package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Sets;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** J-18, J-19, J-20: keys come and go, and their publisher is at times not there. */
class IssuerKeysTest {

    private FakeTransmitter transmitter;
    private LoopbackHttp http;
    private Bench bench;

    @BeforeEach
    void start() {
        transmitter = FakeTransmitter.start();
        http = new LoopbackHttp();
        bench = Bench.trusting(http, new CryptoProvider(), transmitter);
    }

    @AfterEach
    void stop() {
        bench.close();
        http.close();
        transmitter.close();
    }

    @Test
    void fetchesTheKeysOnceForManySets() {
        for (int i = 0; i < 50; i++) {
            assertAccepted(valid().with("jti", "jti-" + i));
        }
        assertThat(transmitter.fetches()).isEqualTo(1);
    }

    @Test
    void followsAKeyRotationWhileRunning() {
        assertAccepted(valid());
        transmitter.rotate();
        assertAccepted(valid());
        assertThat(transmitter.fetches()).isEqualTo(2);
    }

    @Test
    void acceptsTheKeyThatALaterFetchBrings() {
        assertAccepted(valid());
        Sets withOldKey = valid();
        transmitter.rotate();
        assertAccepted(valid());

        assertRefused(withOldKey, SetError.INVALID_KEY, Duration.ofSeconds(61));
    }

    @Test
    void followsARotationOfATransmitterThatNamesNoKeys() {
        assertAccepted(valid().withoutHeader("kid"));
        transmitter.rotate();
        assertAccepted(valid().withoutHeader("kid"));
    }

    /** J-20: a key that its issuer withdrew stops counting when the cache ends, at the latest. */
    @Test
    void dropsAWithdrawnKeyWhenTheCacheEnds() {
        Sets withOldKey = valid();
        assertAccepted(withOldKey);
        transmitter.rotate();
        assertAccepted(withOldKey);

        assertRefused(withOldKey, SetError.INVALID_KEY, Duration.ofMinutes(31));
    }

    @Test
    void fortyUnknownKeysCauseOneFetchAtMost() {
        assertAccepted(valid());
        bench.clock.forward(Duration.ofMinutes(10));

        assertThat(bench.verify(valid().header("kid", "random-0"))).isInstanceOf(Verdict.Refused.class);
        for (int i = 1; i < 40; i++) {
            assertThat(bench.verify(valid().header("kid", "random-" + i)))
                    .isInstanceOfSatisfying(Verdict.Undecided.class, undecided -> assertThat(undecided.retryAfter())
                            .isEqualTo(Duration.ofSeconds(60)));
        }
        assertThat(transmitter.fetches()).isEqualTo(2);
        assertAccepted(valid());
    }

    @Test
    void fortyUnknownKeysAtOnceCauseOneFetchAtMost() throws Exception {
        assertAccepted(valid());
        List<Callable<Verdict>> flood = IntStream.range(0, 40)
                .mapToObj(i -> valid().header("kid", "random-" + i).compact())
                .<Callable<Verdict>>map(compact -> () -> bench.verify(compact))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (Future<Verdict> verdict : threads.invokeAll(flood)) {
                assertThat(verdict.get()).isNotInstanceOf(Verdict.Accepted.class);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(transmitter.fetches()).isEqualTo(2);
    }

    /** What the rate limit delays is not lost: the sender is told to come again, and is accepted then. */
    @Test
    void aRotationBehindAFloodOfUnknownKeysIsOnlyLate() {
        assertAccepted(valid());
        bench.verify(valid().header("kid", "random"));
        transmitter.rotate();
        bench.clock.forward(Duration.ofSeconds(20));

        assertThat(bench.verify(valid()))
                .isInstanceOfSatisfying(Verdict.Undecided.class, undecided -> assertThat(undecided.retryAfter())
                        .isEqualTo(Duration.ofSeconds(40)));

        bench.clock.forward(Duration.ofSeconds(40));
        assertAccepted(valid());
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 404, 302})
    void isUndecidedWhileTheKeysWereNeverFetched(int status) {
        transmitter.answersKeysWith(status);
        for (int i = 0; i < 20; i++) {
            assertThat(bench.verify(valid())).isInstanceOf(Verdict.Undecided.class);
        }
        // Two loads, each tried twice; the rest of the minute asks nobody.
        assertThat(transmitter.fetches()).isLessThanOrEqualTo(4);

        transmitter.answersKeysWith(200);
        bench.clock.forward(Duration.ofSeconds(61));
        assertAccepted(valid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>We are sorry</html>", "{}", "[]", "{\"keys\":{}}", "{\"keys\":[1]}"})
    void aPageThatIsNoKeySetIsAnOutageToo(String page) {
        transmitter.publish(page);
        assertThat(bench.verify(valid())).isInstanceOf(Verdict.Undecided.class);
    }

    @Test
    void goesOnWithFetchedKeysThroughAnOutage() {
        assertAccepted(valid());
        transmitter.answersKeysWith(503);

        for (int hours = 0; hours < 23; hours++) {
            bench.clock.forward(Duration.ofHours(1));
            assertAccepted(valid());
        }
        bench.clock.forward(Duration.ofHours(2));
        assertThat(bench.verify(valid())).isInstanceOf(Verdict.Undecided.class);
    }

    /** A new key during an outage: not the sender's fault. */
    @Test
    void isUndecidedAboutAnUnknownKeyDuringAnOutage() {
        assertAccepted(valid());
        transmitter.rotate();
        transmitter.answersKeysWith(503);

        assertThat(bench.verify(valid())).isInstanceOf(Verdict.Undecided.class);

        transmitter.answersKeysWith(200);
        bench.clock.forward(Duration.ofSeconds(61));
        assertAccepted(valid());
    }

    @Test
    void aKeyThatCannotBeReadDoesNotHideTheOthers() {
        String unreadable = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"off-curve\",\"x\":\"AQ\",\"y\":\"AQ\"},"
                + "{\"kty\":\"FUTURE\",\"kid\":\"f\"},{\"kty\":\"oct\",\"kid\":\"o\",\"k\":\"c2VjcmV0\"},"
                + "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"ed\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"},";
        transmitter.publish(
                "{\"keys\":[" + unreadable + transmitter.rsa().toPublicJWK().toJSONString() + "]}");

        assertAccepted(valid());
        // J-02: a published symmetric key signs nothing.
        assertThat(bench.verify(valid().header("kid", "off-curve"))).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void keepsToWhatAKeyIsPublishedFor() {
        RSAKey only = new RSAKey.Builder(transmitter.rsa())
                .keyID("rs-only")
                .algorithm(JWSAlgorithm.RS256)
                .build();
        RSAKey encryption = new RSAKey.Builder(transmitter.rsa())
                .keyID("enc")
                .keyUse(KeyUse.ENCRYPTION)
                .build();
        RSAKey expired = new RSAKey.Builder(transmitter.rsa())
                .keyID("expired")
                .expirationTime(Date.from(Bench.START.minusSeconds(1)))
                .build();
        RSAKey weak = FakeTransmitter.newRsa("weak", 1024);
        RSAKey unlabelled = new RSAKey.Builder(transmitter.rsa())
                .keyID("unlabelled")
                .keyUse(null)
                .build();
        ECKey p256 = transmitter.p256();
        transmitter.publish(only, encryption, expired, weak, unlabelled, p256);

        assertAccepted(valid().signedBy(only, JWSAlgorithm.RS256));
        assertAccepted(valid().signedBy(unlabelled, JWSAlgorithm.PS256));
        assertRefused(valid().signedBy(only, JWSAlgorithm.PS256), SetError.INVALID_KEY, Duration.ZERO);
        assertRefused(valid().signedBy(encryption, JWSAlgorithm.RS256), SetError.INVALID_KEY, Duration.ZERO);
        assertRefused(valid().signedBy(expired, JWSAlgorithm.RS256), SetError.INVALID_KEY, Duration.ZERO);
        assertRefused(valid().signedBy(weak, JWSAlgorithm.RS256), SetError.INVALID_KEY, Duration.ZERO);
        assertRefused(valid().header("kid", p256.getKeyID()), SetError.INVALID_KEY, Duration.ZERO);
        assertThat(transmitter.fetches()).isEqualTo(1);
    }

    @Test
    void triesAtMostFiveKeysForASetThatNamesNone() {
        RSAKey[] keys = IntStream.range(0, 6)
                .mapToObj(i ->
                        new RSAKey.Builder(transmitter.rsa()).keyID("k" + i).build())
                .toArray(RSAKey[]::new);
        RSAKey sixth = FakeTransmitter.newRsa("sixth", 2048);
        keys[5] = sixth;
        transmitter.publish(keys);

        assertThat(bench.verify(
                        valid().signedSilentlyBy(sixth, JWSAlgorithm.RS256).withoutHeader("kid")))
                .isInstanceOf(Verdict.Refused.class);
        assertAccepted(valid().signedBy(sixth, JWSAlgorithm.RS256));
    }

    /** J-19: the guard of the door out holds for key sets as well. */
    @Test
    void aKeySetAtAnAddressThatMayNotBeCalledIsUndecided() {
        TrustProperties.Entry inside = Bench.entry(transmitter, Map.of("jwks-uri", "https://10.1.2.3/jwks"));
        try (Bench guarded = Bench.trusting(http, new CryptoProvider(), Bench.START, inside)) {
            assertThat(guarded.verify(valid())).isInstanceOf(Verdict.Undecided.class);
        }
    }

    private Sets valid() {
        return transmitter.set(Bench.START);
    }

    private void assertAccepted(Sets set) {
        assertThat(bench.verify(set)).isInstanceOf(Verdict.Accepted.class);
    }

    private void assertRefused(Sets set, SetError error, Duration after) {
        bench.clock.forward(after);
        assertThat(bench.verify(set))
                .isInstanceOfSatisfying(Verdict.Refused.class, refused -> assertThat(refused.error())
                        .isEqualTo(error));
    }
}
