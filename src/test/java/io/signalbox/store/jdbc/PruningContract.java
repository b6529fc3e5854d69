package io.signalbox.store.jdbc;

import static io.signalbox.testing.Recorded.ISSUER;
import static io.signalbox.testing.Recorded.decision;
import static io.signalbox.testing.Recorded.signal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.action.Outcome;
import io.signalbox.event.Signal;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.ActionState;
import io.signalbox.store.Ledger;
import io.signalbox.store.LedgerProof;
import io.signalbox.store.LedgerProof.Finding;
import io.signalbox.store.LedgerProof.Problem;
import io.signalbox.store.SignalQuery;
import io.signalbox.store.SignalRecord;
import io.signalbox.testing.MovableClock;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.transaction.support.TransactionTemplate;

/** What retention takes away, what it leaves, and that what is left can be proven; each store runs all of it. */
abstract class PruningContract {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration RETENTION = Duration.ofDays(30);
    private static final Outcome DONE = new Outcome.Done("204");
    private static final Outcome SILENCE = new Outcome.NoAnswer("connect timed out", null);

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock(START);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Duration> rests = new ArrayList<>();
    private @Nullable String url;
    private Node node;
    private Ledger ledger;

    /** The URL of a store with nothing in it. */
    abstract @Nullable String newStore();

    abstract @Nullable String username();

    private record Node(LedgerDatabase database, GroupCommit writer, Ledger ledger, Pruner pruner) {
        LedgerProof verify(Clock clock) {
            return new ChainAudit(database::atOneMoment, clock, new StorageFailures(database.name())).verify();
        }

        void close() {
            pruner.close();
            writer.close();
            database.close();
        }
    }

    private Node open() {
        StoreProperties properties = new StoreProperties(url, username(), null, null, 4, 1024, Duration.ofSeconds(5));
        LedgerDatabase database = LedgerDatabase.open(properties, new Home(folder), new MockEnvironment());
        StorageFailures failures = new StorageFailures(database.name());
        Chain chain = new Chain(database.writesInBatches());
        GroupCommit writer = new GroupCommit(
                database.transactions(), chain, failures, properties.writeQueue(), properties.writeWait(), meters);
        Pruner pruner = new Pruner(database, writer, chain, failures, RETENTION, clock, meters, rests::add);
        return new Node(database, writer, new JdbcLedger(database, writer, chain, failures), pruner);
    }

    @BeforeEach
    void first() {
        url = newStore();
        node = open();
        ledger = node.ledger();
    }

    @AfterEach
    void last() {
        node.close();
    }

    @Test
    void takesAwayWhatEndedLongAgoWithAllThatHungOnItAndProvesTheRest() throws Exception {
        Signal done = settled("done", START, DONE, ActionState.DONE);
        Signal dead = settled("dead", START.plusSeconds(1), SILENCE, ActionState.DEAD);
        Signal quiet = recorded("asked-for-nothing", START.plusSeconds(2));
        Signal waiting = recorded("waiting", START.plusSeconds(3), "idp");
        Signal retrying = settled("retrying", START.plusSeconds(4), SILENCE, ActionState.RETRYING);
        Signal parked = at("parked", START.plusSeconds(5));
        ledger.park(parked, "no policy is loaded", START.plusSeconds(5));
        Signal untouched = recorded("untouched", START.plusSeconds(6), "idp");
        tellThatItWasNotTouched(untouched, START.plusSeconds(6));
        Signal tendedLately = settled("discarded-lately", START.plusSeconds(6), SILENCE, ActionState.DEAD);
        ledger.discard(action(tendedLately), "done by hand", START.plus(Duration.ofDays(9)));
        Signal young = settled("young", START.plus(Duration.ofDays(2)), DONE, ActionState.DONE);

        clock.forward(Duration.ofDays(31));
        assertThat(node.pruner().run()).isEqualTo(new Pruner.Run(4, 4, 5, 0));

        assertThat(kept()).containsExactlyInAnyOrder(waiting, retrying, parked, tendedLately, young);
        assertThat(Stream.of(done, dead, quiet, untouched).map(gone -> ledger.signal(gone.id())))
                .allMatch(Optional::isEmpty);
        assertThat(ledger.action(action(done))).isEmpty();
        assertThat(meters.counter("signalbox.ledger.pruned").count()).isEqualTo(4);
        LedgerProof.Checked checked = whole();
        assertThat(checked.pruned()).isEqualTo(new LedgerProof.Pruned(4, 9, clock.instant()));
        assertThat(checked.decisions()).isEqualTo(4);
        assertThat(checked.attempts()).isEqualTo(4);
        assertThat(checked.sequence()).as("nothing is numbered anew").isEqualTo(18);
    }

