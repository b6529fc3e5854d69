package io.signalbox.decide;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Step;
import io.signalbox.action.Decision;
import io.signalbox.action.Targets;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import io.signalbox.policy.PolicyComparison;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.ShadowBoard;
import io.signalbox.policy.ShadowRun;
import io.signalbox.store.PolicyBook;
import io.signalbox.store.TrialBook;
import io.signalbox.store.TrialBook.WouldHave;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a whole policy decide beside the active one, on a thread of its own. The decision that counts waits for nothing
 * here: what the shadow has no room for is dropped, what fails is counted, and neither is seen by the flow.
 */
@Step("shadowPolicy")
public final class ShadowPolicy implements ShadowBoard, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShadowPolicy.class);

    private static final int ROOM = 2_000;
    private static final int BATCH = 200;
    /** Rows that are kept of it; the oldest go. */
    private static final int KEPT = 100_000;

    private static final int SWEPT = 2_000;
    /** Of how many signals a comparison is made, the last that were decided. */
    private static final int COMPARED = 10_000;

    private static final Targets ONE = kind -> List.of("any");

    private record Waiting(Signal signal, Map<String, Posture> postures, Decision decision) {}

    private record InShadow(ShadowRun run, Policy policy, DecideActions step) {}

    private final PublishedPolicies policies;
    private final PolicyBook book;
    private final TrialBook trials;
    private final Recollection recollection;
    private final PolicyProperties properties;
    private final ZoneId zone;
    private final Clock clock;
    private final BlockingQueue<Waiting> waiting = new ArrayBlockingQueue<>(ROOM);
    private final Counter decided;
    private final Counter failed;
    private final Counter dropped;
    private final Thread thread;

    /** Absent if none is in shadow, or this node cannot use it. */
    private volatile @Nullable InShadow shadow;

    private volatile boolean closed;

    ShadowPolicy(
            PublishedPolicies policies,
            PolicyBook book,
            TrialBook trials,
            Recollection recollection,
            PolicyProperties properties,
            DecideProperties decide,
            Clock clock,
            MeterRegistry meters) {
        this.recollection = recollection;
        this.zone = decide.zoneId();
        this.policies = policies;
        this.book = book;
        this.trials = trials;
        this.properties = properties;
        this.clock = clock;
        this.decided = counter(meters, "decided");
        this.failed = counter(meters, "failed");
        this.dropped = counter(meters, "dropped");
        this.thread = new Thread(this::run, "policy-shadow");
        this.thread.setDaemon(true);
        this.thread.setPriority(Thread.MIN_PRIORITY);
        this.thread.start();
    }

    private static Counter counter(MeterRegistry meters, String outcome) {
        return Counter.builder("signalbox.policy.shadow")
                .description("Signals that the policy in shadow decided, failed on, or had no room for")
                .tag("outcome", outcome)
                .register(meters);
    }

    /**
     * Has the policy in shadow decide the same signal, later. Never waits and never fails.
     *
     * @param postures as the decision that counts saw them
     * @param decision the decision that counts
     */
    public void watch(Signal signal, Map<String, Posture> postures, Decision decision) {
        if (shadow != null
                && signal.set().standing().counts()
                && !waiting.offer(new Waiting(signal, postures, decision))) {
            dropped.increment();
        }
    }

    /** Whether it needs to know how subjects stand. */
    boolean asksForPosture() {
        InShadow now = shadow;
        return now != null && now.policy().asksForPosture();
    }

    private void run() {
        List<Waiting> batch = new ArrayList<>(BATCH);
        while (!closed) {
            try {
                batch.add(waiting.take());
                waiting.drainTo(batch, BATCH - 1);
                InShadow now = shadow;
                if (now != null) {
                    record(now, batch);
                }
            } catch (InterruptedException e) {
                // By close alone, which has said so before.
                continue;
            } catch (RuntimeException e) {
                failed.increment(batch.size());
                LOG.warn("What the policy in shadow would have decided could not be recorded: {}", e.getMessage());
            } finally {
                batch.clear();
            }
        }
    }

    private void record(InShadow now, List<Waiting> batch) {
        List<WouldHave> rows = new ArrayList<>();
        for (Waiting each : batch) {
            try {
                DecisionForm after = DecisionForm.of(now.step().decide(each.signal(), each.postures()));
                rows.add(new WouldHave(
                        each.signal().id(),
                        clock.instant(),
                        List.copyOf(after.rules()),
                        List.copyOf(after.kinds().keySet()),
                        DecisionForm.between(each.signal(), DecisionForm.of(each.decision()), after, false)));
            } catch (RuntimeException e) {
                failed.increment();
                LOG.debug("The policy in shadow failed on {}", each.signal().id(), e);
            }
        }
        if (!rows.isEmpty()) {
            trials.wouldHave(now.run().versionId(), rows);
            decided.increment(rows.size());
        }
    }

    @Override
    public Asked on(String versionId, String by) {
        if (book.version(versionId).isEmpty()) {
            return new Asked.Unknown(versionId);
        }
        if (policies.compiled(versionId).isEmpty()) {
            return new Asked.Refused(
                    List.of(PolicyProblem.error(versionId, null, 0, "cannot be used by this release any more")));
        }
        ShadowRun run = new ShadowRun(versionId, Instant.ofEpochMilli(clock.millis()), by);
        trials.shadow(run);
        LOG.info("The policy {} decides in shadow from here on, by {}", versionId, by);
        follow();
        return new Asked.On(run);
    }

    @Override
    public boolean off(String by) {
        boolean was = trials.endShadow();
        if (was) {
            LOG.info("No policy is in shadow any more, by {}", by);
        }
        follow();
        return was;
    }

    /** Looks which policy is in shadow, by the word of all nodes. */
    void follow() {
        ShadowRun run = trials.shadow().orElse(null);
        InShadow now = shadow;
        if (run == null) {
            shadow = null;
        } else if (now == null || !now.run().equals(run)) {
            shadow = policies.compiled(run.versionId())
                    .map(policy ->
                            new InShadow(run, policy, new DecideActions(ONE, clock, () -> policy, recollection, zone)))
                    .orElse(null);
        }
    }

    /** A batch at a time, so that nobody's write waits long. */
    void sweep() {
        int gone = trials.forgetWouldHave(clock.instant().minus(properties.shadowRetention()), KEPT, SWEPT);
        while (gone == SWEPT && !closed) {
            gone = trials.forgetWouldHave(clock.instant().minus(properties.shadowRetention()), KEPT, SWEPT);
        }
    }

    @Override
    public Optional<ShadowRun> inShadow() {
        return trials.shadow();
    }

    @Override
    public Optional<PolicyComparison> comparison() {
        if (trials.shadow().isEmpty()) {
            return Optional.empty();
        }
        DifferenceTally tally = new DifferenceTally();
        for (WouldHave each : trials.wouldHave(COMPARED)) {
            tally.add(each.rules(), each.kinds(), each.difference());
        }
        return Optional.of(tally.comparison());
    }

    /** What still waits is given up: it is decided, and has happened. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
