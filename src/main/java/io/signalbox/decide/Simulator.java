package io.signalbox.decide;

import io.signalbox.action.Decision;
import io.signalbox.action.Targets;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import io.signalbox.policy.PolicySimulator;
import io.signalbox.policy.Replayed;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The compiled engine that decides signals, over signals that were. */
final class Simulator implements PolicySimulator {

    /** Signals between two rests. */
    private static final int STRIDE = 200;

    /** Which targets there are is no matter of policy: one does everything, so that each request is one action. */
    private static final Targets ONE = kind -> List.of("any");

    private final ZoneId zone;
    private final Clock clock;

    /** @param zone whose clock on the wall rules read */
    Simulator(ZoneId zone, Clock clock) {
        this.zone = zone;
        this.clock = clock;
    }

    @Override
    public Map<String, String> read(String folder) {
        Path path = Path.of(folder);
        if (!Files.isDirectory(path)) {
            throw new IllegalArgumentException("There is no folder " + folder);
        }
        try {
            return PolicyFiles.load(path).contents();
        } catch (UncheckedIOException e) {
            throw new IllegalArgumentException("The folder " + folder + " cannot be read", e);
        }
    }

    @Override
    public Simulated simulate(Trial trial, Iterator<Replayed> before, Iterator<Replayed> signals, Progress progress) {
        Policy draft;
        Policy against = null;
        try {
            draft = compiled(trial.draft());
            if (trial.against() != null) {
                against = compiled(trial.against());
            }
        } catch (BrokenPolicyException e) {
            return new Simulated.Refused(e.problems());
        }
        return new Simulated.Done(
                run(draft, against, trial, before, signals, progress).comparison());
    }

    /** A draft need not have all its cases yet. */
    private static Policy compiled(Map<String, String> files) {
        return PolicyCompiler.compile(PolicyGate.files("the draft", files));
    }

    DifferenceTally run(
            Policy draft,
            @Nullable Policy against,
            Trial trial,
            Iterator<Replayed> before,
            Iterator<Replayed> signals,
            Progress progress) {
        DifferenceTally tally = new DifferenceTally();
        PostureFold postures = new PostureFold();
        HistoryFold histories = new HistoryFold();
        DecideActions after = deciding(draft, histories);
        DecideActions other = against == null ? null : deciding(against, histories);
        Throttle throttle = new Throttle(trial.share());
        long seen = 0;
        boolean more = true;
        while (more && before.hasNext()) {
            Replayed each = before.next();
            if (each.decision() != null) {
                postures.remember(each.signal());
                histories.remember(each.signal());
            }
            if (++seen % STRIDE == 0) {
                more = throttle.rest() && progress.seen(0);
            }
        }
        seen = 0;
        while (more && signals.hasNext()) {
            Replayed each = signals.next();
            Signal signal = each.signal();
            Map<String, Posture> stood = postures.before(signal);
            Decision compared = other == null ? each.decision() : decision(other, signal, stood);
            if (compared == null) {
                tally.skip();
            } else {
                compare(tally, signal, compared, decision(after, signal, stood), trial.names());
            }
            // A parked signal left nothing known, then as now.
            if (each.decision() != null || other != null) {
                postures.remember(signal);
            }
            histories.remember(signal);
            if (++seen % STRIDE == 0) {
                more = throttle.rest() && progress.seen(seen);
            }
        }
        boolean ignored = progress.seen(seen);
        return tally;
    }

    private DecideActions deciding(Policy policy, HistoryFold histories) {
        return new DecideActions(ONE, clock, () -> policy, histories, zone);
    }

    private static @Nullable Decision decision(DecideActions step, Signal signal, Map<String, Posture> stood) {
        try {
            return step.decide(signal, stood);
        } catch (PolicyFailedException e) {
            return null;
        }
    }

    static void compare(
            DifferenceTally tally, Signal signal, Decision before, @Nullable Decision after, boolean names) {
        if (after == null) {
            tally.fail();
            return;
        }
        DecisionForm then = DecisionForm.of(after);
        tally.add(
                then.rules(),
                then.kinds().keySet(),
                DecisionForm.between(signal, DecisionForm.of(before), then, names));
    }

    /** Rests so long after each stride that the work has no more than its share of a processor. */
    private static final class Throttle {

        private final CountDownLatch never = new CountDownLatch(1);
        private final double share;
        private long since = System.nanoTime();

        Throttle(double share) {
            this.share = share;
        }

        /** @return false if there is no time left: the node shuts down */
        boolean rest() {
            long worked = System.nanoTime() - since;
            try {
                boolean ignored = never.await((long) (worked * (1 - share) / share), TimeUnit.NANOSECONDS);
                since = System.nanoTime();
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
