package io.signalbox.decide;

import io.signalbox.policy.PolicyComparison;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicySimulations;
import io.signalbox.policy.PolicySimulator.Trial;
import io.signalbox.policy.SimulationState;
import io.signalbox.policy.SimulationState.Asked;
import io.signalbox.policy.SimulationState.Stage;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.PolicyBook;
import io.signalbox.store.Replay;
import io.signalbox.store.TrialBook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One simulation at a time, on one thread that takes a share of a processor; where it stands, every node can tell. */
final class BackgroundSimulations implements PolicySimulations, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundSimulations.class);

    /** How far before its time signals are gone through to learn how subjects stood. */
    private static final Duration BEFORE = Duration.ofDays(90);

    private static final Duration WRITTEN_EVERY = Duration.ofSeconds(2);
    private static final Duration SILENT = Duration.ofMinutes(2);

    private final Simulator simulator;
    private final PublishedPolicies policies;
    private final PolicyBook book;
    private final TrialBook trials;
    private final Replay replay;
    private final double share;
    private final Clock clock;
    private final ExecutorService background;

    BackgroundSimulations(
            PublishedPolicies policies,
            PolicyBook book,
            TrialBook trials,
            Replay replay,
            double share,
            ZoneId zone,
            Clock clock) {
        this.simulator = new Simulator(zone, clock);
        this.policies = policies;
        this.book = book;
        this.trials = trials;
        this.replay = replay;
        this.share = share;
        this.clock = clock;
        this.background = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "policy-simulation");
            thread.setDaemon(true);
            thread.setPriority(Thread.MIN_PRIORITY);
            return thread;
        });
    }

    @Override
    public Asked begin(Request request, String by) {
        Map<String, String> files = request.files();
        if (files == null) {
            String versionId = String.valueOf(request.versionId());
            files = book.files(versionId).orElse(null);
            if (files == null) {
                return new Asked.Unknown(versionId);
            }
        }
        List<PolicyProblem> unfit = PolicyGate.unfit(files);
        if (!unfit.isEmpty()) {
            return new Asked.Refused(unfit);
        }
        Policy draft;
        try {
            draft = PolicyCompiler.compile(PolicyGate.files("the draft", files));
        } catch (BrokenPolicyException e) {
            return new Asked.Refused(e.problems());
        }
        Policy against = request.againstActive() ? policies.get() : null;
        Instant now = clock.instant();
        Instant from = now.minus(Duration.ofDays(request.days()));
        SimulationState simulation = new SimulationState(
                "sim-" + UUID.randomUUID(),
                draft.version(),
                against == null ? "recorded" : against.version(),
                by,
                now,
                now,
                Stage.RUNNING,
                0,
                replay.count(from, now),
                null,
                null);
        if (!trials.begin(simulation, now.minus(SILENT))) {
            return new Asked.Busy();
        }
        // Subjects are kept by their keys: whoever may see names is told them when looking, and an erasure holds.
        Trial trial = new Trial(files, null, false, share);
        background.execute(() -> run(simulation, draft, against, trial, from));
        return new Asked.Begun(simulation);
    }

    private void run(SimulationState simulation, Policy draft, @Nullable Policy against, Trial trial, Instant from) {
        Instant[] written = {simulation.startedAt()};
        try {
            PolicyComparison result = simulator
                    .run(
                            draft,
                            against,
                            trial,
                            replay.signals(from.minus(BEFORE), from),
                            replay.signals(from, simulation.startedAt()),
                            seen -> {
                                if (written[0].plus(WRITTEN_EVERY).isBefore(clock.instant())) {
                                    written[0] = clock.instant();
                                    if (!trials.update(at(simulation, Stage.RUNNING, seen, null, null))) {
                                        return false;
                                    }
                                }
                                return !background.isShutdown();
                            })
                    .comparison();
            boolean ignored = trials.update(
                    background.isShutdown()
                            ? at(simulation, Stage.FAILED, result.signals(), null, "The node was shut down")
                            : at(
                                    simulation,
                                    Stage.DONE,
                                    result.signals() + result.skipped() + result.failed(),
                                    result,
                                    null));
        } catch (RuntimeException e) {
            LOG.warn("A simulation failed", e);
            fail(simulation, e);
        }
    }

    private void fail(SimulationState simulation, RuntimeException cause) {
        try {
            boolean ignored = trials.update(at(
                    simulation,
                    Stage.FAILED,
                    0,
                    null,
                    "It failed with " + cause.getClass().getSimpleName()));
        } catch (LedgerUnavailableException e) {
            LOG.warn("That the simulation {} failed could not be written", simulation.id(), e);
        }
    }

    private SimulationState at(
            SimulationState simulation,
            Stage stage,
            long seen,
            @Nullable PolicyComparison result,
            @Nullable String failure) {
        return new SimulationState(
                simulation.id(),
                simulation.versionId(),
                simulation.against(),
                simulation.by(),
                simulation.startedAt(),
                clock.instant(),
                stage,
                seen,
                Math.max(simulation.of(), seen),
                result,
                failure);
    }

    @Override
    public Optional<SimulationState> simulation(String id) {
        return trials.simulation(id);
    }

    /** One that runs stops at its next rest, and says so. */
    @Override
    public void close() {
        List<Runnable> ignored = background.shutdownNow();
    }
}
