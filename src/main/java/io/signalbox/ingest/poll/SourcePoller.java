package io.signalbox.ingest.poll;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Door;
import io.signalbox.ingest.ConfiguredSources.Polling;
import io.signalbox.ingest.ConfiguredSources.Source;
import io.signalbox.ingest.SourceReports;
import io.signalbox.ingest.SourceReports.SourceState;
import io.signalbox.set.RawSet;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import io.signalbox.store.Lease;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.SourceRecord.Poll;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls one source, turn by turn. Three kinds of failure are told apart:
 *
 * <ul>
 *   <li>the transmitter's: a SET that is refused is reported to it with the code that a pushed one would have got, and
 *       does not come again;
 *   <li>ours: a SET that cannot be kept is not spoken of, so that it comes again; while the door is shut, nothing is
 *       fetched at all;
 *   <li>not yet: a SET that cannot be judged now is not spoken of either.
 * </ul>
 *
 * <p>A SET is acknowledged only after it was kept. What a node that is killed in between had kept comes once more and is
 * recognized in the ledger.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8936#section-2.4">RFC 8936, section 2.4</a>
 */
final class SourcePoller implements Attended {

    private static final Logger LOG = LoggerFactory.getLogger(SourcePoller.class);

    private static final Duration SHUT_FIRST = Duration.ofSeconds(1);
    private static final Duration SHUT_LONGEST = Duration.ofSeconds(15);

    /** How long a last word to the transmitter may take, when others wait for us to end. */
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final Source source;
    private final Polling polling;
    private final String node;
    private final PollClient client;
    private final Intake intake;
    private final SourceLease lease;
    private final Door door;
    private final SourceReports reports;
    private final ExecutorService keepers;
    private final Clock clock;
    private final MeterRegistry meters;
    private final BackOff failures;
    private final BackOff shut;

    private Receipts receipts = Receipts.NONE;
    private int asking;
    private @Nullable SourceState state;
    private @Nullable String fault;
    private Instant since = Instant.EPOCH;
    private @Nullable Instant polledAt;
    private volatile boolean waiting;
    private volatile boolean ended;

    /**
     * What a poller works with.
     *
     * @param node this node's name, for operators
     * @param keepers keep several SETs at once, so that they share a sync of the disk
     * @param random from 0 to 1
     */
    record Tools(
            String node,
            Intake intake,
            Door door,
            SourceReports reports,
            ExecutorService keepers,
            Clock clock,
            MeterRegistry meters,
            DoubleSupplier random) {}

    SourcePoller(Source source, Polling polling, PollClient client, SourceLease lease, Tools tools) {
        this.source = source;
        this.polling = polling;
        this.client = client;
        this.lease = lease;
        this.node = tools.node();
        this.intake = tools.intake();
        this.door = tools.door();
        this.reports = tools.reports();
        this.keepers = tools.keepers();
        this.clock = tools.clock();
        this.meters = tools.meters();
        this.failures = new BackOff(polling.backOff(), polling.longestBackOff(), tools.random());
        this.shut = new BackOff(SHUT_FIRST, SHUT_LONGEST, tools.random());
        this.asking = polling.maxEvents();
        Gauge.builder("signalbox.source.polling", lease, mine -> mine.held().isPresent() ? 1 : 0)
                .description("1 on the node that polls this source")
                .tag("source", source.name())
                .register(meters);
    }

    /**
     * One turn: a poll, if there is to be one, and all that follows from it.
     *
     * @return how long to wait until the next
     */
    @Override
    public Duration turn() {
        String why = door.shut();
        if (why != null) {
            return leaveToOthers(why);
        }
        Optional<Lease> held;
        try {
            held = lease.claim();
        } catch (LedgerUnavailableException e) {
            // Not known who polls; and what the ledger cannot record had better not come in.
            LOG.debug("The lease of the source {} cannot be asked for", source.name(), e);
            say();
            return shut.pause(null);
        }
        if (held.isEmpty()) {
            // How it stood when this node last polled it is not how it stands.
            state = null;
            say();
            return lease.patience();
        }
        return poll(held.get());
    }

    /** What cannot be kept here may be kept by another node, so the source is left to it. */
    private Duration leaveToOthers(String why) {
        lease.held().ifPresent(held -> {
            note(held, SourceState.SHUT, "No SETs are taken: " + why);
            reports.write();
        });
        say();
        lease.release();
        return shut.pause(null);
    }

