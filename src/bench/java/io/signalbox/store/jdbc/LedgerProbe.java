package io.signalbox.store.jdbc;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.action.Decision;
import io.signalbox.action.Severity;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.event.UnknownEvent;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.ActionState;
import io.signalbox.store.Ledger;
import io.signalbox.store.SignalQuery;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.mock.env.MockEnvironment;

/** The ledger without a gateway around it, for measurements of the store alone. */
public final class LedgerProbe implements AutoCloseable {

    private static final int WRITERS = 32;

    private final LedgerDatabase database;
    private final Chain chain;
    private final StorageFailures failures;
    private final GroupCommit writer;
    private final Ledger ledger;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long recorded;

    private LedgerProbe(LedgerDatabase database) {
        this.database = database;
        this.failures = new StorageFailures(database.name());
        this.chain = new Chain(database.writesInBatches());
        this.writer = new GroupCommit(database.transactions(), chain, failures, 1024, Duration.ofSeconds(30), meters);
        this.ledger = new JdbcLedger(database, writer, chain, failures);
    }

    /** Opens the SQLite ledger in this data directory; makes it if it is not there. */
    public static LedgerProbe open(Path dataDirectory) {
        StoreProperties properties = new StoreProperties(null, null, null, null, 4, 1024, Duration.ofSeconds(30));
        return new LedgerProbe(LedgerDatabase.open(properties, new Home(dataDirectory), new MockEnvironment()));
    }

    /** @return how many rows the page has */
    public int signals(SignalQuery query) {
        return ledger.signals(query).items().size();
    }

    /** @return how many rows the page has */
    public int doneActions(@Nullable String after, int limit) {
        return ledger.actions(ActionState.DONE, after, limit).items().size();
    }

    public void execute(String sql) {
        writer.write(() -> {
            database.writesInBatches().execute(sql);
            return true;
        });
    }

    /**
     * What recording came to.
     *
     * @param perSecond signals a second
     * @param writer processor time of the one writer for each, in microseconds
     */
    public record Recorded(double perSecond, double writer) {}

    /** Records signals with one action each, by several callers at once. */
    public Recorded record(int signals) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(WRITERS);
        try {
            long before = writerTime();
            long begin = System.nanoTime();
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < signals; i++) {
                Signal signal = signal(Clock.systemUTC().instant(), "recorded-" + System.nanoTime() + "-" + recorded++);
                Decision decision = decision(signal);
                all.add(callers.submit(() -> ledger.record(signal, decision)));
            }
            for (Future<?> each : all) {
                each.get();
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new Recorded(signals / seconds, (writerTime() - before) / 1e3 / signals);
        } finally {
            callers.shutdown();
        }
    }

    private static long writerTime() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().equals("ledger-writer"))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
                .sum();
    }

    /**
     * Prunes what is older, for so long at most.
     *
     * @return signals that went, and the seconds in which they did, without the rests
     */
    public double[] prune(Instant cutoff, Duration longest) throws InterruptedException {
        Duration retention = Duration.between(cutoff, Clock.systemUTC().instant());
        long end = System.nanoTime() + longest.toNanos();
        long begin = System.nanoTime();
        Pruner pruner = new Pruner(
                database,
                writer,
                chain,
                failures,
                retention,
                Clock.systemUTC(),
                meters,
                rest -> System.nanoTime() < end);
        Pruner.Run run = pruner.run();
        return new double[] {run.signals(), (System.nanoTime() - begin) / 1e9};
    }

    private static Signal signal(Instant now, String jti) {
        String type = "https://vendor.example/event/colour-change";
        Map<String, Object> payload = Map.of("colour", "red");
        SubjectIdentifier subject = new SubjectIdentifier("email", Map.of("email", "alice@acme.example"));
        String iss = LedgerFill.issuer(0);
        VerifiedSet set = new VerifiedSet(
                iss,
                jti,
                now,
                List.of("https://signals.example.com"),
                null,
                null,
                subject,
                Map.of(type, payload),
                "eyJ.compact." + jti,
                now);
        return new Signal(
                set,
                List.of(new SecurityEvent(set.id(), iss, null, subject, new UnknownEvent(type, payload), now, now)));
    }

    private static Decision decision(Signal signal) {
        SecurityEvent event = signal.events().get(0);
        Action action = new Action(
                Action.idFor(signal.id(), "bench", 0, "session.revoke", "desk"),
                signal.id(),
                0,
                "session.revoke",
                "desk",
                event.subject(),
                event.payload().alias(),
                event.payload().uri(),
                Severity.HIGH,
                Map.of("title", "Look at it"),
                new Because("bench", "policy-1", null),
                null,
                false);
        return new Decision(
                signal.id(), "policy-1", signal.set().receivedAt(), Severity.HIGH, List.of("bench"), List.of(action));
    }

    @Override
    public void close() {
        writer.close();
        database.close();
    }
}
