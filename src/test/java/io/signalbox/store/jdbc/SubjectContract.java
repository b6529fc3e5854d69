package io.signalbox.store.jdbc;

import static io.signalbox.testing.Recorded.ISSUER;
import static io.signalbox.testing.Recorded.NOON;
import static io.signalbox.testing.Recorded.decision;
import static io.signalbox.testing.Recorded.signal;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.action.Outcome;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.policy.PolicyComparison;
import io.signalbox.policy.PolicyComparison.SubjectChange;
import io.signalbox.policy.SimulationState;
import io.signalbox.policy.SimulationState.Stage;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.Erasures.Result;
import io.signalbox.store.Ledger;
import io.signalbox.store.LedgerProof;
import io.signalbox.store.LedgerProof.Problem;
import io.signalbox.store.Page;
import io.signalbox.store.Redriven;
import io.signalbox.store.SignalRecord;
import io.signalbox.store.TrialBook;
import io.signalbox.store.Unmatched;
import io.signalbox.store.UnmatchedBook;
import io.signalbox.testing.MovableClock;
import io.signalbox.testing.Recorded;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

/** What every store must keep of subjects: who matched nobody, and that who is erased is gone and the chain whole. */
abstract class SubjectContract {

    private static final Outcome NOBODY = new Outcome.Unmatched("Nobody: table: not in the table");
    private static final String ALICE = SubjectKeys.email("alice@acme.example");

    @TempDir
    Path folder;

    private LedgerDatabase database;
    private GroupCommit writer;
    private Chain chain;
    private StorageFailures failures;
    private Ledger ledger;
    private UnmatchedBook book;
    private ErasureRows erasures;

    /** The URL of a store with nothing in it. */
    abstract @Nullable String newStore();

    abstract @Nullable String username();

    @BeforeEach
    void open() {
        StoreProperties properties =
                new StoreProperties(newStore(), username(), null, null, 4, 1024, Duration.ofSeconds(5));
        database = LedgerDatabase.open(properties, new Home(folder), new MockEnvironment());
        failures = new StorageFailures(database.name());
        chain = new Chain(database.writesInBatches());
        writer = new GroupCommit(
                database.transactions(),
                chain,
                failures,
                properties.writeQueue(),
                properties.writeWait(),
                new SimpleMeterRegistry());
        ledger = new JdbcLedger(database, writer, chain, failures);
        book = new UnmatchedRows(database, writer, chain, failures);
        erasures = new ErasureRows(database, writer, chain, failures, new Pseudonyms(new Home(folder)));
    }

    @AfterEach
    void close() {
        writer.close();
        database.close();
    }

    private static final class SubjectKeys {
        static String email(String address) {
            return new SubjectIdentifier("email", Map.of("email", address)).key();
        }
    }

    private String unmatched(String jti, String email, String target, Instant at) {
        Signal signal = signal(ISSUER, jti, email, at);
        String id =
                ledger.record(signal, decision(signal, target)).get(0).action().id();
        assertThat(ledger.settled(id, 0, NOBODY, ActionState.UNMATCHED, at)).isTrue();
        return id;
    }

    @Test
    void listsWhoMatchedNobodySubjectBySubject() {
        unmatched("jti-1", "alice@acme.example", "idp", NOON);
        unmatched("jti-2", "alice@acme.example", "vpn", NOON.plusSeconds(9));
        unmatched("jti-3", "bob@acme.example", "idp", NOON);
        unmatched("jti-4", "carol@acme.example", "idp", NOON);

        Page<Unmatched> first = book.page(null, 2);
        Page<Unmatched> second = book.page(first.next(), 2);

        assertThat(second.next()).isNull();
        List<Unmatched> all =
                Stream.concat(first.items().stream(), second.items().stream()).toList();
        assertThat(all)
                .extracting(Unmatched::subjectKey)
                .doesNotHaveDuplicates()
                .hasSize(3)
                .isSorted();
        assertThat(all.stream().filter(one -> one.subjectKey().equals(ALICE)))
                .containsExactly(new Unmatched(
                        ALICE,
                        new SubjectIdentifier("email", Map.of("email", "alice@acme.example")),
                        List.of("idp", "vpn"),
                        NOON,
                        2,
                        NOBODY.detail()));
        assertThat(book.unmatched()).isEqualTo(Map.of("idp", 3L, "vpn", 1L));
        assertThat(proof()).isInstanceOf(LedgerProof.Whole.class);
    }