    /** What tells of it was added after the decision. */
    private void tellThatItWasNotTouched(Signal signal, Instant at) {
        assertThat(ledger.suppressed(
                        action(signal), 0, new Outcome.Suppressed("protected: somebody"), List.of("desk"), at))
                .isTrue();
        assertThat(ledger.due("desk", at, at.plusSeconds(60), 5))
                .singleElement()
                .satisfies(notice -> assertThat(ledger.settled(notice.action().id(), 1, DONE, ActionState.DONE, at))
                        .isTrue());
    }

    @Test
    void goesOnRecordingAndPruningAndItsAnchorsMeet() throws Exception {
        for (int day = 0; day < 120; day++) {
            settled("jti-" + day, clock.instant(), DONE, ActionState.DONE);
            if (day % 10 == 0) {
                node.pruner().run();
                LedgerProof.Checked checked = whole();
                assertThat(checked.pruned().signals()).isEqualTo(Math.max(0, day - 30));
            }
            clock.forward(Duration.ofDays(1));
        }
        node.pruner().run();

        assertThat(kept()).hasSize(30);
        assertThat(count("anchor")).as("one gap").isEqualTo(1);
        assertThat(count("pruning"))
                .as("of earlier batches, those of the retention's time are remembered")
                .isBetween(3L, 5L);
        assertThat(whole().pruned().signals()).isEqualTo(90);
    }

    /** A signal on which there is something left to do holds up nothing but itself. */
    @Test
    void leavesAGapOnEitherSideOfWhatStaysAndClosesItOnceThatMayGo() throws Exception {
        settled("before", START, DONE, ActionState.DONE);
        Signal stuck = recorded("stuck", START.plusSeconds(10), "idp");
        settled("behind", START.plusSeconds(20), DONE, ActionState.DONE);
        clock.forward(Duration.ofDays(31));
        assertThat(node.pruner().run().signals()).isEqualTo(2);
        assertThat(count("anchor")).isEqualTo(2);
        whole();

        ledger.discard(action(stuck), "the target is gone", clock.instant());
        clock.forward(Duration.ofDays(31));
        assertThat(node.pruner().run().signals()).isEqualTo(1);

        assertThat(kept()).isEmpty();
        assertThat(whole().pruned().signals()).isEqualTo(3);
    }

    @Test
    void actsOnNothingThatComesAgainAfterItWasForgotten() throws Exception {
        Signal signal = settled("jti-1", START, DONE, ActionState.DONE);
        clock.forward(Duration.ofDays(31));
        assertThat(node.pruner().run().signals()).isEqualTo(1);

        for (int again = 0; again < 2; again++) {
            Signal late = receivedAgain(signal);
            assertThat(ledger.record(late, decision(late, "idp"))).isEmpty();
            SignalRecord story = ledger.signal(late.id()).orElseThrow();
            assertThat(story.actions()).isEmpty();
            assertThat(story.decision()).isNotNull().satisfies(decision -> assertThat(decision.rules())
                    .containsExactly("Issued before what the ledger remembers: recorded, nothing done"));
            whole();
            clock.forward(Duration.ofDays(31));
            assertThat(node.pruner().run().signals()).isEqualTo(1);
        }
        Signal fresh = at("jti-2", clock.instant());
        assertThat(ledger.record(fresh, decision(fresh, "idp"))).hasSize(1);
    }

