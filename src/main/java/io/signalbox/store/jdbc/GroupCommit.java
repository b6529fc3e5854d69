package io.signalbox.store.jdbc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.store.LedgerUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The one writer. A commit is a sync of the disk, and syncs are the scarce thing: so one thread takes whatever waits,
 * commits once, and only then lets the callers go on. The busier it is, the more writes share a sync.
 *
 * <p>A unit of work that fails leaves nothing behind and spoils no other. That is rare, so a group runs without
 * savepoints, which would cost as much as a small write each; if one unit fails, the whole is rolled back and done again,
 * each unit in a savepoint of its own. Work may therefore run twice, and must do nothing but talk to the store.
 */
final class GroupCommit implements AutoCloseable {

    /** More would make the first of a group wait for the last without saving a sync worth speaking of. */
    private static final int GROUP = 256;

    private static final Duration LAST_COMMIT = Duration.ofSeconds(30);

    private final TransactionTemplate transaction;
    private final TransactionTemplate savepoint;
    private final Chain chain;
    private final StorageFailures failures;
    private final Duration patience;
    private final BlockingQueue<Unit<?>> waiting;
    private final Counter commits;
    private final Counter writes;
    private final Thread writer;
    private volatile boolean closed;

    GroupCommit(
            PlatformTransactionManager transactions,
            Chain chain,
            StorageFailures failures,
            int capacity,
            Duration patience,
            MeterRegistry meters) {
        this.transaction = new TransactionTemplate(transactions);
        this.savepoint = new TransactionTemplate(transactions);
        this.savepoint.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        this.chain = chain;
        this.failures = failures;
        this.patience = patience;
        this.waiting = new ArrayBlockingQueue<>(capacity);
        this.commits = Counter.builder("signalbox.ledger.commits")
                .description("Transactions of the ledger's writer that were committed")
                .register(meters);
        this.writes = Counter.builder("signalbox.ledger.writes")
                .description("Writes to the ledger that were committed, several in one transaction")
                .register(meters);
        Gauge.builder("signalbox.ledger.waiting", waiting, BlockingQueue::size)
                .description("Writes that wait for the ledger's writer")
                .register(meters);
        this.writer = new Thread(this::run, "ledger-writer");
        this.writer.setDaemon(true);
        this.writer.start();
    }

    /**
     * Runs the work in the writer's transaction and returns its result once that is committed.
     *
     * @throws LedgerUnavailableException if the store failed, or had no place in its queue in time
     */
    <T> T write(Supplier<T> work) {
        Unit<T> unit = new Unit<>(work);
        try {
            enqueue(unit);
            return unit.result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LedgerUnavailableException("The wait for the ledger was interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw failures.translate(cause == null ? e : cause);
        }
    }

    private void enqueue(Unit<?> unit) throws InterruptedException {
        boolean placed = !closed && waiting.offer(unit, patience.toMillis(), TimeUnit.MILLISECONDS);
        if (!placed || (closed && waiting.remove(unit))) {
            String cause = closed
                    ? "The ledger is closed: this node is shutting down"
                    : "The ledger's queue of " + (waiting.size() + waiting.remainingCapacity())
                            + " writes was full for " + patience.toMillis() + " ms: the database does not keep up";
            throw new LedgerUnavailableException(cause, new IllegalStateException(cause));
        }
    }

    private void run() {
        List<Unit<?>> group = new ArrayList<>(GROUP);
        while (!closed || !waiting.isEmpty()) {
            try {
                group.add(waiting.take());
                waiting.drainTo(group, GROUP - 1);
                commit(group);
            } catch (InterruptedException e) {
                // Nobody but the Java runtime at its end interrupts this thread; what waits is still written.
                continue;
            } finally {
                group.clear();
            }
        }
    }

    private void commit(List<Unit<?>> group) {
        try {
            if (!together(group)) {
                oneByOne(group);
            }
            commits.increment();
            writes.increment(group.stream().filter(Unit::succeeded).count());
            group.forEach(Unit::complete);
        } catch (Throwable e) {
            // Even an Error: a caller left waiting would wait for ever, and a dead writer would stop the node unseen.
            LedgerUnavailableException lost = failures.unavailable(reason(group, e));
            group.forEach(unit -> unit.lose(lost));
        }
    }

    /** @return false if a unit failed; nothing is recorded then */
    private boolean together(List<Unit<?>> group) {
        try {
            transaction.executeWithoutResult(status -> {
                chain.backTo(0);
                group.forEach(Unit::run);
                chain.seal();
            });
            return true;
        } catch (RuntimeException e) {
            if (group.stream().allMatch(Unit::succeeded)) {
                // None of theirs: the transaction could not begin, or not end.
                throw e;
            }
            return false;
        }
    }

    private void oneByOne(List<Unit<?>> group) {
        transaction.executeWithoutResult(status -> {
            chain.backTo(0);
            group.forEach(this::attempt);
            chain.seal();
        });
    }

    /** A full disk ends the transaction by itself: then the roll-back fails too, and hides what came first. */
    private static Throwable reason(List<Unit<?>> group, Throwable end) {
        for (Unit<?> unit : group) {
            if (unit.failure != null && StorageFailures.isOurs(unit.failure)) {
                return unit.failure;
            }
        }
        return end;
    }

    private void attempt(Unit<?> unit) {
        int mark = chain.mark();
        try {
            savepoint.executeWithoutResult(status -> unit.run());
        } catch (RuntimeException e) {
            if (e != unit.failure) {
                // Not even back to the savepoint: the transaction as a whole is lost.
                throw e;
            }
            chain.backTo(mark);
        }
    }

    /** Writes what waits, then ends. */
    @Override
    public void close() {
        closed = true;
        // Wakes the writer if it waits for work; if the queue is full, it does not.
        boolean ignored = waiting.offer(new Unit<>(() -> true));
        try {
            writer.join(LAST_COMMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Unit<T> {
        private final Supplier<T> work;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private @Nullable T value;
        private @Nullable RuntimeException failure;

        private Unit(Supplier<T> work) {
            this.work = work;
        }

        private void run() {
            failure = null;
            try {
                value = work.get();
            } catch (RuntimeException e) {
                failure = e;
                throw e;
            }
        }

        private boolean succeeded() {
            return failure == null;
        }

        private void complete() {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else {
                result.complete(value);
            }
        }

        /** What is wrong in itself is told so even now, not that it may try again. */
        private void lose(LedgerUnavailableException lost) {
            result.completeExceptionally(failure == null || StorageFailures.isOurs(failure) ? lost : failure);
        }
    }
}