    @Test
    void sendsAgainAllOrThoseOfATargetOrOfASubject() {
        String first = unmatched("jti-1", "alice@acme.example", "idp", NOON);
        String second = unmatched("jti-2", "alice@acme.example", "vpn", NOON);
        String third = unmatched("jti-3", "bob@acme.example", "idp", NOON);
        Instant later = NOON.plusSeconds(60);

        assertThat(book.replay("idp", ALICE, 10, later)).isEqualTo(new Redriven(1, false));
        assertThat(state(first)).isEqualTo(ActionState.RETRYING);
        assertThat(state(second)).isEqualTo(ActionState.UNMATCHED);
        assertThat(ledger.due("idp", later, later.plusSeconds(60), 10)).hasSize(1);
        assertThat(book.replay("nowhere", null, 10, later)).isEqualTo(new Redriven(0, false));
        assertThat(book.replay(null, null, 1, later)).isEqualTo(new Redriven(1, true));
        assertThat(book.replay(null, null, 1, later)).isEqualTo(new Redriven(1, false));
        assertThat(state(third)).isEqualTo(ActionState.RETRYING);
        assertThat(book.page(null, 10).items()).isEmpty();
    }

    @Test
    void asksAgainAfterPausesThatGrowAndAtOnceWhenTheMappingChanged() {
        unmatched("jti-1", "alice@acme.example", "idp", NOON);
        Duration pause = Duration.ofMinutes(5);
        Duration longest = Duration.ofMinutes(15);

        assertThat(book.due("idp", NOON, pause, longest, 10)).isEmpty();
        Instant now = NOON.plusSeconds(60);
        for (int minutes : new int[] {5, 10, 15, 15}) {
            assertThat(book.due("idp", now, pause, longest, 10)).hasSize(1);
            assertThat(book.due("idp", now.plusSeconds(minutes * 60L - 1), pause, longest, 10))
                    .isEmpty();
            now = now.plusSeconds(minutes * 60L);
        }
        assertThat(book.due("idp", now, pause, longest, 10)).hasSize(1);
        book.hurry("idp", now);
        assertThat(book.due("idp", now, pause, longest, 10)).hasSize(1);
        assertThat(book.due("idp", now.plusSeconds(300), pause, longest, 10))
                .as("the pauses began anew")
                .hasSize(1);
    }

    /** A story with all that can hold somebody's data. */
    private Signal story(String jti, String email, Outcome outcome, ActionState state) {
        Signal signal = signal(ISSUER, jti, email, NOON);
        List<ActionRecord> sent = ledger.record(signal, decision(signal, "idp"));
        ledger.attempted(sent.get(0).action().id(), outcome, state, NOON, null);
        return signal;
    }

    private Signal done(String jti, String email) {
        return story(jti, email, new Outcome.Done(email + " was here"), ActionState.DONE);
    }

    private Result erase(String key) {
        return erasures.erase(key, false, "olga", NOON.plusSeconds(3600));
    }