    /** The same token; only when we received it differs. */
    private Signal receivedAgain(Signal signal) {
        VerifiedSet set = signal.set();
        Signal now = at(set.jti(), clock.instant());
        return new Signal(
                new VerifiedSet(
                        set.iss(),
                        set.jti(),
                        set.iat(),
                        set.aud(),
                        set.txn(),
                        set.toe(),
                        set.subject(),
                        set.events(),
                        set.compact(),
                        now.set().receivedAt()),
                now.events());
    }

    /** While nothing was ever taken away, old news is news. */
    @Test
    void actsOnWhatCameLateAsLongAsNothingWasForgotten() {
        Signal late = receivedAgain(at("late", START.minus(Duration.ofDays(90))));

        assertThat(ledger.record(late, decision(late, "idp"))).hasSize(1);
    }

    @Test
    void keepsWhatWasTamperedWithForThereIsNoOtherProofOfIt() throws Exception {
        Signal altered = settled("altered", START, DONE, ActionState.DONE);
        Signal tried = settled("tried", START, SILENCE, ActionState.DEAD);
        Signal called = recorded("called-done", START, "idp");
        Signal last = settled("tried-twice", START, SILENCE, ActionState.RETRYING);
        ledger.attempted(action(last), DONE, ActionState.DONE, START.plusSeconds(70), null);
        settled("sound", START, DONE, ActionState.DONE);
        sql("UPDATE decision SET severity = 'LOW' WHERE signal_id = '" + altered.id() + "'");
        sql("DELETE FROM attempt WHERE action_id = '" + action(tried) + "'");
        sql("UPDATE action SET state = 'done' WHERE id = '" + action(called) + "'");
        sql("DELETE FROM attempt WHERE n = 2");
        sql("UPDATE action SET attempts = 1, state = 'dead' WHERE id = '" + action(last) + "'");
        clock.forward(Duration.ofDays(31));

        assertThat(node.pruner().run()).isEqualTo(new Pruner.Run(1, 1, 1, 4));

        assertThat(kept()).hasSize(4);
        assertThat(node.verify(clock))
                .isInstanceOfSatisfying(LedgerProof.Broken.class, broken -> assertThat(broken.findings())
                        .extracting(Finding::problem)
                        .containsExactlyInAnyOrder(Problem.ALTERED, Problem.DELETED, Problem.DELETED, Problem.ALTERED));
    }

    @Test
    void prunesOnOneNodeAtATimeAndTheNextTakesOverFromOneThatDied() throws Exception {
        settled("jti-1", START, DONE, ActionState.DONE);
        clock.forward(Duration.ofDays(31));
        sql("UPDATE pruner SET node = 'another', claimed_until = "
                + clock.instant().plus(Duration.ofMinutes(10)).toEpochMilli());

        assertThat(node.pruner().run()).isEqualTo(Pruner.Run.NOTHING);

        clock.forward(Duration.ofMinutes(11));
        assertThat(node.pruner().run().signals()).isEqualTo(1);
        Node other = open();
        try {
            settled("jti-2", clock.instant(), DONE, ActionState.DONE);
            clock.forward(Duration.ofDays(31));
            assertThat(other.pruner().run().signals())
                    .as("whoever has finished lets the next one have it")
                    .isEqualTo(1);
        } finally {
            other.close();
        }
        whole();
    }

    /** Another node's claim that came meanwhile: whoever lost it takes nothing away any more. */
    @Test
    void stopsWhereItsClaimWasLost() throws Exception {
        for (int i = 0; i < 30; i++) {
            settled("jti-" + i, START, DONE, ActionState.DONE);
        }
        clock.forward(Duration.ofDays(31));
        Pruner losing = new Pruner(
                node.database(),
                node.writer(),
                new Chain(node.database().writesInBatches()),
                new StorageFailures("the store"),
                RETENTION,
                clock,
                meters,
                rest -> {
                    sql("UPDATE pruner SET node = 'another'");
                    return true;
                });

        assertThat(losing.run().signals()).isEqualTo(10);

        assertThat(kept()).hasSize(20);
    }

