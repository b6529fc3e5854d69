package io.signalbox.store.jdbc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.jdbc.PruningCandidates.Candidate;
import io.signalbox.store.jdbc.PruningCandidates.Page;
import io.signalbox.store.jdbc.PruningCandidates.Superseded;
import io.signalbox.store.jdbc.PruningRows.Claim;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ledger to its retention: looks every hour for signals that are old enough and on which nothing is left to do,
 * and has the one writer take them away, a small batch at a time.
 *
 * <p>A batch is made as large as the writer can take away in about {@link #GOAL}, which is what a write that comes just
 * then has to wait longer. After each batch the pruner rests for nine times as long as the batch took from its being handed
 * in to its commit, waiting included: so it has at most a tenth of the writer's time, and much less of one that is busy.
 */
final class Pruner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Pruner.class);

    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration EVERY = Duration.ofHours(1);
    /** Much longer than a batch and its rest. */
    private static final Duration CLAIM = Duration.ofMinutes(10);

    private static final Duration GOAL = Duration.ofMillis(20);
    private static final int REST = 9;
    private static final int FEWEST = 10;
    private static final int MOST = 250;
    /** Named in the log; there may be more. */
    private static final int NAMED = 5;

    /** Lets time go by. */
    @FunctionalInterface
    interface Rest {
        /** @return false if there is no time left: the node shuts down */
        boolean of(Duration time) throws InterruptedException;
    }

    private final PruningCandidates candidates;
    private final PruningRows rows;
    private final GroupCommit writer;
    private final StorageFailures failures;
    private final Duration retention;
    private final Clock clock;
    private final Counter pruned;
    private final String node = UUID.randomUUID().toString();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Rest rest;
    private @Nullable ScheduledExecutorService hours;
    private int size = FEWEST;

    Pruner(
            LedgerDatabase database,
            GroupCommit writer,
            Chain chain,
            StorageFailures failures,
            Duration retention,
            Clock clock,
            MeterRegistry meters,
            @Nullable Rest rest) {
        this.candidates = new PruningCandidates(database.reads());
        this.rows = new PruningRows(database.writesInBatches(), chain);
        this.writer = writer;
        this.failures = failures;
        this.retention = retention;
        this.clock = clock;
        this.pruned = Counter.builder("signalbox.ledger.pruned")
                .description("Signals that retention took out of the ledger")
                .register(meters);
        this.rest = rest == null ? time -> !closed.await(time.toMillis(), TimeUnit.MILLISECONDS) : rest;
    }

    /** What a run came to. */
    record Run(long signals, long actions, long attempts, long tampered) {
        static final Run NOTHING = new Run(0, 0, 0, 0);

        private Run and(List<Candidate> batch) {
            return new Run(
                    signals + batch.size(),
                    actions + batch.stream().mapToLong(Candidate::actions).sum(),
                    attempts + batch.stream().mapToLong(Candidate::attempts).sum(),
                    tampered);
        }

        private Run without(int more) {
            return new Run(signals, actions, attempts, tampered + more);
        }
    }

    /** From now on, every hour. */
    Pruner start() {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "ledger-pruner");
            thread.setDaemon(true);
            return thread;
        });
        hours = executor;
        var ignored =
                executor.scheduleWithFixedDelay(this::hour, FIRST.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    private void hour() {
        try {
            Run ignored = run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (LedgerUnavailableException e) {
            if (closed.getCount() > 0) {
                LOG.warn("The ledger could not be pruned; it is tried again in an hour: {}", e.getMessage());
            }
        } catch (RuntimeException e) {
            // The schedule would end with it, unseen.
            LOG.error("The ledger could not be pruned; it is tried again in an hour", e);
        }
    }

    /**
     * Takes away all that may go now.
     *
     * @return what this node took away; nothing, if another one prunes
     * @throws LedgerUnavailableException if the ledger cannot be read or written; what was taken away until then stays so
     */
    Run run() throws InterruptedException {
        Instant start = clock.instant();
        if (!claim(start)) {
            LOG.debug("Another node prunes the ledger");
            return Run.NOTHING;
        }
        Run run = all(start.minus(retention));
        boolean ignored = writer.write(() -> rows.release(node));
        LOG.info(
                "Pruned the ledger: {} signals with {} actions and {} attempts, older than {} ({}), in {} s",
                run.signals(),
                run.actions(),
                run.attempts(),
                start.minus(retention),
                setting(),
                Duration.between(start, clock.instant()).toSeconds());
        return run;
    }

    private boolean claim(Instant now) {
        // Looked at first: a node that waits for the row with its writer would hold up that writer.
        return failures.reading(() -> candidates.mayClaim(node, now))
                && writer.write(() -> rows.claim(new Claim(node, now, now.plus(CLAIM))));
    }

    private Run all(Instant cutoff) throws InterruptedException {
        Run run = Run.NOTHING;
        Cursor place = null;
        boolean more = true;
        while (more && closed.getCount() > 0) {
            Cursor from = place;
            int asked = size;
            Page page = failures.reading(() -> candidates.page(cutoff.toEpochMilli(), from, asked));
            if (!page.tampered().isEmpty()) {
                LOG.warn(
                        "{} signals are old enough to be pruned, but are not as they were recorded, and stay: {}."
                                + " ledger verify tells more",
                        page.tampered().size(),
                        page.tampered()
                                .subList(0, Math.min(NAMED, page.tampered().size())));
                run = run.without(page.tampered().size());
            }
            if (page.candidates().isEmpty()) {
                size = Math.min(MOST, size * 2);
            } else {
                List<Superseded> old = failures.reading(() -> candidates.superseded(cutoff.toEpochMilli(), asked));
                long begin = System.nanoTime();
                try {
                    if (taken(page.candidates(), old, cutoff)) {
                        run = run.and(page.candidates());
                        pruned.increment(page.candidates().size());
                    }
                } catch (PruningRefusedException e) {
                    LOG.warn("The ledger is pruned by another node: this one was too slow, or its clock is not theirs");
                    break;
                }
                more = rest.of(Duration.ofNanos(REST * (System.nanoTime() - begin)));
            }
            place = page.next();
            more &= place != null;
        }
        return run;
    }

    private boolean taken(List<Candidate> batch, List<Superseded> old, Instant cutoff) {
        long[] nanos = {0};
        try {
            boolean taken = writer.write(() -> {
                long begin = System.nanoTime();
                Instant now = clock.instant();
                boolean done =
                        rows.take(batch, old, setting(), cutoff.toEpochMilli(), new Claim(node, now, now.plus(CLAIM)));
                nanos[0] = System.nanoTime() - begin;
                return done;
            });
            adapt(batch.size(), nanos[0]);
            return taken;
        } catch (PruningRefusedException e) {
            if (e.isClaimLost()) {
                throw e;
            }
            LOG.warn("{} signals could not be pruned now: {}", batch.size(), e.getMessage());
            return false;
        }
    }

    /** Towards as many signals as take the writer as long as is wanted. */
    private void adapt(int taken, long nanos) {
        double fitting = (double) taken * GOAL.toNanos() / Math.max(1, nanos);
        size = (int) Math.max(FEWEST, Math.min(MOST, Math.min(fitting, size * 2.0)));
    }

    private String setting() {
        String time =
                retention.equals(Duration.ofDays(retention.toDays())) ? retention.toDays() + "d" : retention.toString();
        return "signalbox.ledger.retention=" + time;
    }

    /** A batch that the writer has been handed is finished; no other is begun. */
    @Override
    public void close() {
        closed.countDown();
        ScheduledExecutorService running = hours;
        if (running != null) {
            running.shutdown();
        }
    }
}
