package io.signalbox.verify;

import com.nimbusds.jose.JWSAlgorithm;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.RawSet;
import io.signalbox.set.Verdict;
import io.signalbox.testing.FakeTransmitter;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The whole verify step on one core, keys known: SETs a second by algorithm and by who does the arithmetic. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 3)
public class VerifyBenchmark {

    @Param({"RS256", "ES256"})
    String algorithm = "";

    @Param({"native", "jdk"})
    String crypto = "";

    private final FakeTransmitter transmitter = FakeTransmitter.start();
    private final LoopbackHttp http = new LoopbackHttp();
    private final RawSet[] sets = new RawSet[256];
    private final Bench bench = Bench.trusting(http, new CryptoProvider(), transmitter);
    private final Bench benchOfTheJdk = Bench.trusting(http, CryptoProvider.jdk(), transmitter);
    private int next;

    @Setup(Level.Trial)
    public void sign() {
        JWSAlgorithm alg = JWSAlgorithm.parse(algorithm);
        for (int i = 0; i < sets.length; i++) {
            String compact = transmitter
                    .set(Bench.START)
                    .with("jti", "bench-" + i)
                    .signedBy(transmitter.key(alg), alg)
                    .compact();
            sets[i] = new RawSet(compact, Bench.START);
        }
        if (!(verifySet() instanceof Verdict.Accepted)) {
            throw new IllegalStateException("the SETs of this benchmark are not accepted");
        }
    }

    @Benchmark
    public Verdict verifySet() {
        RawSet set = sets[next++ & 255];
        return (crypto.equals("native") ? bench : benchOfTheJdk).verify(set.compact());
    }

    @TearDown(Level.Trial)
    public void stop() {
        bench.close();
        benchOfTheJdk.close();
        http.close();
        transmitter.close();
    }
}