    @Test
    void erasesWhatItHoldsOfASubjectAndNothingOfOthersAndTheChainStaysWhole() {
        Signal hers = done("jti-1", "alice@acme.example");
        Signal his = done("jti-2", "bob@acme.example");
        Signal parked = signal(ISSUER, "jti-3", "alice@acme.example", NOON);
        ledger.park(parked, "no policy", NOON);
        ledger.record(Recorded.risk(ISSUER, "jti-4", "HIGH", NOON), Recorded.withGrounds(decision(signal("jti-4"))));
        assertThat(ledger.posture(ALICE)).isNotEmpty();
        SignalRecord other = ledger.signal(his.id()).orElseThrow();

        Result result = erase(ALICE);

        assertThat(result).isInstanceOfSatisfying(Result.Erased.class, erased -> {
            assertThat(erased.signals()).isEqualTo(3);
            assertThat(erased.actions()).isEqualTo(1);
            assertThat(erased.attempts()).isEqualTo(1);
            assertThat(erased.postures()).isEqualTo(1);
            assertThat(erased.pseudonym()).matches("era-[0-9a-f]{32}");
        });
        assertThat(everything()).doesNotContain("alice").doesNotContain(ALICE).contains("bob@acme.example");
        assertThat(ledger.posture(ALICE)).isEmpty();
        SignalRecord left = ledger.signal(hers.id()).orElseThrow();
        assertThat(left.signal().set().jti()).isEqualTo("jti-1");
        assertThat(left.signal().set().subject()).isNull();
        assertThat(left.decision()).isNotNull();
        assertThat(left.actions()).singleElement().satisfies(action -> {
            assertThat(action.state()).isEqualTo(ActionState.DONE);
            assertThat(action.action().subject()).isNull();
            assertThat(action.attempts())
                    .extracting(ActionRecord.Attempt::outcome)
                    .containsExactly("done");
        });
        assertThat(ledger.signal(his.id())).contains(other);
        assertThat(ledger.signal(parked.id())).isEmpty();
        assertThat(proof()).isInstanceOfSatisfying(LedgerProof.Whole.class, whole -> assertThat(
                        whole.checked().erased())
                .isEqualTo(new LedgerProof.Erased(1, 3)));
        assertThat(database.reads()
                        .sql("SELECT by_whom FROM erasure")
                        .query(String.class)
                        .list())
                .containsExactly("olga");
        assertThat(erase(ALICE)).isInstanceOf(Result.Unknown.class);
    }

    @Test
    void anExportVouchesForWhatWasErasedAndForNothingElse() {
        done("jti-1", "alice@acme.example");
        done("jti-2", "bob@acme.example");
        erase(ALICE);
        List<String> lines = new ArrayList<>();
        new ChainExport(database, failures).write(lines::add);
        ChainExportAudit audit = new ChainExportAudit();

        assertThat(audit.verify(lines.stream()).fault()).isNull();
        assertThat(String.join("", lines)).doesNotContain("alice");
        List<String> altered = new ArrayList<>(lines);
        altered.replaceAll(line -> line.replaceFirst("era-[0-9a-f]{32}", "era-" + "0".repeat(32)));
        assertThat(audit.verify(altered.stream()).fault()).isNotNull();
        altered = new ArrayList<>(lines);
        altered.replaceAll(line -> line.replace("bob@acme.example", "bill@acme.example"));
        assertThat(audit.verify(altered.stream()).fault()).contains("is not as it was recorded");
    }

    @Test
    void whatToldOfThemAfterTheDecisionForgetsThemAsWell() {
        Signal signal = signal(ISSUER, "jti-1", "alice@acme.example", NOON);
        ledger.record(signal, decision(signal, "idp"));
        String action = ledger.signal(signal.id())
                .orElseThrow()
                .actions()
                .get(0)
                .action()
                .id();
        assertThat(ledger.suppressed(action, 0, new Outcome.Suppressed("protected: her"), List.of("desk"), NOON))
                .isTrue();
        ActionRecord notice = ledger.due("desk", NOON, NOON.plusSeconds(60), 5).get(0);
        assertThat(ledger.settled(notice.action().id(), 1, new Outcome.Done("told of alice"), ActionState.DONE, NOON))
                .isTrue();
        erase(ALICE);
        assertThat(everything()).doesNotContain("alice").doesNotContain(ALICE);
        assertThat(proof()).isInstanceOf(LedgerProof.Whole.class);
    }