    @Test
    void hasATenthOfTheWritersTimeAtMost() throws Exception {
        for (int i = 0; i < 100; i++) {
            settled("jti-" + i, START, DONE, ActionState.DONE);
        }
        clock.forward(Duration.ofDays(31));
        long begin = System.nanoTime();
        node.pruner().run();
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(rests).as("batches").hasSizeGreaterThan(1);
        Duration rested = rests.stream().reduce(Duration.ZERO, Duration::plus);
        assertThat(rested).isGreaterThan(Duration.ZERO).isLessThan(took.multipliedBy(9));
        assertThat(rests).allMatch(rest -> rest.toNanos() % 9 == 0);
    }

    @Test
    void endsWithTheBatchAtHandWhenTheNodeShutsDown() throws Exception {
        for (int i = 0; i < 30; i++) {
            settled("jti-" + i, START, DONE, ActionState.DONE);
        }
        clock.forward(Duration.ofDays(31));
        Pruner closing = new Pruner(
                node.database(),
                node.writer(),
                new Chain(node.database().writesInBatches()),
                new StorageFailures("the store"),
                RETENTION,
                clock,
                meters,
                rest -> false);

        assertThat(closing.run().signals()).isEqualTo(10);
    }

    @Test
    void leavesAloneWhatIsTakenUpAgainAtTheLastMoment() {
        Signal dead = settled("dead", START, SILENCE, ActionState.DEAD);
        Signal done = settled("done", START, DONE, ActionState.DONE);
        clock.forward(Duration.ofDays(31));
        long cutoff = clock.instant().minus(RETENTION).toEpochMilli();
        List<PruningCandidates.Candidate> found = new PruningCandidates(
                        node.database().reads())
                .page(cutoff, null, 10)
                .candidates();
        assertThat(found).hasSize(2);
        assertThat(ledger.redrive(action(dead), clock.instant())).isPresent();
        Chain chain = new Chain(node.database().writesInBatches());
        PruningRows rows = new PruningRows(node.database().writesInBatches(), chain);
        PruningRows.Claim claim =
                new PruningRows.Claim("this", clock.instant(), clock.instant().plusSeconds(60));
        assertThat(node.writer().write(() -> rows.claim(claim))).isTrue();

        assertThatThrownBy(() -> node.writer().write(() -> rows.take(found, List.of(), "", cutoff, claim)))
                .isInstanceOf(PruningRefusedException.class)
                .hasMessageContaining("worked on");

        assertThat(kept()).containsExactlyInAnyOrder(dead, done);
        whole();
    }

