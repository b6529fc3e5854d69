package io.signalbox.decide;

import io.signalbox.event.Signal;
import io.signalbox.policy.CaseResult;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicySimulator.Trial;
import io.signalbox.policy.Publication;
import io.signalbox.policy.Replayed;
import io.signalbox.policy.Surroundings;
import io.signalbox.policy.Swap;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.testing.InMemoryPolicyBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a security engineer waits for: 500 cases, the swap from one shipped policy to another, 100,000 events simulated. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class PolicyFiguresBenchmark {

    private static final int CASES = 500;
    private static final int EVENTS = 100_000;
    private static final int PEOPLE = 10_000;

    @SuppressWarnings("NullAway.Init") // made in the set-up
    private Policy shipped;

    @SuppressWarnings("NullAway.Init") // made in the set-up
    private List<PolicyCase> cases;

    @SuppressWarnings("NullAway.Init") // made in the set-up
    private PublishedPolicies policies;

    @SuppressWarnings("NullAway.Init") // made in the set-up
    private List<Replayed> recorded;

    private final List<String> versions = new ArrayList<>();
    private int swaps;

    @Setup(Level.Trial)
    public void publish() throws IOException {
        PolicyFiles files = PolicyFiles.load(Path.of("rules"));
        shipped = PolicyCompiler.compile(files);
        List<PolicyProblem> problems = new ArrayList<>();
        List<PolicyCase> all = CaseReader.of(files, problems);
        cases = Stream.generate(() -> all).flatMap(List::stream).limit(CASES).toList();
        recorded = IntStream.range(0, PEOPLE).mapToObj(this::highRisk).toList();
        policies = new PublishedPolicies(
                new InMemoryPolicyBook(),
                new RulesFolder(Files.createTempDirectory("policy-figures").resolve("none")),
                false,
                Surroundings.UNKNOWN,
                ZoneOffset.UTC,
                Policies.CLOCK);
        for (String remark : List.of("one", "other")) {
            Map<String, String> version = new TreeMap<>(files.contents());
            version.replaceAll((path, text) -> path.endsWith(".cases.yaml") ? text + "# " + remark + "\n" : text);
            if (!(policies.publish(version, "bench", "") instanceof Publication.Kept kept)) {
                throw new IllegalStateException("the shipped policy was refused");
            }
            versions.add(kept.version().id());
        }
    }

    private Replayed highRisk(int person) {
        Signal signal = Policies.signalAbout(
                new SubjectIdentifier("email", Map.of("email", person + "@acme.example")),
                Map.of(Policies.uri("caep/risk-level-change"), Map.of("principal", "USER", "current_level", "HIGH")));
        return new Replayed(signal, Policies.deciding(shipped).decide(signal, Map.of()));
    }

    /** Compiled before, as in {@code policy test}. */
    @Benchmark
    public long fiveHundredCases() {
        CaseRunner runner = new CaseRunner(shipped, ZoneOffset.UTC, Set.of());
        return cases.stream().map(runner::run).filter(CaseResult::passed).count();
    }

    /** From one version that was published lately to another: until the next signal is decided by it. */
    @Benchmark
    public int swap() {
        Swap done = policies.activate(versions.get(swaps++ % 2), "bench", "");
        return done.hashCode()
                + Policies.deciding(policies.get())
                        .decide(Policies.highRiskOfAUser(), Map.of())
                        .rules()
                        .size();
    }

    /** Without the ledger that they are read from ({@code SimulateCommandTest} reads as many); one thread. */
    @Benchmark
    public long hundredThousandEventsSimulated() {
        Iterator<Replayed> events = Stream.generate(() -> recorded)
                .flatMap(List::stream)
                .limit(EVENTS)
                .iterator();
        return new Simulator(ZoneOffset.UTC, Policies.CLOCK)
                .run(
                        shipped,
                        null,
                        new Trial(Map.of(), null, false, 1),
                        Collections.emptyIterator(),
                        events,
                        seen -> true)
                .comparison()
                .signals();
    }
}
