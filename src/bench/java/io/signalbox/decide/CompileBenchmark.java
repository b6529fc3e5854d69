package io.signalbox.decide;

import io.signalbox.action.Decision;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * A policy from its files to its first decision, in a process that has compiled one before ({@code -wi 0} shows a cold one);
 * and the memory that each version holds, heap and classes, seen over several that are kept.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
public class CompileBenchmark {

    /** The shipped policy, or how many rules are generated. */
    @Param({"shipped", "10", "100", "500"})
    String rules = "";

    @SuppressWarnings("NullAway.Init") // made in the set-up
    private PolicyFiles files;

    private final List<Policy> kept = new ArrayList<>();

    /** In KiB of what is held. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Held {
        public long kibibytesHeld;
    }

    @Setup(Level.Trial)
    public void read() {
        files = rules.equals("shipped")
                ? PolicyFiles.load(Path.of("rules"))
                : Policies.files(DecideBenchmark.generated(Integer.parseInt(rules), true));
    }

    @Benchmark
    public Decision compileAndDecide() {
        return Policies.deciding(PolicyCompiler.compile(files)).decide(Policies.highRiskOfAUser(), Map.of());
    }

    /** Its time means nothing; what counts is {@code kibibytesHeld}, of each version beside the others. */
    @Benchmark
    public int memory(Held held) {
        long before = used();
        kept.add(PolicyCompiler.compile(files));
        held.kibibytesHeld = (used() - before) / 1024;
        return kept.size();
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .map(MemoryPoolMXBean::getUsage)
                .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
                .sum();
    }
}
