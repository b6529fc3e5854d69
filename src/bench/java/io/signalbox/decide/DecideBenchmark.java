package io.signalbox.decide;

import io.signalbox.action.Decision;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import java.util.Map;
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

/**
 * One decision on one core: with the policy as shipped, and with generated rules of which one fits each signal; with and
 * without a look-up of how its subject stands.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 3)
public class DecideBenchmark {

    /** The shipped policy, or how many rules are generated. */
    @Param({"shipped", "10", "100", "500"})
    String rules = "";

    /** Whether each decision looks up how its subject stands, in a ledger on disk, and each generated rule asks for it. */
    @Param({"false", "true"})
    boolean posture;

    private final Signal[] signals = new Signal[256];

    @SuppressWarnings("NullAway.Init") // made in the set-up
    private DecideActions step;

    @SuppressWarnings("NullAway.Init") // made in the set-up
    private PostureLedger ledger;

    private int next;

    @Setup(Level.Trial)
    public void compile() {
        ledger = PostureLedger.open();
        boolean shipped = rules.equals("shipped");
        int count = shipped ? 0 : Integer.parseInt(rules);
        step = Policies.deciding(shipped ? Policies.shipped() : Policies.policy(generated(count, posture)));
        for (int i = 0; i < signals.length; i++) {
            signals[i] = shipped
                    ? Policies.highRiskOfAUser()
                    : Policies.signal(
                            "caep/risk-level-change",
                            Map.of("principal", "USER", "current_level", "HIGH", "risk_reason", reason(i % count)));
        }
        for (Signal signal : signals) {
            if (step.decide(signal, known(signal)).actions().isEmpty()) {
                throw new IllegalStateException("a signal of this benchmark fits no rule");
            }
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        ledger.close();
    }

    private Map<String, Posture> known(Signal signal) {
        return posture ? ledger.posture(signal) : Map.of();
    }

    static String generated(int count, boolean posture) {
        StringBuilder drl = new StringBuilder();
        for (int i = 0; i < count; i++) {
            drl.append("""
                    rule "generated %d" when RiskLevelChange( currentLevel == RiskLevel.HIGH, riskReason == "%s" ) %s \
                    then actions.note("generated %d"); end
                    """.formatted(i, reason(i), posture ? "Posture( risk == RiskLevel.MEDIUM )" : "", i));
        }
        return drl.toString();
    }

    static String reason(int which) {
        return "REASON_" + which;
    }

    @Benchmark
    public Decision decideActions() {
        Signal signal = signals[next++ & 255];
        return step.decide(signal, known(signal));
    }
}