    @Test
    void goesOnBesideWritersOnEveryNode() throws Exception {
        for (int i = 0; i < 200; i++) {
            settled("old-" + i, START.plusSeconds(i), DONE, ActionState.DONE);
        }
        clock.forward(Duration.ofDays(31));
        Node other = open();
        ExecutorService threads = Executors.newFixedThreadPool(9);
        try {
            List<Future<Pruner.Run>> pruners =
                    List.of(threads.submit(node.pruner()::run), threads.submit(other.pruner()::run));
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Signal signal = at("new-" + i, clock.instant());
                Ledger here = i % 2 == 0 ? ledger : other.ledger();
                writers.add(threads.submit(() -> {
                    here.record(signal, decision(signal, "idp"));
                    here.attempted(action(signal), DONE, ActionState.DONE, clock.instant(), null);
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            long signals = 0;
            for (Future<Pruner.Run> pruner : pruners) {
                signals += pruner.get().signals();
            }
            assertThat(signals).isEqualTo(200);
        } finally {
            threads.shutdown();
            other.close();
        }
        assertThat(kept()).hasSize(200).allMatch(signal -> signal.set().jti().startsWith("new-"));
        LedgerProof.Checked checked = whole();
        assertThat(checked.pruned().signals()).isEqualTo(200);
        assertThat(checked.decisions()).isEqualTo(200);
    }

    @TestFactory
    Stream<DynamicTest> findsWhoeverCallsItPruning() throws Exception {
        for (int i = 1; i <= 4; i++) {
            settled("old-" + i, START.plusSeconds(i), DONE, ActionState.DONE);
        }
        Signal stuck = recorded("stuck", START.plusSeconds(5), "idp");
        settled("old-5", START.plusSeconds(6), DONE, ActionState.DONE);
        clock.forward(Duration.ofDays(31));
        Signal young = settled("young", clock.instant(), DONE, ActionState.DONE);
        assertThat(node.pruner().run().signals()).isEqualTo(5);
        Signal younger = settled("younger", clock.instant(), DONE, ActionState.DONE);
        whole();
        // 1-8 and 10-11 are gone, 9 is stuck, 12 and 13 are young, 14 says what was pruned, 15 and 16 are younger.
        String removeYounger = remove(younger);
        String forged = "INSERT INTO anchor (first_seq, last_seq, previous, hash, pruning_id)"
                + " SELECT a.seq, b.seq, a.previous, b.hash, 1 FROM chain a, chain b WHERE a.seq = 15 AND b.seq = 15";
        return Stream.of(
                        new Tampering(
                                "rows and entries are deleted by hand",
                                remove(young) + "; DELETE FROM chain WHERE seq IN (12, 13)",
                                "chain 12-13 DELETED"),
                        new Tampering(
                                "an anchor is made up for what was deleted by hand",
                                forged + "; DELETE FROM chain WHERE seq = 15; DELETE FROM attempt WHERE action_id = '"
                                        + action(younger) + "'",
                                // By no batch, over what was no batch's to take, and rows are missing or too many.
                                "anchor 15 ALTERED",
                                "anchor 15 DELETED",
                                "attempt " + action(younger) + ":1 DELETED",
                                "decision " + younger.id() + " INSERTED"),
                        new Tampering(
                                "an anchor is stretched over what was deleted by hand",
                                remove(young)
                                        + "; UPDATE anchor SET last_seq = 13, hash = (SELECT hash FROM chain WHERE seq = 13)"
                                        + " WHERE first_seq = 10; DELETE FROM chain WHERE seq IN (12, 13)",
                                "anchor 10-13 ALTERED"),
                        new Tampering(
                                "an anchor is taken away",
                                "DELETE FROM anchor WHERE first_seq = 1",
                                "chain 1-8 DELETED"),
                        new Tampering(
                                "an anchor has another hash",
                                "UPDATE anchor SET hash = previous WHERE first_seq = 10",
                                "anchor 10-11 ALTERED",
                                "anchor 10-11 ALTERED"),
                        new Tampering(
                                "the record of a pruning says less",
                                "UPDATE pruning SET signals = 1, signals_in_all = 1",
                                "pruned pruning-1 ALTERED"),
                        new Tampering(
                                "the record of a pruning that never was",
                                "INSERT INTO pruning (id, at, cutoff, setting, signals, actions, attempts, signals_in_all, anchors)"
                                        + " VALUES (2, 0, 0, '', 1, 1, 1, 6, '')",
                                "pruned pruning-2 INSERTED"),
                        new Tampering(
                                "an anchor over entries that are there",
                                "INSERT INTO anchor (first_seq, last_seq, previous, hash, pruning_id) VALUES (12, 12, '', '', 1)",
                                "anchor 12 ALTERED",
                                "anchor 12 INSERTED"),
                        new Tampering(
                                "what stayed between two anchors is deleted by hand",
                                remove(stuck) + "; DELETE FROM chain WHERE seq = 9",
                                "chain 9 DELETED"))
                .map(tampering -> DynamicTest.dynamicTest(tampering.what(), () -> found(tampering)));
    }

    /** Whoever gets the gateway's own code to do it has left a record that speaks against them. */
    @Test
    void findsAPruningThatNoSettingAllows() throws Exception {
        settled("jti-1", START, DONE, ActionState.DONE);
        clock.forward(Duration.ofDays(20));
        Chain chain = new Chain(node.database().writesInBatches());
        GroupCommit writer = new GroupCommit(
                node.database().transactions(),
                chain,
                new StorageFailures("the store"),
                10,
                Duration.ofSeconds(5),
                new SimpleMeterRegistry());
        try (Pruner hasty = new Pruner(
                node.database(),
                writer,
                chain,
                new StorageFailures("the store"),
                Duration.ofDays(10),
                clock,
                meters,
                rest -> true)) {
            assertThat(hasty.run().signals()).isEqualTo(1);
        } finally {
            writer.close();
        }

        assertThat(node.verify(clock))
                .isInstanceOfSatisfying(LedgerProof.Broken.class, broken -> assertThat(broken.findings())
                        .extracting(finding -> finding.kind() + " " + finding.id() + " " + finding.problem())
                        .containsExactly("pruned pruning-1 INSERTED"));
    }

    private String remove(Signal signal) {
        String actions = "(SELECT id FROM action WHERE signal_id = '" + signal.id() + "')";
        return (ledger.action(action(signal)).orElseThrow().attempts().isEmpty()
                        ? ""
                        : "DELETE FROM attempt WHERE action_id IN " + actions + "; ")
                + "DELETE FROM action WHERE signal_id = '" + signal.id() + "'; DELETE FROM decision WHERE signal_id = '"
                + signal.id() + "'";
    }

    private record Tampering(String what, String sql, String... findings) {}

    /** Undone afterwards, so that each case finds its own traces only. */
    private void found(Tampering tampering) {
        TransactionTemplate undone = new TransactionTemplate(node.database().transactions());
        JdbcClient sql = node.database().writes();
        undone.executeWithoutResult(status -> {
            status.setRollbackOnly();
            for (String statement : tampering.sql().split("; ", -1)) {
                assertThat(sql.sql(statement).update()).as(statement).isPositive();
            }
            LedgerProof proof = new ChainAudit(
                            audit -> audit.apply(sql), clock, new StorageFailures("the same transaction"))
                    .verify();
            assertThat(proof).isInstanceOfSatisfying(LedgerProof.Broken.class, broken -> assertThat(broken.findings())
                    .extracting(finding -> finding.kind() + " " + finding.id() + " " + finding.problem())
                    .containsExactlyInAnyOrder(tampering.findings()));
        });
    }

    private LedgerProof.Checked whole() {
        LedgerProof proof = node.verify(clock);
        assertThat(proof).isInstanceOf(LedgerProof.Whole.class);
        return proof.checked();
    }

    private Signal at(String jti, Instant time) {
        return signal(ISSUER, jti, "alice@acme.example", time);
    }

    private Signal recorded(String jti, Instant time, String... targets) {
        Signal signal = at(jti, time);
        assertThat(ledger.record(signal, decision(signal, targets))).hasSize(targets.length);
        return signal;
    }

    private Signal settled(String jti, Instant time, Outcome outcome, ActionState state) {
        Signal signal = recorded(jti, time, "idp");
        ledger.attempted(action(signal), outcome, state, time.plusSeconds(1), time.plusSeconds(60));
        return signal;
    }

    private static String action(Signal signal) {
        return decision(signal, "idp").actions().get(0).id();
    }

    private List<Signal> kept() {
        return ledger.signals(new SignalQuery(null, null, null, null, null, null, 500)).items().stream()
                .map(SignalRecord::signal)
                .toList();
    }

    private long count(String table) {
        return node.database()
                .reads()
                .sql("SELECT count(*) FROM " + table)
                .query(Long.class)
                .single();
    }

    private void sql(String statement) {
        assertThat(node.database().writes().sql(statement).update()).isPositive();
    }
}
