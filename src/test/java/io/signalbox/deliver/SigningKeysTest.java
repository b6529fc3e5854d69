package io.signalbox.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.signalbox.testing.MovableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys that sign, over their lives. */
class SigningKeysTest {

    private static final Duration OVERLAP = Duration.ofHours(2);

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();

    private SigningKeys keys(String... algorithms) {
        return new SigningKeys(
                "signalbox.transmitter.keys-file", folder.resolve("keys.json"), Set.of(algorithms), OVERLAP, clock);
    }

    @Test
    void theyAreMadeOnceForTheirOwnerAloneAndOutliveUs() throws Exception {
        String before = kid(keys("RS256").signed("{}", "RS256"));

        assertThat(kid(keys("RS256").signed("{}", "RS256"))).isEqualTo(before);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("keys.json"))))
                .isEqualTo("rw-------");
        JWK key = JWKSet.parse(keys("RS256").published()).getKeys().get(0);
        assertThat(key.isPrivate()).isFalse();
        JWSObject set = JWSObject.parse(keys("RS256").signed("{\"a\":1}", "RS256"));
        assertThat(set.verify(new RSASSAVerifier(key.toRSAKey()))).isTrue();
        assertThat(set.getPayload()).hasToString("{\"a\":1}");
        assertThat(set.getHeader().getType().getType()).as("T-90").isEqualTo("secevent+jwt");
    }

    @Test
    void aNewKeyIsPublishedBeforeItSignsAndAnOldOneAfter() throws Exception {
        SigningKeys keys = keys("ES256");
        String old = keys.signed("{}", "ES256");
        String next = keys.rotate(false).get(0);

        assertThat(kids(keys)).as("T-04").hasSize(2).contains(next);
        assertThat(kid(keys.signed("{}", "ES256"))).isEqualTo(kid(old));
        clock.forward(OVERLAP.plusSeconds(1));
        assertThat(kid(keys.signed("{}", "ES256"))).isEqualTo(next);
        assertThat(keys.isPublished(old)).isTrue();
        clock.forward(OVERLAP);
        assertThat(kids(keys)).containsExactly(next);
        assertThat(keys.isPublished(old)).as("signed anew from here on").isFalse();
    }

    @Test
    void aKeyThatIsNotToBeTrustedIsGoneAtOnce() throws Exception {
        SigningKeys keys = keys("ES256");
        String old = keys.signed("{}", "ES256");

        List<String> next = keys.rotate(true);

        assertThat(kids(keys)).containsExactlyElementsOf(next);
        assertThat(keys.isPublished(old)).isFalse();
        assertThat(kid(keys.signed("{}", "ES256"))).isEqualTo(next.get(0));
    }

    @Test
    void anotherNodesRotationIsSeen() throws Exception {
        SigningKeys one = keys("ES256");
        SigningKeys other = keys("ES256");
        String next = one.rotate(true).get(0);
        clock.forward(Duration.ofSeconds(10));

        assertThat(kid(other.signed("{}", "ES256"))).isEqualTo(next);
    }

    @Test
    void eachAlgorithmHasAKeyOfItsOwn() throws Exception {
        SigningKeys keys = keys("RS256", "PS256", "ES256", "EdDSA");

        assertThat(kids(keys)).hasSize(4);
        for (String algorithm : List.of("RS256", "PS256", "ES256", "EdDSA")) {
            assertThat(JWSObject.parse(keys.signed("{}", algorithm)).getHeader().getAlgorithm())
                    .hasToString(algorithm);
        }
        assertThat(keys.isOlderThan(Duration.ofDays(1))).isFalse();
        clock.forward(Duration.ofDays(2));
        assertThat(keys.isOlderThan(Duration.ofDays(1))).isTrue();
    }

    @Test
    void aFileThatHoldsSomethingElseStopsTheStart() throws IOException {
        Files.writeString(folder.resolve("keys.json"), "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> keys("RS256"))
                .withMessageContaining("signalbox.transmitter.keys-file")
                .withMessageNotContaining("c2VjcmV0");
    }

    private static String kid(String compact) throws ParseException {
        return JWSObject.parse(compact).getHeader().getKeyID();
    }

    private static List<String> kids(SigningKeys keys) throws ParseException {
        return JWKSet.parse(keys.published()).getKeys().stream()
                .map(JWK::getKeyID)
                .toList();
    }
}