    @Test
    void whatIsLeftOfTheSubjectElsewhereGoesAsWell() {
        Signal hers = done("jti-1", "alice@acme.example");
        String action =
                ledger.signal(hers.id()).orElseThrow().actions().get(0).action().id();
        JdbcClient sql = JdbcClient.create(database.writesInBatches());
        int rows = writer.write(() -> sql.sql("""
                                INSERT INTO outbound_stream (id, client, aud, method, status, created_at, updated_at,
                                                             active_at, failures, refusals)
                                VALUES ('str-1', 'c', 'a', 'poll', 'enabled', 1, 1, 1, 0, 0)""").update()
                + sql.sql("""
                                INSERT INTO outbound (seq, stream_id, jti, signal_id, event, priority, created_at, claims,
                                                      state, attempts)
                                VALUES (1, 'str-1', 'out-1', ?, 'e', 2, 1, 'alice', 'waiting', 0)""").param(hers.id()).update()
                + sql.sql(
                                "INSERT INTO own_effect (subject_key, target, kind, action_id, at) VALUES (?, 't', 'k', ?, 1)")
                        .param(ALICE)
                        .param(action)
                        .update()
                + sql.sql("""
                                INSERT INTO containment (action_id, place, subject_key, target, kind, iss, rule, signal_id,
                                                         caused_at, since)
                                VALUES (?, ?, ?, 't', 'account.disable', 'i', 'r', ?, 1, 1)""")
                        .param(action)
                        .param("t/account/" + ALICE)
                        .param(ALICE)
                        .param(hers.id())
                        .update());
        assertThat(rows).isEqualTo(4);
        TrialBook trials = new JdbcTrialBook(database, writer, failures);
        assertThat(trials.begin(simulation("sim-1", Stage.RUNNING, null), NOON)).isTrue();
        assertThat(trials.update(simulation("sim-1", Stage.DONE, ALICE))).isTrue();
        assertThat(trials.begin(simulation("sim-2", Stage.RUNNING, null), NOON)).isTrue();
        assertThat(trials.update(simulation("sim-2", Stage.DONE, "sub-of-bob"))).isTrue();
        assertThat(trials.begin(simulation("sim-3", Stage.RUNNING, null), NOON)).isTrue();

        erase(ALICE);

        assertThat(trials.simulation("sim-1").orElseThrow())
                .returns(Stage.FAILED, SimulationState::stage)
                .returns(null, SimulationState::result);
        assertThat(trials.simulation("sim-2").orElseThrow().stage()).isEqualTo(Stage.DONE);
        // It may have seen her before she was erased: what it says is not taken any more.
        assertThat(trials.update(simulation("sim-3", Stage.DONE, ALICE))).isFalse();
        assertThat(everything()).doesNotContain(ALICE);

        assertThat(database.reads()
                        .sql("SELECT (SELECT count(*) FROM outbound) + (SELECT count(*) FROM own_effect)")
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(database.reads()
                        .sql("SELECT place || subject_key || lifted_by FROM containment WHERE released_at IS NOT NULL")
                        .query(String.class)
                        .single())
                .contains("era-")
                .endsWith("erasure")
                .doesNotContain("alice");
    }

    private static SimulationState simulation(String id, Stage stage, @Nullable String subjectKey) {
        PolicyComparison result = subjectKey == null
                ? null
                : new PolicyComparison(
                        1, 1, 0, 0, Map.of(), Map.of(), List.of(new SubjectChange(subjectKey, 1)), List.of());
        return new SimulationState(id, "pol-1", "recorded", "ada", NOON, NOON, stage, 1, 1, result, null);
    }

    /** All columns that can hold text, of all rows. */
    private String everything() {
        JdbcClient sql = database.reads();
        return Stream.of(
                        "SELECT body || COALESCE(subject_key, '') FROM signal",
                        "SELECT body || COALESCE(subject_key, '') FROM action",
                        "SELECT detail FROM attempt",
                        "SELECT rules || COALESCE(facts, '') FROM decision",
                        "SELECT body FROM policy_simulation",
                        "SELECT subject_key || value || aspect FROM posture",
                        "SELECT subject_key FROM mention",
                        "SELECT pseudonym || by_whom FROM erasure",
                        "SELECT row_id FROM erased")
                .flatMap(query -> sql.sql(query).query(String.class).list().stream())
                .reduce("", String::concat);
    }

    @Test
    void recordsWhatComesAfterAnErasureAsEver() {
        Signal before = done("jti-1", "alice@acme.example");
        erase(ALICE);

        assertThat(ledger.record(before, decision(before, "idp")))
                .as("a copy is no news")
                .isEmpty();
        Signal news = done("jti-2", "alice@acme.example");
        assertThat(ledger.signal(news.id()).orElseThrow().signal()).isEqualTo(news);

        assertThat(erase(ALICE)).isInstanceOf(Result.Erased.class);
        assertThat(everything()).doesNotContain("alice");
        assertThat(proof()).isInstanceOf(LedgerProof.Whole.class);
        assertThat(database.reads()
                        .sql("SELECT DISTINCT pseudonym FROM erasure")
                        .query(String.class)
                        .list())
                .as("the same subject has the same one")
                .hasSize(1);
    }

    @Test
    void refusesWhileSomethingIsLeftToDoUnlessItIsToBeDiscarded() {
        Signal waiting = signal("jti-1");
        ledger.record(waiting, decision(waiting, "idp"));
        String unmatched = unmatched("jti-2", "alice@acme.example", "vpn", NOON);
        done("jti-3", "alice@acme.example");

        assertThat(erase(ALICE)).isEqualTo(new Result.Underway(1));
        assertThat(everything()).contains("alice@acme.example was here");

        assertThat(erasures.erase(ALICE, true, "olga", NOON)).isInstanceOf(Result.Erased.class);
        assertThat(ledger.signal(waiting.id()).orElseThrow().actions())
                .extracting(ActionRecord::state)
                .containsExactly(ActionState.DISCARDED);
        assertThat(state(unmatched)).as("nothing would ever match it").isEqualTo(ActionState.DISCARDED);
        assertThat(everything()).doesNotContain("alice");
        assertThat(proof()).isInstanceOf(LedgerProof.Whole.class);
    }

    /** Each of them has a right to it, and a signed token cannot be kept in part. */
    @Test
    void erasesWhatNamesTheSubjectBesideAnother() {
        SubjectIdentifier laptop = new SubjectIdentifier("opaque", Map.of("id", "laptop-1"));
        SubjectIdentifier both = new SubjectIdentifier(
                "complex",
                Map.of("user", Map.of("format", "email", "email", "alice@acme.example"), "device", laptop.toJson()));
        SubjectIdentifier aliases = new SubjectIdentifier(
                "aliases",
                Map.of(
                        "identifiers",
                        List.of(
                                Map.of("format", "email", "email", "alice@acme.example"),
                                Map.of("format", "opaque", "id", "alice-4711"))));
        about("jti-1", both);
        about("jti-2", aliases);

        assertThat(erase(laptop.key()))
                .isInstanceOfSatisfying(Result.Erased.class, erased -> assertThat(erased.signals())
                        .isEqualTo(1));
        assertThat(everything()).doesNotContain("laptop-1").contains("alice-4711");
        assertThat(erase(ALICE)).isInstanceOfSatisfying(Result.Erased.class, erased -> assertThat(erased.signals())
                .isEqualTo(1));
        assertThat(everything()).doesNotContain("alice");
        assertThat(proof()).isInstanceOf(LedgerProof.Whole.class);
    }

    private void about(String jti, SubjectIdentifier subject) {
        Signal plain = signal(jti);
        VerifiedSet set = plain.set();
        SecurityEvent event = plain.events().get(0);
        Signal signal = new Signal(
                new VerifiedSet(
                        set.iss(),
                        set.jti(),
                        set.iat(),
                        set.aud(),
                        set.txn(),
                        set.toe(),
                        subject,
                        set.events(),
                        set.compact(),
                        set.receivedAt()),
                List.of(new SecurityEvent(
                        event.signalId(),
                        event.issuer(),
                        event.txn(),
                        subject,
                        event.payload(),
                        event.occurredAt(),
                        event.receivedAt())));
        ledger.record(signal, decision(signal));
    }

    /** More than one batch. */
    @Test
    void erasesManyInSeveralBatches() {
        for (int i = 0; i < 230; i++) {
            Signal signal = signal("jti-" + i);
            ledger.record(signal, decision(signal));
        }

        assertThat(erase(ALICE)).isInstanceOfSatisfying(Result.Erased.class, erased -> assertThat(erased.signals())
                .isEqualTo(230));
        assertThat(proof()).isInstanceOfSatisfying(LedgerProof.Whole.class, whole -> assertThat(
                        whole.checked().erased())
                .isEqualTo(new LedgerProof.Erased(3, 230)));
    }

    /** Whoever says that something was erased has to have it in the chain, for exactly what stands there now. */
    @TestFactory
    Stream<DynamicTest> findsWhatNoErasureVouchesFor() {
        Signal hers = done("jti-1", "alice@acme.example");
        Signal his = done("jti-2", "bob@acme.example");
        erase(ALICE);
        String action =
                ledger.signal(hers.id()).orElseThrow().actions().get(0).action().id();
        String bobs = Objects.requireNonNull(
                ledger.signal(his.id()).orElseThrow().actions().get(0).action().id());
        String forged =
                "INSERT INTO erased (row_id, erasure_id, kind, digest_was, digest_is) SELECT c.row_id, %s, c.kind,"
                        + " c.digest, '%s' FROM chain c WHERE c.row_id = '" + bobs + ":1'";
        String altered = "UPDATE attempt SET detail = 'x' WHERE action_id = '" + bobs + "'";
        String digest = new RecordedContent.AttemptContent(bobs, 1, NOON.toEpochMilli(), "done", "x").digest();
        return Stream.of(
                        new Forgery(
                                "an erased attempt is altered",
                                "UPDATE attempt SET detail = 'x' WHERE action_id = '" + action + "'",
                                "attempt",
                                Problem.ALTERED),
                        new Forgery(
                                "an erased signal is altered",
                                "UPDATE signal SET txn = 'x' WHERE id = '" + hers.id() + "'",
                                "decision",
                                Problem.ALTERED),
                        new Forgery(
                                "an altered row is added to an erasure",
                                altered + ";" + String.format(forged, 1, digest),
                                "erased",
                                Problem.ALTERED),
                        new Forgery(
                                "an erasure without an entry vouches for an altered row",
                                altered
                                        + ";INSERT INTO erasure (id, at, by_whom, pseudonym, signals, actions, attempts)"
                                        + " VALUES (9, 0, 'x', 'x', 0, 0, 1);"
                                        + String.format(forged, 9, digest),
                                "attempt",
                                Problem.ALTERED),
                        new Forgery(
                                "an erasure is made up",
                                "INSERT INTO erasure (id, at, by_whom, pseudonym, signals, actions, attempts)"
                                        + " VALUES (9, 0, 'x', 'x', 0, 0, 1)",
                                "erased",
                                Problem.INSERTED),
                        new Forgery(
                                "somebody else is said to have erased",
                                "UPDATE erasure SET by_whom = 'paul'",
                                "erased",
                                Problem.ALTERED),
                        new Forgery(
                                "the record of an erasure is taken away",
                                "DELETE FROM erased; DELETE FROM erasure",
                                "erased",
                                Problem.DELETED),
                        new Forgery(
                                "the entry of an erasure is taken away",
                                "DELETE FROM chain WHERE kind = 'erased'",
                                "chain",
                                Problem.DELETED))
                .map(forgery -> DynamicTest.dynamicTest(forgery.what(), () -> found(forgery)));
    }

    private record Forgery(String what, String statements, String kind, Problem problem) {}

    /** Undone afterwards, so that each case finds its own traces only. */
    private void found(Forgery forgery) {
        TransactionTemplate undone = new TransactionTemplate(database.transactions());
        JdbcClient sql = database.writes();
        undone.executeWithoutResult(status -> {
            status.setRollbackOnly();
            for (String statement : forgery.statements().split(";", -1)) {
                assertThat(sql.sql(statement).update()).isPositive();
            }
            assertThat(new ChainAudit(audit -> audit.apply(sql), Clock.systemUTC(), failures).verify())
                    .isInstanceOfSatisfying(LedgerProof.Broken.class, broken -> assertThat(broken.findings())
                            .anyMatch(finding ->
                                    finding.kind().equals(forgery.kind()) && finding.problem() == forgery.problem()));
        });
    }

    @Test
    void prunesWhatWasErasedLikeAnythingElse() throws Exception {
        done("jti-1", "alice@acme.example");
        Signal his = done("jti-2", "bob@acme.example");
        erase(ALICE);
        MovableClock clock = new MovableClock(NOON.plus(Duration.ofDays(40)));
        try (Pruner pruner = new Pruner(
                database,
                writer,
                chain,
                failures,
                Duration.ofDays(30),
                clock,
                new SimpleMeterRegistry(),
                time -> true)) {
            assertThat(pruner.run()).isEqualTo(new Pruner.Run(2, 2, 2, 0));
        }
        assertThat(ledger.signal(his.id())).isEmpty();
        assertThat(new ChainAudit(database::atOneMoment, clock, failures).verify())
                .isInstanceOf(LedgerProof.Whole.class);
    }

    private LedgerProof proof() {
        return new ChainAudit(database::atOneMoment, Clock.systemUTC(), failures).verify();
    }

    private ActionState state(String actionId) {
        return ledger.action(actionId).orElseThrow().state();
    }
}
