package io.signalbox.verify;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.ingest.poll.AnyPollAnswer;
import io.signalbox.normalize.NormalizeSet;
import io.signalbox.set.Entrance;
import io.signalbox.set.Verdict;
import io.signalbox.testing.Catalogue;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Quiet;
import io.signalbox.testing.Sets;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Any bytes, handed to us in each way that bytes get to us: as a whole token, as a header, as the claims of a SET and of a
 * logout token that a trusted issuer signed, and as the answer to a poll. All of them must come out as a verdict.
 */
public final class HostileInput implements AutoCloseable {

    /** Claims of good SETs of every type that is known: what is altered to make hostile ones. */
    static Stream<byte[]> claims() {
        return Catalogue.entries().stream()
                .map(entry -> Wire.write(entry.example()).getBytes(StandardCharsets.UTF_8));
    }

    /** Whatever lies in a folder, as it lies there. */
    static Stream<byte[]> files(Path folder) throws IOException {
        List<byte[]> contents = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                contents.add(Files.readAllBytes(file));
            }
        }
        return contents.stream();
    }

    private final Quiet quiet = new Quiet(VerifySet.class);
    private final FakeTransmitter issuer = FakeTransmitter.start();
    private final LoopbackHttp http = new LoopbackHttp();
    private final Bench bench;
    private final Sets set;
    private final NormalizeSet normalize = new NormalizeSet();

    public HostileInput() {
        set = issuer.set(Bench.START).signedBy(issuer.p256(), JWSAlgorithm.ES256);
        // Of keys that are at hand, a kid that is not among them is known to be wrong at once.
        String keys = new JWKSet(issuer.p256().toPublicJWK()).toString();
        bench = Bench.trusting(
                http,
                CryptoProvider.jdk(),
                Bench.START,
                Bench.entry(
                        issuer,
                        Map.of(
                                "jwks-uri", "",
                                "jwks", keys,
                                "algorithms", "ES256",
                                "logout-typ-optional", "true",
                                "logout-exp-optional", "true")));
    }

    /** @throws AssertionError if any of them comes out as anything but a verdict, or as a fault of ours */
    public void isDecided(byte[] input) {
        Entrance logout = Entrance.ofLogout("sso", issuer.issuer(), null);
        decided(bench.verify(new String(input, StandardCharsets.ISO_8859_1)));
        decided(bench.verify(set.rawHeader(input)));
        decided(bench.verify(set.rawClaims(input)));
        decided(bench.verify(set.rawClaims(input).header("typ", "logout+jwt").compact(), logout));
        AnyPollAnswer.read(input);
    }

    /** What was accepted goes on to the catalogue, which must read it whatever it holds. */
    private void decided(Verdict verdict) {
        if (verdict instanceof Verdict.Undecided undecided) {
            throw new AssertionError("undecided: " + undecided.why());
        }
        if (verdict instanceof Verdict.Accepted accepted
                && normalize.normalize(accepted.set()).events().isEmpty()) {
            throw new AssertionError("accepted, and nothing in it");
        }
    }

    @Override
    public void close() {
        bench.close();
        http.close();
        issuer.close();
        quiet.close();
    }
}
