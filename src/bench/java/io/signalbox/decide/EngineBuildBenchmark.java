package io.signalbox.decide;

import io.signalbox.action.Actions;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.drools.compiler.kie.builder.impl.DrlProject;
import org.drools.model.codegen.ExecutableModelProject;
import org.kie.api.KieBase;
import org.kie.api.KieServices;
import org.kie.api.builder.KieBuilder;
import org.kie.api.builder.KieFileSystem;
import org.kie.api.builder.Message;
import org.kie.api.builder.ReleaseId;
import org.kie.api.runtime.KieSession;
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
 * The two ways in which the engine builds rules, without anything of ours around them: as Java classes, which is what the
 * gateway does, and interpreted by MVEL, which only this profile has on its class path.
 */
@State(Scope.Benchmark)
@Fork(1)
public class EngineBuildBenchmark {

    @Param({"model", "mvel"})
    String build = "";

    @Param({"10", "100", "500"})
    int rules;

    @SuppressWarnings("NullAway.Init") // made in the set-up
    private KieBase compiled;

    private final Signal[] signals = new Signal[256];
    private final Posture posture = Posture.of(List.of(new Posture.Known("risk/USER", "MEDIUM", Instant.EPOCH, "sig")));

    /** Hears every request and does nothing. */
    private final Object actions = Proxy.newProxyInstance(
            Actions.class.getClassLoader(), new Class<?>[] {Actions.class}, (proxy, method, arguments) -> null);

    private int next;

    @Setup(Level.Trial)
    public void compile() {
        compiled = build();
        for (int i = 0; i < signals.length; i++) {
            signals[i] = Policies.signal(
                    "caep/risk-level-change",
                    Map.of(
                            "principal",
                            "USER",
                            "current_level",
                            "HIGH",
                            "risk_reason",
                            DecideBenchmark.reason(i % rules)));
        }
        if (fire() != 1) {
            throw new IllegalStateException("one rule fits each signal of this benchmark");
        }
    }

    private KieBase build() {
        KieServices kie = KieServices.get();
        ReleaseId id = kie.newReleaseId("bench", "rules", UUID.randomUUID().toString());
        KieFileSystem sources = kie.newKieFileSystem().generateAndWritePomXML(id);
        Policies.files(DecideBenchmark.generated(rules, true)).contents().forEach((path, content) -> {
            if (path.endsWith(".drl")) {
                sources.write("src/main/resources/" + path, content);
            }
        });
        try {
            KieBuilder builder = kie.newKieBuilder(sources, getClass().getClassLoader())
                    .buildAll(build.equals("mvel") ? DrlProject.class : ExecutableModelProject.class);
            List<Message> failures = builder.getResults().getMessages(Message.Level.ERROR);
            if (!failures.isEmpty()) {
                throw new IllegalStateException(failures.toString());
            }
            return kie.newKieContainer(id, getClass().getClassLoader()).getKieBase();
        } finally {
            kie.getRepository().removeKieModule(id);
        }
    }

    private int fire() {
        SecurityEvent event = signals[next++ & 255].events().get(0);
        KieSession session = compiled.newKieSession();
        try {
            session.setGlobal("actions", actions);
            session.insert(event);
            session.insert(event.payload());
            session.insert(posture);
            return session.fireAllRules();
        } finally {
            session.dispose();
        }
    }

    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    @Warmup(iterations = 3, time = 3)
    @Measurement(iterations = 3, time = 3)
    public int decide() {
        return fire();
    }

    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    @Warmup(iterations = 1)
    @Measurement(iterations = 5)
    public int compileAndDecide() {
        compiled = build();
        return fire();
    }
}
