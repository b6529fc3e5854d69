package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.Verdict;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Quiet;
import io.signalbox.testing.Sets;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Random damage, the same in each run. */
class MutationTest {

    private static final int ROUNDS = 4000;
    private static final String LETTERS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\u0000\u00e9\u20ac";
    private static final String SYNTAX = "{}[]\":,\\ut0123456789.eE-+nulltruefalse \u0000\u00e9";

    private FakeTransmitter transmitter;
    private LoopbackHttp http;
    private Bench bench;
    private Quiet quiet;

    @BeforeEach
    void start() {
        quiet = new Quiet(VerifySet.class);
        transmitter = FakeTransmitter.start();
        http = new LoopbackHttp();
        bench = Bench.trusting(http, new CryptoProvider(), transmitter);
    }

    @AfterEach
    void stop() {
        bench.close();
        http.close();
        transmitter.close();
        quiet.close();
    }

    @Test
    void noAlteredTokenIsAccepted() {
        for (JWSAlgorithm algorithm : new JWSAlgorithm[] {JWSAlgorithm.RS256, JWSAlgorithm.ES256}) {
            String token = transmitter
                    .set(Bench.START)
                    .signedBy(transmitter.key(algorithm), algorithm)
                    .compact();
            Random random = new Random(8417);
            for (int i = 0; i < ROUNDS; i++) {
                String altered = alter(token, LETTERS, random);
                Verdict verdict = bench.verify(altered);
                assertThat(verdict instanceof Verdict.Accepted)
                        .as("%s for %s", verdict, altered)
                        .isEqualTo(altered.equals(token));
                // A kid that is not known yet leaves it open; a fault of ours must not.
                if (verdict instanceof Verdict.Undecided undecided) {
                    assertThat(undecided.why()).as(altered).contains("key is not known yet");
                }
            }
        }
        assertThat(transmitter.fetches()).isLessThanOrEqualTo(2);
    }

    /** The issuer itself may sign nonsense. That is refused or accepted, and never a fault of ours. */
    @Test
    void nonsenseSignedByATrustedIssuerIsDecided() {
        Sets set = transmitter.set(Bench.START).signedBy(transmitter.p256(), JWSAlgorithm.ES256);
        String claims = new String(set.claimBytes(), StandardCharsets.UTF_8);
        Random random = new Random(8935);
        for (int i = 0; i < ROUNDS / 2; i++) {
            byte[] altered = alter(claims, SYNTAX, random).getBytes(StandardCharsets.UTF_8);
            assertThat(bench.verify(set.rawClaims(altered)))
                    .as(() -> new String(altered, StandardCharsets.UTF_8))
                    .isInstanceOfAny(Verdict.Accepted.class, Verdict.Refused.class);
        }
    }

    /** Whoever knows our public key can encrypt anything; what cannot be opened is refused, and never a fault of ours. */
    @Test
    void noAlteredEncryptionIsAcceptedOrAFaultOfOurs() throws Exception {
        ECKey ours = JWKSet.parse(Bench.OURS.published()).getKeys().get(1).toECKey();
        JWEObject encrypted = new JWEObject(
                new JWEHeader.Builder(JWEAlgorithm.ECDH_ES, EncryptionMethod.A256GCM)
                        .keyID(ours.getKeyID())
                        .contentType("secevent+jwt")
                        .build(),
                new Payload(transmitter.set(Bench.START).compact()));
        encrypted.encrypt(new ECDHEncrypter(ours));
        String compact = encrypted.serialize();
        assertThat(bench.verify(compact)).isInstanceOf(Verdict.Accepted.class);
        String header = encrypted.getHeader().toString();
        String rest = compact.substring(compact.indexOf('.'));
        Random random = new Random(7516);
        for (int i = 0; i < ROUNDS / 4; i++) {
            String altered = i % 2 == 0
                    ? Sets.encode(alter(header, SYNTAX, random).getBytes(StandardCharsets.UTF_8)) + rest
                    : alter(compact, LETTERS, random);
            if (!altered.equals(compact)) {
                assertThat(bench.verify(altered)).as(altered).isInstanceOf(Verdict.Refused.class);
            }
        }
    }

    private static String alter(String text, String alphabet, Random random) {
        StringBuilder altered = new StringBuilder(text);
        for (int edits = 1 + random.nextInt(3); edits > 0 && altered.length() > 1; edits--) {
            int at = random.nextInt(altered.length());
            char letter = alphabet.charAt(random.nextInt(alphabet.length()));
            switch (random.nextInt(6)) {
                case 0 -> altered.setCharAt(at, letter);
                case 1 -> altered.insert(at, letter);
                case 2 -> altered.deleteCharAt(at);
                case 3 -> altered.setLength(at);
                case 4 -> altered.insert(at, altered.substring(at / 2, at));
                default -> {
                    char[] tail = altered.substring(at).toCharArray();
                    int swap = random.nextInt(tail.length);
                    char first = tail[0];
                    tail[0] = tail[swap];
                    tail[swap] = first;
                    altered.setLength(at);
                    altered.append(tail);
                }
            }
        }
        return altered.toString();
    }
}