    private Duration poll(Lease held) {
        Instant asked = clock.instant();
        waiting = true;
        PollAnswer answer = client.poll(asking, receipts);
        waiting = false;
        if (ended && !(answer instanceof PollAnswer.Sets)) {
            // The connection was taken away from under it; that says nothing about the source.
            return Duration.ZERO;
        }
        count(answer);
        if (answer instanceof PollAnswer.Sets sets) {
            return take(held, sets, asked);
        }
        if (answer instanceof PollAnswer.Throttled throttled) {
            note(held, SourceState.THROTTLED, "The poll endpoint answers 429: it asks us to come less often");
            return failures.pause(throttled.retryAfter());
        }
        if (answer instanceof PollAnswer.TooLarge large && asking > 1) {
            LOG.info(
                    "The source {} gave more than {} bytes for {} SETs; it is asked for half of them",
                    source.name(),
                    large.maxBytes(),
                    asking);
            asking = asking / 2;
            return Duration.ZERO;
        }
        if (answer instanceof PollAnswer.TooLarge large) {
            note(
                    held,
                    SourceState.FAULTY,
                    "The answer to a poll for one SET is longer than " + large.maxBytes() + " bytes");
            return failures.pause(null);
        }
        if (answer instanceof PollAnswer.Rejected rejected) {
            // Without receipts the SETs come once more, are recognized and acknowledged anew; with them, nothing ever
            // might.
            receipts = Receipts.NONE;
            note(held, SourceState.FAULTY, rejected.why());
            return failures.pause(null);
        }
        PollAnswer.Failed failed = (PollAnswer.Failed) answer;
        note(held, SourceState.FAULTY, failed.why());
        return failures.pause(failed.retryAfter());
    }

