package io.signalbox.normalize;

import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reading one verified SET into the model that rules see, on one core. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
public class NormalizeBenchmark {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final NormalizeSet step = new NormalizeSet();
    private final VerifiedSet set = new VerifiedSet(
            "https://idp.acme.example",
            "jti-1",
            NOW,
            List.of("https://signals.acme.example"),
            null,
            null,
            new SubjectIdentifier("email", Map.of("email", "ada@acme.example")),
            Map.of(
                    "https://schemas.openid.net/secevent/caep/event-type/risk-level-change",
                    Map.of(
                            "event_timestamp", NOW.getEpochSecond(),
                            "principal", "USER",
                            "current_level", "HIGH",
                            "previous_level", "LOW")),
            "header.payload.signature",
            NOW);

    @Benchmark
    public Signal normalizeSet() {
        return step.normalize(set);
    }
}
