package io.signalbox.deliver;

import io.signalbox.store.Lease;
import io.signalbox.store.Leases;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.Outbox;
import io.signalbox.store.StreamBook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Gives each stream that has something to push its turn, on threads of its own. One node pushes for all. A stream has one
 * turn at a time, so that its order holds; streams whose receiver gave no answer last time take their turns on threads apart,
 * so that however many of them hang, the others are not held up (invariant I-5).
 */
final class Dispatcher implements SmartLifecycle {

    static final String LEASE = "deliver";

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** For what became due, or was written by another node; what this node writes wakes us at once. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final Duration HELD = Duration.ofSeconds(6);

    /** Before the ledger closes, and after nobody brings anything any more. */
    private static final int PHASE = 0;

    private final Outbox outbox;
    private final PushStream pushes;
    private final PollWaiters waiters;
    private final Upkeep upkeep;
    private final Leases leases;
    private final String node;
    private final int concurrency;
    private final Clock clock;
    private final Set<String> busy = ConcurrentHashMap.newKeySet();

    /** Stream to the number of its last change on this node: a turn ends where its stream is not what it was. */
    private final Map<String, Long> changes = new ConcurrentHashMap<>();

    private final AtomicLong lastChange = new AtomicLong();
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile boolean running;
    private @Nullable Lease lease;
    private @Nullable ScheduledExecutorService timer;
    private @Nullable ExecutorService healthy;
    private @Nullable ExecutorService suspects;

    Dispatcher(
            Outbox outbox,
            PushStream pushes,
            PollWaiters waiters,
            Upkeep upkeep,
            Leases leases,
            String node,
            int concurrency,
            Clock clock,
            StreamBook book) {
        this.outbox = outbox;
        this.pushes = pushes;
        this.waiters = waiters;
        this.upkeep = upkeep;
        this.leases = leases;
        this.node = node;
        this.concurrency = concurrency;
        this.clock = clock;
        outbox.onArrival(streams -> wake());
        book.onChange(id -> changes.put(id, lastChange.incrementAndGet()));
    }

    @Override
    public synchronized void start() {
        ScheduledExecutorService starting = Executors.newSingleThreadScheduledExecutor(named("deliver"));
        timer = starting;
        healthy = Executors.newFixedThreadPool(concurrency, named("push"));
        suspects = Executors.newFixedThreadPool(Math.max(1, concurrency / 4), named("push-again"));
        running = true;
        Object ignored =
                starting.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static java.util.concurrent.ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** On the thread of whoever wrote: nothing is done here but to remember. */
    private void wake() {
        ScheduledExecutorService current = timer;
        if (running && current != null && woken.compareAndSet(false, true)) {
            try {
                current.execute(this::look);
            } catch (RejectedExecutionException e) {
                LOG.debug("Nothing is delivered any more: this node is shutting down");
            }
        }
    }

    private void look() {
        woken.set(false);
        try {
            waiters.serve();
            if (isOurs()) {
                // Before they are read: what changes after that, a turn must not pass over.
                long asOf = lastChange.get();
                for (OutboundStream stream : outbox.toPush(clock.instant())) {
                    take(stream, asOf);
                }
                upkeep.due();
            }
        } catch (LedgerUnavailableException e) {
            LOG.debug("The outbox cannot be read now", e);
        } catch (RuntimeException e) {
            // The only thread that looks must not die of one stream.
            LOG.error("Delivery failed", e);
        }
    }

    private boolean isOurs() {
        Instant now = clock.instant();
        Lease held = lease;
        if (held == null || !held.expiresAt().minus(HELD.dividedBy(2)).isAfter(now)) {
            held = leases.claim(LEASE, node, now, now.plus(HELD)).orElse(null);
            if (held != null && lease == null) {
                LOG.info("This node delivers SETs from now on");
            }
            lease = held;
        }
        return held != null;
    }

    private void take(OutboundStream stream, long asOf) {
        ExecutorService pool = stream.pace().failures() > 0 ? suspects : healthy;
        if (pool == null || !running || !busy.add(stream.id())) {
            return;
        }
        try {
            pool.execute(() -> turn(stream, asOf));
        } catch (RejectedExecutionException e) {
            busy.remove(stream.id());
        }
    }

    private void turn(OutboundStream stream, long asOf) {
        try {
            pushes.push(stream, () -> running && changes.getOrDefault(stream.id(), 0L) <= asOf);
        } catch (LedgerUnavailableException e) {
            LOG.debug("The outbox cannot be written now; what was sent will be sent again", e);
        } catch (RuntimeException e) {
            LOG.error("Delivery on the stream {} failed", stream.id(), e);
        } finally {
            busy.remove(stream.id());
            wake();
        }
    }

    @Override
    public synchronized void stop() {
        running = false;
        for (ExecutorService each : new ExecutorService[] {timer, healthy, suspects}) {
            if (each != null) {
                each.shutdown();
            }
        }
        Lease held = lease;
        lease = null;
        try {
            for (ExecutorService each : new ExecutorService[] {healthy, suspects}) {
                boolean ignored = each != null && each.awaitTermination(10, TimeUnit.SECONDS);
            }
            if (held != null) {
                leases.release(held, clock.instant());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (LedgerUnavailableException e) {
            LOG.debug("The lease could not be given back and will expire", e);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