    private Duration take(Lease held, PollAnswer.Sets answer, Instant asked) {
        polledAt = clock.instant();
        Receipts told = receipts;
        Taken taken = receive(answer.sets());
        receipts = taken.receipts();
        asking = Math.min(polling.maxEvents(), asking + Math.max(1, asking / 10));
        if (taken.notKept()) {
            note(
                    held,
                    SourceState.SHUT,
                    "SETs could not be kept here and are left with the transmitter; the log says why");
            return shut.pause(null);
        }
        shut.reset();
        boolean news = !receipts.isEmpty()
                && !(told.cover(receipts.kept())
                        && told.cover(receipts.refused().keySet()));
        if (taken.notYet() != null) {
            note(
                    held,
                    SourceState.FAULTY,
                    "SETs cannot be judged now and are left with the transmitter: "
                            + taken.notYet().why());
            return news ? Duration.ZERO : bounded(taken.notYet().retryAfter());
        }
        if (!answer.sets().isEmpty() && !news) {
            note(held, SourceState.FAULTY, "The transmitter gives SETs again of which it was told what became of them");
            return failures.pause(null);
        }
        failures.reset();
        note(held, SourceState.UP, null);
        if (!answer.sets().isEmpty()) {
            // R-26; and what was kept is told to the transmitter by that.
            return Duration.ZERO;
        }
        Duration left = Duration.between(clock.instant(), asked.plus(polling.interval()));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** It is known when to try again, so the pauses do not grow: good SETs may come behind those that must wait. */
    private Duration bounded(Duration asked) {
        Duration atLeast = asked.compareTo(polling.interval()) < 0 ? polling.interval() : asked;
        return atLeast.compareTo(polling.longestBackOff()) < 0 ? atLeast : polling.longestBackOff();
    }

    /**
     * What became of the SETs of one answer.
     *
     * @param notYet why some could not be judged; absent if all could
     * @param notKept whether some were good and could not be kept
     */
    private record Taken(Receipts receipts, Verdict.@Nullable Undecided notYet, boolean notKept) {}

    /** Side by side, but those of one subject one after the other, in the order of the answer (invariant I-4). */
    private Taken receive(Map<String, @Nullable String> sets) {
        Instant receivedAt = clock.instant();
        Receipts.Pad pad = new Receipts.Pad();
        Map<String, List<Good>> bySubject = new LinkedHashMap<>();
        Verdict.Undecided notYet = null;
        for (Map.Entry<String, @Nullable String> entry : sets.entrySet()) {
            Verdict verdict = judge(entry.getKey(), entry.getValue(), receivedAt);
            if (verdict instanceof Verdict.Accepted accepted) {
                bySubject
                        .computeIfAbsent(accepted.set().orderingKey(), key -> new ArrayList<>())
                        .add(new Good(entry.getKey(), accepted));
                continue;
            }
            reports.note(source.name(), verdict);
            if (verdict instanceof Verdict.Refused refused) {
                pad.refused(entry.getKey(), refused);
            } else if (verdict instanceof Verdict.Undecided undecided) {
                notYet = undecided;
            }
        }
        boolean all = keep(bySubject.values(), pad);
        return new Taken(pad.receipts(), notYet, !all);
    }

    /** A SET that may be kept, and the name that the transmitter has for it. */
    private record Good(String jti, Verdict.Accepted accepted) {}

    private Verdict judge(String jti, @Nullable String compact, Instant receivedAt) {
        if (compact == null) {
            return new Verdict.Refused(SetError.INVALID_REQUEST, "What stands there for the SET is no string");
        }
        Verdict verdict = intake.verify(new RawSet(compact, receivedAt, source.entrance()));
        return verdict instanceof Verdict.Accepted accepted
                        && !accepted.set().jti().equals(jti)
                //
                ? new Verdict.Refused(SetError.INVALID_REQUEST, "The name of the SET in the answer is not its jti")
                : verdict;
    }

    private boolean keep(Iterable<List<Good>> groups, Receipts.Pad pad) {
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        List<Callable<Boolean>> works = new ArrayList<>();
        for (List<Good> group : groups) {
            works.add(() -> {
                for (Good good : group) {
                    if (!keep(good, pad, failure)) {
                        return false;
                    }
                }
                return true;
            });
        }
        boolean all = true;
        try {
            for (Future<Boolean> work : keepers.invokeAll(works)) {
                all &= work.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            LOG.error("SETs of the source {} could not be kept", source.name(), e);
            return false;
        }
        RuntimeException first = failure.get();
        if (first != null) {
            LOG.warn(
                    "SETs of the source {} could not be kept and are left with its transmitter: {}: {}",
                    source.name(),
                    first.getClass().getSimpleName(),
                    first.getMessage());
        }
        return all;
    }

    /** After a first failure the rest is not tried: it would fail as well, and each try may take seconds. */
    private boolean keep(Good good, Receipts.Pad pad, AtomicReference<@Nullable RuntimeException> failure) {
        if (failure.get() != null) {
            return false;
        }
        try {
            intake.keep(good.accepted());
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
            return false;
        }
        pad.kept(good.jti());
        reports.note(source.name(), good.accepted());
        return true;
    }

    /** Tells the transmitter what it has yet to hear, when the next poll is not ours or far off. */
    @Override
    public void say() {
        if (receipts.isEmpty()) {
            return;
        }
        PollAnswer ignored = client.acknowledge(receipts, FAREWELL);
        // If it did not hear it, the SETs come once more.
        receipts = Receipts.NONE;
    }

    /** Whether it waits for its transmitter's answer. */
    @Override
    public boolean isWaiting() {
        return waiting;
    }

    /** There will be no other turn. */
    @Override
    public void end() {
        ended = true;
    }

    @Override
    public SourceLease lease() {
        return lease;
    }

    @Override
    public String name() {
        return source.name();
    }

    private void count(PollAnswer answer) {
        String outcome = answer instanceof PollAnswer.Sets
                ? "answered"
                : answer instanceof PollAnswer.Throttled ? "throttled" : "failed";
        meters.counter("signalbox.source.polls", "source", source.name(), "outcome", outcome)
                .increment();
    }

    private void note(Lease held, SourceState now, @Nullable String why) {
        boolean other = state != now;
        if (other || why != null && !why.equals(fault)) {
            if (why != null) {
                LOG.warn("The source {} is {}: {}", source.name(), now.word(), why);
            } else if (state != null) {
                LOG.info("The source {} is {} again", source.name(), now.word());
            }
        }
        if (other) {
            since = clock.instant();
        }
        state = now;
        fault = why;
        reports.polled(source.name(), new Poll(node, held.fence(), now.word(), since, why, polledAt));
    }
}
