package io.signalbox.store.jdbc;

import static io.signalbox.testing.Recorded.ISSUER;
import static io.signalbox.testing.Recorded.NOON;
import static io.signalbox.testing.Recorded.action;
import static io.signalbox.testing.Recorded.decision;
import static io.signalbox.testing.Recorded.signal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Outcome;
import io.signalbox.action.Severity;
import io.signalbox.event.Posture;
import io.signalbox.event.RiskLevel;
import io.signalbox.event.Signal;
import io.signalbox.set.Standing;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.Backlog;
import io.signalbox.store.CursorException;
import io.signalbox.store.Ledger;
import io.signalbox.store.LedgerAudit;
import io.signalbox.store.LedgerProof;
import io.signalbox.store.LedgerProof.Finding;
import io.signalbox.store.LedgerProof.Problem;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.Page;
import io.signalbox.store.PastSignals;
import io.signalbox.store.Redrive;
import io.signalbox.store.Redriven;
import io.signalbox.store.SignalQuery;
import io.signalbox.store.SignalRecord;
import io.signalbox.testing.Recorded;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
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
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.transaction.support.TransactionTemplate;

/** What every store must keep; each store runs all of it. */
abstract class LedgerContract {

    private static final Outcome.NoAnswer SILENCE = new Outcome.NoAnswer("connect timed out", null);

    @TempDir
    Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Opened opened;
    Ledger ledger;

    /** The URL of a store with nothing in it. */
    abstract @Nullable String newStore();

    abstract @Nullable String username();

    record Opened(LedgerDatabase database, GroupCommit writer, Ledger ledger, StoreProperties properties) {
        LedgerProof verify() {
            return audit().verify();
        }

        LedgerAudit audit() {
            return new ChainAudit(database::atOneMoment, Clock.systemUTC(), new StorageFailures(database.name()));
        }

        void close() {
            writer.close();
            database.close();
        }
    }

    private Opened open(StoreProperties properties) {
        LedgerDatabase database = LedgerDatabase.open(properties, new Home(folder), new MockEnvironment());
        StorageFailures failures = new StorageFailures(database.name());
        Chain chain = new Chain(database.writesInBatches());
        GroupCommit writer = new GroupCommit(
                database.transactions(), chain, failures, properties.writeQueue(), properties.writeWait(), meters);
        return new Opened(database, writer, new JdbcLedger(database, writer, chain, failures), properties);
    }

    @BeforeEach
    void open() {
        opened = open(new StoreProperties(newStore(), username(), null, null, 4, 1024, Duration.ofSeconds(5)));
        ledger = opened.ledger();
    }

    private void reopen() {
        opened.close();
        opened = open(opened.properties());
        ledger = opened.ledger();
    }

    @AfterEach
    void close() {
        opened.close();
    }

    @Test
    void tellsWhatWasDecidedOfASubjectInAStretchOfTimeTheLatestFirst() {
        List<Signal> recorded = new ArrayList<>();
        for (int minute = 0; minute < 5; minute++) {
            Signal signal = Recorded.signal(
                    ISSUER, "jti-" + minute, "alice@acme.example", NOON.plus(Duration.ofMinutes(minute)));
            ledger.record(signal, decision(signal));
            recorded.add(signal);
        }
        Signal other = Recorded.signal(ISSUER, "jti-bob", "bob@acme.example", NOON.plus(Duration.ofMinutes(1)));
        ledger.record(other, decision(other));
        Signal parked = Recorded.signal(ISSUER, "jti-parked", "alice@acme.example", NOON.plus(Duration.ofMinutes(2)));
        ledger.park(parked, "cannot be decided", NOON);
        Signal last = recorded.get(4);
        String alice = Objects.requireNonNull(last.set().subject()).key();

        reopen();

        assertThat(ledger.recent(
                        alice, NOON.plus(Duration.ofMinutes(1)), last.set().receivedAt(), last.id()))
                .as("neither the one that is asked for, nor another's, nor what was not decided")
                .containsExactly(recorded.get(3), recorded.get(2), recorded.get(1));
        assertThat(ledger.recent(alice, NOON.plus(Duration.ofHours(1)), NOON.plus(Duration.ofHours(2)), "sig-z"))
                .isEmpty();
        PastSignals past = new PastSignalsConfig().pastSignals(opened.database());
        assertThat(past.named("jti-2")).containsExactly(recorded.get(2));
        assertThat(past.named(last.id())).containsExactly(last);
        assertThat(past.named("jti-never")).isEmpty();
        assertThat(past.before(recorded.get(2))).containsExactly(recorded.get(1), recorded.get(0));
    }

    @Test
    void tellsTheWholeStoryOfASignal() {
        Signal signal = signal("jti-1");
        Decision decision = decision(signal, "idp", "siem", null);

        List<ActionRecord> toSend = ledger.record(signal, decision);

        assertThat(toSend).extracting(action -> action.action().target()).containsExactly("idp", "siem");
        assertThat(toSend).extracting(ActionRecord::state).containsOnly(ActionState.WAITING);
        SignalRecord story = ledger.signal(signal.id()).orElseThrow();
        assertThat(story.signal()).isEqualTo(signal);
        assertThat(story.decision()).isEqualTo(decision);
        assertThat(story.parkedBecause()).isNull();
        assertThat(story.actions())
                .extracting(ActionRecord::state)
                .containsExactly(ActionState.WAITING, ActionState.WAITING, ActionState.UNASSIGNED);
        assertThat(story.actions()).extracting(ActionRecord::action).isEqualTo(decision.actions());
        assertThat(story.actions().subList(0, 2)).isEqualTo(toSend);
    }

    @Test
    void keepsASignalThatNamesNobodyAndADecisionThatAsksForNothing() {
        Signal signal = signal(ISSUER, "jti-1", null, NOON);

        assertThat(ledger.record(signal, decision(signal))).isEmpty();

        assertThat(ledger.signal(signal.id()).orElseThrow().signal()).isEqualTo(signal);
    }

    @Test
    void knowsNothingOfWhatWasNeverRecorded() {
        assertThat(ledger.signal("sig-0")).isEmpty();
        assertThat(ledger.action("act-0")).isEmpty();
        assertThat(ledger.signals(everything(null, 10))).isEqualTo(new Page<>(List.of(), null));
    }

    @Test
    void keepsTheFirstDecisionWhateverIsHandedInLater() {
        Signal signal = signal("jti-1");
        Decision first = decision(signal, "idp");
        List<ActionRecord> sentFirst = ledger.record(signal, first);
        Decision second = new Decision(
                signal.id(),
                "policy-2",
                NOON.plusSeconds(60),
                Severity.LOW,
                List.of("Another"),
                List.of(action(signal, 7, "vpn")));

        List<ActionRecord> sentAgain = ledger.record(signal, second);

        assertThat(sentAgain).isEqualTo(sentFirst);
        assertThat(ledger.signal(signal.id()).orElseThrow().decision()).isEqualTo(first);
    }

    /** A transmitter that signs anew for each attempt states another time; jti is what tells SETs apart (RFC 8417). */
    @Test
    void decidesASetOnceHoweverOftenItIsSigned() {
        Signal first = signal(ISSUER, "jti-1", "alice@acme.example", NOON);
        Signal again = signal(ISSUER, "jti-1", "alice@acme.example", NOON.plusSeconds(90));
        assertThat(again.id()).isNotEqualTo(first.id());
        assertThat(ledger.record(first, decision(first, "idp"))).hasSize(1);

        assertThat(ledger.record(again, decision(again, "idp"))).isEmpty();
        ledger.park(again, "too late", NOON.plusSeconds(91));

        assertThat(ledger.signals(everything(null, 10)).items())
                .extracting(SignalRecord::signal)
                .containsExactly(first);
        assertThat(ledger.signal(first.id()).orElseThrow().parkedBecause()).isNull();
        assertThat(opened.verify()).isInstanceOf(LedgerProof.Whole.class);
    }

    @Test
    void decidesAParkedSetThatCameAgainSignedAnew() {
        Signal first = signal(ISSUER, "jti-1", "alice@acme.example", NOON);
        ledger.park(first, "no policy is loaded", NOON);
        Signal again = signal(ISSUER, "jti-1", "alice@acme.example", NOON.plusSeconds(90));

        assertThat(ledger.record(again, decision(again, "idp"))).hasSize(1);

        assertThat(ledger.signals(everything(null, 10)).items())
                .extracting(SignalRecord::signal)
                .containsExactly(again);
        assertThat(opened.verify()).isInstanceOf(LedgerProof.Whole.class);
    }

    @Test
    void asksToSendAgainOnlyWhatHasNotEnded() {
        Signal signal = signal("jti-1");
        Decision decision = decision(signal, "idp", "vpn", "siem");
        List<ActionRecord> sent = ledger.record(signal, decision);
        ledger.attempted(id(sent, 0), new Outcome.Done("204"), ActionState.DONE, NOON, null);
        ledger.attempted(id(sent, 1), SILENCE, ActionState.RETRYING, NOON, NOON.plusSeconds(10));

        assertThat(ledger.record(signal, decision))
                .extracting(action -> action.action().target())
                .containsExactly("vpn", "siem");
    }

    @Test
    void parksASignalUntilItIsDecided() {
        Signal signal = signal("jti-1");
        ledger.park(signal, "no policy is loaded", NOON);
        assertThat(ledger.signal(signal.id()).orElseThrow())
                .isEqualTo(new SignalRecord(signal, null, List.of(), "no policy is loaded"));

        ledger.park(signal, "still none", NOON.plusSeconds(1));
        assertThat(ledger.signal(signal.id()).orElseThrow().parkedBecause()).isEqualTo("still none");

        assertThat(ledger.record(signal, decision(signal, "idp"))).hasSize(1);
        assertThat(ledger.signal(signal.id()).orElseThrow().parkedBecause()).isNull();

        ledger.park(signal, "too late", NOON.plusSeconds(2));
        assertThat(ledger.signal(signal.id()).orElseThrow().parkedBecause()).isNull();
    }

    @Test
    void countsTriesAndKeepsEveryAttempt() {
        String id = recorded("jti-1");
        ledger.attempted(id, SILENCE, ActionState.RETRYING, NOON, NOON.plusSeconds(10));
        ledger.attempted(id, SILENCE, ActionState.RETRYING, NOON.plusSeconds(10), NOON.plusSeconds(30));

        ActionRecord waiting = ledger.action(id).orElseThrow();
        assertThat(waiting.state()).isEqualTo(ActionState.RETRYING);
        assertThat(waiting.tries()).isEqualTo(2);
        assertThat(waiting.nextAttemptAt()).isEqualTo(NOON.plusSeconds(30));
        assertThat(waiting.updatedAt()).isEqualTo(NOON.plusSeconds(10));

        ledger.attempted(id, new Outcome.Done("204"), ActionState.DONE, NOON.plusSeconds(31), null);

        ActionRecord done = ledger.action(id).orElseThrow();
        assertThat(done.state()).isEqualTo(ActionState.DONE);
        assertThat(done.nextAttemptAt()).isNull();
        assertThat(done.attempts())
                .containsExactly(
                        new ActionRecord.Attempt(NOON, "no-answer", "connect timed out"),
                        new ActionRecord.Attempt(NOON.plusSeconds(10), "no-answer", "connect timed out"),
                        new ActionRecord.Attempt(NOON.plusSeconds(31), "done", "204"));
    }

    @Test
    void countsAnAttemptThatIsRecordedTwiceOnce() {
        String id = recorded("jti-1");
        ledger.attempted(id, SILENCE, ActionState.RETRYING, NOON, NOON.plusSeconds(10));
        ledger.attempted(id, SILENCE, ActionState.RETRYING, NOON, NOON.plusSeconds(10));

        assertThat(ledger.action(id).orElseThrow().tries()).isEqualTo(1);
        assertThat(ledger.action(id).orElseThrow().attempts()).hasSize(1);
    }

    @Test
    void bringsNothingBackToLifeThatHasEnded() {
        String id = recorded("jti-1");
        ledger.attempted(id, new Outcome.Done("204"), ActionState.DONE, NOON, null);
        ActionRecord ended = ledger.action(id).orElseThrow();

        ledger.attempted(id, new Outcome.Done("204"), ActionState.DONE, NOON, null);
        assertThat(ledger.action(id)).contains(ended);

        ledger.attempted(id, SILENCE, ActionState.RETRYING, NOON.plusSeconds(5), NOON.plusSeconds(10));
        ActionRecord after = ledger.action(id).orElseThrow();
        assertThat(after.state()).isEqualTo(ActionState.DONE);
        assertThat(after.nextAttemptAt()).isNull();
        assertThat(after.updatedAt()).isEqualTo(NOON);
        assertThat(after.attempts()).hasSize(2);
        assertThat(ledger.due("idp", NOON.plusSeconds(60), NOON.plusSeconds(90), 10))
                .isEmpty();
    }

    /** Invariant I-4. */
    @Test
    void remembersOfEachAspectWhatHappenedLastNotWhatArrivedLast() {
        Instant noon = NOON.minusSeconds(60);
        decided(Recorded.risk(ISSUER, "jti-1", "HIGH", noon));
        decided(Recorded.risk(ISSUER, "jti-2", "MEDIUM", noon.minusSeconds(1)));
        decided(Recorded.risk("https://other.example", "jti-3", "LOW", noon.minusSeconds(5)));
        Signal next = Recorded.risk(ISSUER, "jti-4", "LOW", noon);

        Posture before = Objects.requireNonNull(ledger.posture(next).get(key(next)));
        assertThat(before.risk()).as("an older event changes nothing").isEqualTo(RiskLevel.HIGH);
        assertThat(before.known())
                .containsExactly(new Posture.Known(
                        "risk/USER", "HIGH", noon, Recorded.signal("jti-1").id()));

        decided(next);
        decided(Recorded.risk(ISSUER, "jti-1", "HIGH", noon));
        assertThat(ledger.posture(key(next)))
                .as("of one moment the later to be decided counts, and what is decided again changes nothing")
                .containsOnly(
                        Map.entry(ISSUER, List.of(new Posture.Known("risk/USER", "LOW", noon, next.id()))),
                        Map.entry(
                                "https://other.example",
                                List.of(new Posture.Known(
                                        "risk/USER",
                                        "LOW",
                                        noon.minusSeconds(5),
                                        Recorded.risk("https://other.example", "jti-3", "LOW", noon)
                                                .id()))));
        assertThat(ledger.posture(Recorded.signal("https://third.example", "jti-5", "bob@acme.example", NOON)))
                .isEmpty();
        assertThat(ledger.posture("sub-0")).isEmpty();
    }

    /** The kind of principal is an open list, and so in the sender's own words; one that no store takes would come for ever. */
    /** Nothing later may be weighed by what its issuer was not entitled to say, or be taken for overtaken by it. */
    @Test
    void remembersNothingOfASubjectThatWasNotToBeActedUpon() {
        Standing advisory = new Standing(Standing.Word.ADVISORY, "Trusted as an adviser only");
        Signal signal = Recorded.standing(Recorded.risk(ISSUER, "jti-1", "HIGH", NOON), advisory);

        decided(signal);

        assertThat(ledger.posture(key(signal))).isEmpty();
        assertThat(ledger.signal(signal.id()).orElseThrow().signal().set().standing())
                .isEqualTo(advisory);
        decided(Recorded.risk(ISSUER, "jti-2", "LOW", NOON.minusSeconds(60)));
        assertThat(ledger.posture(key(signal)).get(ISSUER))
                .extracting(Posture.Known::value)
                .containsExactly("LOW");
    }

    @Test
    void keepsHowASubjectStandsWhateverWordsTheSenderUses() {
        StringBuilder incompressible = new StringBuilder();
        new Random(1).ints(9_000, '!', '~').forEach(incompressible::appendCodePoint);
        for (String principal : List.of(incompressible.toString(), incompressible + "!", "US\u0000ER", "US\ud800ER")) {
            decided(Recorded.riskOf(principal, ISSUER, "jti-" + principal.hashCode(), "HIGH", NOON));
        }

        assertThat(ledger.posture(key(Recorded.risk(ISSUER, "jti-1", "HIGH", NOON)))
                        .get(ISSUER))
                .extracting(Posture.Known::aspect)
                .hasSize(4)
                .doesNotHaveDuplicates()
                .allMatch(aspect -> aspect.startsWith("sha256-"));
    }

    private void decided(Signal signal) {
        assertThat(ledger.record(signal, decision(signal))).isEmpty();
    }

    private static String key(Signal signal) {
        return Objects.requireNonNull(signal.set().subject()).key();
    }

    @Test
    void settlesAnActionOnceAndOnlyWhileItStandsAsItsAttemptFoundIt() {
        String id = recorded("jti-1");
        ledger.attempted(id, SILENCE, ActionState.RETRYING, NOON, NOON.plusSeconds(10));
        Outcome done = new Outcome.Done("204");

        assertThat(ledger.settled(id, 0, done, ActionState.DONE, NOON.plusSeconds(11)))
                .as("an attempt that another one overtook")
                .isFalse();
        assertThat(ledger.settled(id, 1, done, ActionState.DONE, NOON.plusSeconds(12)))
                .isTrue();
        assertThat(ledger.settled(id, 1, done, ActionState.DONE, NOON.plusSeconds(12)))
                .as("the same once more")
                .isFalse();
        assertThat(ledger.settled("act-0", 0, done, ActionState.DONE, NOON))
                .as("an action that is not there")
                .isFalse();

        ActionRecord ended = ledger.action(id).orElseThrow();
        assertThat(ended.state()).isEqualTo(ActionState.DONE);
        assertThat(ended.tries()).isEqualTo(2);
        assertThat(ended.nextAttemptAt()).isNull();
        assertThat(ended.updatedAt()).isEqualTo(NOON.plusSeconds(12));
        assertThat(ended.attempts()).hasSize(2);
    }

    @Test
    void takesAnyTextThatATargetAnswers() {
        String id = recorded("jti-1");
        String odd = "zero \0, smile \uD83D\uDE00, quote ' and \\";
        ledger.attempted(id, new Outcome.Refused(odd), ActionState.REFUSED, NOON, null);

        assertThat(ledger.action(id).orElseThrow().attempts().get(0).detail()).isEqualTo(odd.replace('\0', '\uFFFD'));
    }

    @Test
    void refusesAnAttemptAtAnActionItDoesNotHold() {
        assertThatThrownBy(() -> ledger.attempted("act-0", SILENCE, ActionState.DEAD, NOON, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("act-0");
    }

    @Test
    void redrivesOnlyWhatEndedBadly() {
        String id = recorded("jti-1");
        assertThat(ledger.redrive(id, NOON)).isEmpty();
        assertThat(ledger.redrive("act-0", NOON)).isEmpty();
        ledger.attempted(id, SILENCE, ActionState.DEAD, NOON, null);

        ActionRecord again = ledger.redrive(id, NOON.plusSeconds(60)).orElseThrow();

        assertThat(again.state()).isEqualTo(ActionState.RETRYING);
        assertThat(again.tries()).isZero();
        assertThat(again.attempts()).hasSize(1);
        assertThat(ledger.redrive(id, NOON.plusSeconds(61))).isEmpty();
        assertThat(ledger.due("idp", NOON.plusSeconds(60), NOON.plusSeconds(90), 10))
                .extracting(action -> action.action().id())
                .containsExactly(id);

        ledger.attempted(id, new Outcome.Done("204"), ActionState.DONE, NOON.plusSeconds(62), null);
        assertThat(ledger.redrive(id, NOON.plusSeconds(63))).isEmpty();
    }

    @Test
    void lendsWhatIsDueTheLongestDueFirst() {
        String late = retrying("jti-1", NOON.plusSeconds(20));
        String early = retrying("jti-2", NOON.plusSeconds(10));
        String notYet = retrying("jti-3", NOON.plusSeconds(30));
        Instant now = NOON.plusSeconds(20);
        Instant lease = now.plusSeconds(60);

        assertThat(ledger.due("idp", NOON.plusMillis(9_999), lease, 10)).isEmpty();
        List<ActionRecord> taken = ledger.due("idp", now, lease, 10);
        assertThat(ids(taken)).containsExactly(early, late);
        assertThat(taken).extracting(ActionRecord::tries).containsOnly(1);
        assertThat(taken).extracting(ActionRecord::nextAttemptAt).containsOnly(lease);

        assertThat(ledger.due("idp", now, lease, 10)).isEmpty();
        assertThat(ids(ledger.due("idp", NOON.plusSeconds(30), lease.plusSeconds(60), 10)))
                .containsExactly(notYet);
        // Taken and never heard of again.
        assertThat(ids(ledger.due("idp", lease, lease.plusSeconds(60), 1))).hasSize(1);
        assertThat(ids(ledger.due("idp", lease, lease.plusSeconds(60), 10))).hasSize(1);
    }

    @Test
    void lendsADueActionToOneTakerOnly() throws Exception {
        for (int i = 0; i < 40; i++) {
            retrying("jti-" + i, NOON.plusSeconds(i));
        }
        Opened otherNode = open(opened.properties());
        try {
            List<Callable<List<ActionRecord>>> takers = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Ledger node = i % 2 == 0 ? ledger : otherNode.ledger();
                takers.add(() -> node.due("idp", NOON.plusSeconds(60), NOON.plusSeconds(120), 7));
            }
            List<String> taken = new ArrayList<>();
            for (List<ActionRecord> records : allAtOnce(takers)) {
                taken.addAll(ids(records));
            }
            // A taker that lost a race may come away with less than it asked for; the next round takes the rest.
            taken.addAll(ids(ledger.due("idp", NOON.plusSeconds(60), NOON.plusSeconds(120), 100)));
            assertThat(taken).hasSize(40).doesNotHaveDuplicates();
        } finally {
            otherNode.close();
        }
    }

    @Test
    void keepsOneRowForEachSignalHoweverManyWriteItAtOnce() throws Exception {
        List<Callable<List<ActionRecord>>> writers = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Signal signal = signal("jti-" + i % 200);
            writers.add(() -> ledger.record(signal, decision(signal, "idp", "siem")));
        }

        assertThat(allAtOnce(writers)).allSatisfy(toSend -> assertThat(toSend).hasSize(2));

        Page<SignalRecord> all = ledger.signals(everything(null, 500));
        assertThat(all.items()).hasSize(200);
        assertThat(all.items()).allSatisfy(story -> assertThat(story.actions()).hasSize(2));
        double writes = meters.counter("signalbox.ledger.writes").count();
        double commits = meters.counter("signalbox.ledger.commits").count();
        assertThat(writes).isEqualTo(400);
        assertThat(commits).isPositive().isLessThan(writes / 2);
    }

    @Test
    void aWriteThatFailsSpoilsNoOther() throws Exception {
        List<Callable<List<ActionRecord>>> writers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Signal signal = signal("jti-" + i);
            Decision good = decision(signal, "idp");
            Action twice = good.actions().get(0);
            Decision poison = new Decision(
                    signal.id(), "policy-1", NOON, Severity.HIGH, List.of("Broken"), List.of(twice, twice));
            Decision decision = i % 3 == 0 ? poison : good;
            writers.add(() -> ledger.record(signal, decision));
        }
        ExecutorService threads = Executors.newFixedThreadPool(writers.size());
        try {
            List<Future<List<ActionRecord>>> answers = threads.invokeAll(writers);
            for (int i = 0; i < answers.size(); i++) {
                Future<List<ActionRecord>> answer = answers.get(i);
                if (i % 3 == 0) {
                    assertThatThrownBy(answer::get)
                            .isInstanceOf(ExecutionException.class)
                            .hasCauseInstanceOf(DataIntegrityViolationException.class);
                } else {
                    assertThat(answer.get()).hasSize(1);
                }
                // Nothing of a failed write is left, not even the signal.
                assertThat(ledger.signal(signal("jti-" + i).id()).isPresent()).isEqualTo(i % 3 != 0);
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void keepsEverythingOverARestart() {
        String done = recorded("jti-1");
        ledger.attempted(done, new Outcome.AlreadyDone("no change"), ActionState.ALREADY_DONE, NOON, null);
        retrying("jti-2", NOON.plusSeconds(10));
        ledger.park(signal("jti-3"), "no policy is loaded", NOON);
        Page<SignalRecord> before = ledger.signals(everything(null, 10));
        assertThat(before.items()).hasSize(3);

        reopen();

        assertThat(ledger.signals(everything(null, 10))).isEqualTo(before);
        assertThat(ledger.due("idp", NOON.plusSeconds(10), NOON.plusSeconds(20), 10))
                .hasSize(1);
    }

    @Test
    void writesWhatWaitsBeforeItCloses() throws Exception {
        List<Callable<List<ActionRecord>>> writers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Signal signal = signal("jti-" + i);
            writers.add(() -> ledger.record(signal, decision(signal, "idp")));
        }
        ExecutorService threads = Executors.newFixedThreadPool(50);
        List<Future<List<ActionRecord>>> answers = new ArrayList<>();
        writers.forEach(writer -> answers.add(threads.submit(writer)));
        opened.writer().close();

        Set<String> promised = new HashSet<>();
        for (int i = 0; i < answers.size(); i++) {
            try {
                assertThat(answers.get(i).get()).hasSize(1);
                promised.add(signal("jti-" + i).id());
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(LedgerUnavailableException.class);
            }
        }
        threads.shutdown();
        assertThat(ledger.signals(everything(null, 500)).items())
                .extracting(story -> story.signal().id())
                .containsExactlyInAnyOrderElementsOf(promised);
    }

    @Test
    void saysSoWhenItIsClosed() {
        opened.writer().close();
        Signal signal = signal("jti-1");

        assertThatThrownBy(() -> ledger.record(signal, decision(signal)))
                .isInstanceOf(LedgerUnavailableException.class)
                .hasMessageContaining("shutting down");
    }

    @Test
    void saysWhichStoreDoesNotAnswer() {
        opened.database().close();
        Signal signal = signal("jti-1");

        assertThatThrownBy(() -> ledger.record(signal, decision(signal)))
                .isInstanceOf(LedgerUnavailableException.class)
                .hasMessageContaining(opened.database().name());
        assertThatThrownBy(() -> ledger.signal(signal.id())).isInstanceOf(LedgerUnavailableException.class);
    }

    @Test
    void findsSignalsByEachOfTheirMarks() {
        Signal alice = signal(ISSUER, "jti-1", "alice@acme.example", NOON);
        Signal bob = signal(ISSUER, "jti-2", "bob@acme.example", NOON.plusSeconds(10));
        Signal other = signal("https://other.example", "jti-1", "bob@ACME.example", NOON.plusSeconds(20));
        List.of(alice, bob, other).forEach(signal -> ledger.record(signal, decision(signal, "idp")));

        assertThat(found(new SignalQuery(null, null, null, null, null, null, 10)))
                .containsExactly(other, bob, alice);
        assertThat(found(new SignalQuery("jti-1", null, null, null, null, null, 10)))
                .containsExactly(other, alice);
        assertThat(found(new SignalQuery("jti-1", ISSUER, null, null, null, null, 10)))
                .containsExactly(alice);
        assertThat(found(new SignalQuery(null, ISSUER, null, null, null, null, 10)))
                .containsExactly(bob, alice);
        assertThat(found(new SignalQuery(null, null, key(bob.set()), null, null, null, 10)))
                .containsExactly(other, bob);
        assertThat(found(new SignalQuery(null, null, null, NOON.plusSeconds(10), NOON.plusSeconds(20), null, 10)))
                .containsExactly(bob);
        assertThat(found(new SignalQuery(null, ISSUER, key(bob.set()), null, null, null, 10)))
                .containsExactly(bob);
        assertThat(found(new SignalQuery("jti-1", null, key(alice.set()), null, null, null, 10)))
                .containsExactly(alice);
        assertThat(found(new SignalQuery("jti-1", ISSUER, key(bob.set()), null, null, null, 10)))
                .isEmpty();
        assertThat(found(new SignalQuery("jti-9", null, null, null, null, null, 10)))
                .isEmpty();
    }

    @Test
    void pagesOfSignalsStandStillWhileNewOnesArrive() {
        for (int i = 0; i < 25; i++) {
            // Three share each moment: the id must tell them apart.
            Signal signal = signal(ISSUER, "jti-" + i, "alice@acme.example", NOON.plusSeconds(i / 3));
            ledger.record(signal, decision(signal, "idp"));
        }
        List<Signal> all = found(everything(null, 500));
        List<Signal> paged = new ArrayList<>();
        String after = null;
        int arrivals = 0;
        do {
            Page<SignalRecord> page = ledger.signals(everything(after, 10));
            page.items().forEach(story -> paged.add(story.signal()));
            after = page.next();
            Signal newest = signal(ISSUER, "new-" + arrivals++, "alice@acme.example", NOON.plusSeconds(600));
            ledger.record(newest, decision(newest, "idp"));
        } while (after != null);

        assertThat(paged).isEqualTo(all).hasSize(25);
        assertThat(arrivals).isEqualTo(3);
    }

    @Test
    void pagesOfActionsStandStillWhileNewOnesArrive() {
        for (int i = 0; i < 12; i++) {
            String id = recorded("jti-" + i);
            ledger.attempted(id, SILENCE, ActionState.DEAD, NOON.plusSeconds(i / 2), null);
        }
        recorded("jti-waiting");
        List<String> all = ids(ledger.actions(ActionState.DEAD, null, 500).items());
        List<String> paged = new ArrayList<>();
        String after = null;
        int arrivals = 0;
        do {
            Page<ActionRecord> page = ledger.actions(ActionState.DEAD, after, 5);
            paged.addAll(ids(page.items()));
            after = page.next();
            ledger.attempted(recorded("new-" + arrivals++), SILENCE, ActionState.DEAD, NOON.plusSeconds(600), null);
        } while (after != null);

        assertThat(paged).isEqualTo(all).hasSize(12);
        assertThat(arrivals).isEqualTo(3);
    }

    @Test
    void neverMakesAPageLongerThanTheCap() {
        for (int i = 0; i < 3; i++) {
            recorded("jti-" + i);
        }
        assertThat(ledger.signals(everything(null, 0)).items()).hasSize(1);
        assertThat(ledger.signals(everything(null, Integer.MAX_VALUE)).items()).hasSize(3);
        assertThat(ledger.actions(ActionState.WAITING, null, -1).items()).hasSize(1);
    }

    @Test
    void refusesACursorItDidNotMake() {
        for (String odd : List.of("", "%%%", "bm90IGEgY3Vyc29y", "Og")) {
            assertThatThrownBy(() -> ledger.signals(everything(odd, 10))).isInstanceOf(CursorException.class);
            assertThatThrownBy(() -> ledger.actions(ActionState.DEAD, odd, 10)).isInstanceOf(CursorException.class);
        }
    }

    @Test
    void findsWhatIsDueAtOneTargetBehindEverythingDueAtAnother() {
        for (int i = 0; i < 20; i++) {
            retrying("jti-" + i, NOON);
        }
        Signal signal = signal("jti-siem");
        String siem = id(ledger.record(signal, decision(signal, "siem")), 0);
        ledger.attempted(siem, SILENCE, ActionState.RETRYING, NOON, NOON.plusSeconds(10));
        Instant now = NOON.plusSeconds(10);

        assertThat(ids(ledger.due("siem", now, now.plusSeconds(60), 10))).containsExactly(siem);
        assertThat(ledger.due("siem", now, now.plusSeconds(60), 10)).isEmpty();
        assertThat(ledger.due("idp", now, now.plusSeconds(60), 10)).hasSize(10);
        assertThat(ledger.due("idp", now, now.plusSeconds(60), 100)).hasSize(10);
        assertThat(ledger.due("nobody", now, now.plusSeconds(60), 10)).isEmpty();
    }

    @Test
    void redrivesSomeAndLeavesAloneWhatMayNotBe() {
        String dead = ended("jti-1", "idp", ActionState.DEAD, NOON);
        String refused = ended("jti-2", "idp", ActionState.REFUSED, NOON);
        String done = ended("jti-3", "idp", ActionState.DONE, NOON);

        assertThat(ledger.redrive(List.of(dead, "act-0", done, refused, dead), NOON.plusSeconds(1)))
                .containsExactly(dead, refused);

        assertThat(ids(ledger.due("idp", NOON.plusSeconds(1), NOON.plusSeconds(60), 10)))
                .containsExactlyInAnyOrder(dead, refused);
        assertThat(ledger.action(done).orElseThrow().state()).isEqualTo(ActionState.DONE);
        assertThat(ledger.redrive(List.of(), NOON)).isEmpty();
    }

    @Test
    void redrivesAllThatTheSelectionNamesTheOldestFirst() {
        List<String> dead = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            dead.add(ended("jti-" + i, "idp", ActionState.DEAD, NOON.plusSeconds(i)));
        }
        String elsewhere = ended("jti-siem", "siem", ActionState.DEAD, NOON);
        String refused = ended("jti-refused", "idp", ActionState.REFUSED, NOON);
        Instant at = NOON.plusSeconds(60);

        assertThat(ledger.redrive(new Redrive(ActionState.DEAD, "idp", null, 2), at))
                .isEqualTo(new Redriven(2, true));
        assertThat(states(dead))
                .containsExactly(
                        ActionState.RETRYING,
                        ActionState.RETRYING,
                        ActionState.DEAD,
                        ActionState.DEAD,
                        ActionState.DEAD);
        assertThat(ledger.redrive(new Redrive(ActionState.DEAD, "idp", NOON.plusSeconds(4), 100), at))
                .isEqualTo(new Redriven(2, false));
        assertThat(ledger.redrive(new Redrive(ActionState.DEAD, null, null, 100), at))
                .isEqualTo(new Redriven(2, false));
        assertThat(states(List.of(elsewhere, refused))).containsExactly(ActionState.RETRYING, ActionState.REFUSED);
        assertThat(ledger.redrive(new Redrive(ActionState.WAITING, null, null, 100), at))
                .isEqualTo(new Redriven(0, false));
    }

    @Test
    void discardsForGoodAndKeepsTheReasonInTheStory() {
        String waiting = recorded("jti-1");
        String due = retrying("jti-2", NOON);
        String dead = ended("jti-3", "idp", ActionState.DEAD, NOON);
        String done = ended("jti-4", "idp", ActionState.DONE, NOON);

        for (String id : List.of(waiting, due, dead)) {
            ActionRecord discarded =
                    ledger.discard(id, "a drill \0", NOON.plusSeconds(5)).orElseThrow();
            assertThat(discarded.state()).isEqualTo(ActionState.DISCARDED);
            assertThat(discarded.nextAttemptAt()).isNull();
            assertThat(discarded.attempts().get(discarded.attempts().size() - 1))
                    .isEqualTo(new ActionRecord.Attempt(NOON.plusSeconds(5), "discarded", "a drill \uFFFD"));
            assertThat(ledger.discard(id, "again", NOON.plusSeconds(6))).isEmpty();
            assertThat(ledger.redrive(id, NOON.plusSeconds(6))).isEmpty();
        }
        assertThat(ledger.discard(done, "no", NOON)).isEmpty();
        assertThat(ledger.discard("act-0", "no", NOON)).isEmpty();
        assertThat(ledger.due("idp", NOON.plusSeconds(60), NOON.plusSeconds(90), 10))
                .isEmpty();

        // An attempt that was under way is kept too, and brings nothing back to life.
        ledger.attempted(waiting, new Outcome.Done("204"), ActionState.DONE, NOON.plusSeconds(7), null);
        assertThat(ledger.action(waiting).orElseThrow().state()).isEqualTo(ActionState.DISCARDED);
        assertThat(ledger.action(waiting).orElseThrow().attempts()).hasSize(2);
    }

    @Test
    void countsWhatLiesBeforeEachTarget() {
        recorded("jti-1");
        recorded("jti-2");
        retrying("jti-3", NOON.plusSeconds(10));
        ended("jti-4", "siem", ActionState.DEAD, NOON.plusSeconds(3));
        ended("jti-5", "siem", ActionState.DONE, NOON);
        Signal nobodys = signal("jti-6");
        ledger.record(nobodys, decision(nobodys, new String[] {null}));

        assertThat(ledger.backlog())
                .containsExactlyInAnyOrder(
                        new Backlog("idp", ActionState.WAITING, 2, NOON.plusMillis(40)),
                        new Backlog("idp", ActionState.RETRYING, 1, NOON),
                        new Backlog("siem", ActionState.DEAD, 1, NOON.plusSeconds(3)));
    }

    private String ended(String jti, String target, ActionState state, Instant at) {
        Signal signal = signal(jti);
        String id = id(ledger.record(signal, decision(signal, target)), 0);
        ledger.attempted(id, SILENCE, state, at, null);
        return id;
    }

    private List<ActionState> states(List<String> ids) {
        return ids.stream().map(id -> ledger.action(id).orElseThrow().state()).toList();
    }

    @Test
    void provesThatEachDecisionAndEachAttemptIsAsItWasRecorded() {
        assertThat(opened.verify())
                .isEqualTo(new LedgerProof.Whole(new LedgerProof.Checked(
                        0, 0, 0, 0, 0, "0".repeat(64), LedgerProof.Pruned.NOTHING, LedgerProof.Erased.NOTHING)));

        story();

        assertThat(opened.verify()).isInstanceOfSatisfying(LedgerProof.Whole.class, proof -> {
            assertThat(proof.checked().entries()).isEqualTo(6);
            assertThat(proof.checked().decisions()).isEqualTo(4);
            assertThat(proof.checked().actions()).isEqualTo(6);
            assertThat(proof.checked().attempts()).isEqualTo(2);
            assertThat(proof.checked().sequence()).isEqualTo(6);
        });
        LedgerProof before = opened.verify();
        reopen();
        assertThat(opened.verify()).isEqualTo(before);
    }

    @Test
    void keepsOnWhatGroundsRulesFiredAsPartOfTheDecision() {
        Signal signal = signal("jti-1");
        Decision decision = Recorded.withGrounds(decision(signal, "idp"));
        ledger.record(signal, decision);

        assertThat(ledger.signal(signal.id()).orElseThrow().decision()).isEqualTo(decision);
        assertThat(opened.verify()).isInstanceOf(LedgerProof.Whole.class);
        found(new Tampering(
                "they are taken away",
                "UPDATE decision SET facts = NULL",
                List.of(new Mark(1, "decision", signal.id(), Problem.ALTERED, ""))));
    }

    /** Entries 1 to 4 are decisions, 5 and 6 attempts; jti-4 was parked first, and came again in other words. */
    private void story() {
        for (int i = 1; i <= 3; i++) {
            Signal signal = signal("jti-" + i);
            ledger.record(signal, decision(signal, "idp", "siem"));
        }
        ledger.park(signal("jti-4"), "no policy is loaded", NOON);
        Signal again = signal(ISSUER, "jti-4", "alice@acme.example", NOON.plusSeconds(9));
        ledger.record(again, decision(again));
        ledger.attempted(actionOf("jti-1", 0), SILENCE, ActionState.RETRYING, NOON, NOON.plusSeconds(10));
        ledger.attempted(actionOf("jti-1", 0), new Outcome.Done("204"), ActionState.DONE, NOON.plusSeconds(9), null);
        // Neither is recorded a second time.
        ledger.attempted(actionOf("jti-1", 0), new Outcome.Done("204"), ActionState.DONE, NOON.plusSeconds(9), null);
        ledger.record(again, decision(again));
    }

    private static String actionOf(String jti, int ordinal) {
        return decision(signal(jti), "idp", "siem").actions().get(ordinal).id();
    }

    @TestFactory
    Stream<DynamicTest> findsWhateverWasDoneToTheRows() {
        story();
        String sig2 = signal("jti-2").id();
        String act1 = actionOf("jti-1", 0);
        String act2 = actionOf("jti-2", 0);
        return Stream.of(
                        new Tampering(
                                "a decision is made milder",
                                "UPDATE decision SET severity = 'LOW' WHERE signal_id = '" + sig2 + "'",
                                List.of(new Mark(2, "decision", sig2, Problem.ALTERED, ""))),
                        new Tampering(
                                "a decision is given grounds afterwards",
                                "UPDATE decision SET facts = '[]' WHERE signal_id = '" + sig2 + "'",
                                List.of(new Mark(2, "decision", sig2, Problem.ALTERED, ""))),
                        new Tampering(
                                "a SET is exchanged",
                                "UPDATE signal SET body = '{}' WHERE id = '" + sig2 + "'",
                                List.of(new Mark(2, "decision", sig2, Problem.ALTERED, ""))),
                        new Tampering(
                                "an action is sent elsewhere",
                                "UPDATE action SET target = 'desk' WHERE id = '" + act2 + "'",
                                List.of(new Mark(2, "decision", sig2, Problem.ALTERED, act2))),
                        new Tampering(
                                "an action is taken away",
                                "DELETE FROM action WHERE id = '" + act2 + "'",
                                List.of(new Mark(2, "decision", sig2, Problem.ALTERED, "action 0 is missing"))),
                        new Tampering(
                                "a decision is taken away",
                                "DELETE FROM action WHERE signal_id = '" + sig2
                                        + "'; DELETE FROM decision WHERE signal_id = '" + sig2 + "'",
                                List.of(new Mark(2, "decision", sig2, Problem.DELETED, ""))),
                        new Tampering(
                                "an attempt gets a better end",
                                "UPDATE attempt SET detail = 'all is well' WHERE action_id = '" + act1 + "' AND n = 1",
                                List.of(new Mark(5, "attempt", act1 + ":1", Problem.ALTERED, ""))),
                        new Tampering(
                                "an attempt is taken away",
                                "DELETE FROM attempt WHERE action_id = '" + act1 + "' AND n = 1",
                                List.of(new Mark(5, "attempt", act1 + ":1", Problem.DELETED, ""))),
                        new Tampering(
                                "two attempts change places",
                                "UPDATE attempt SET n = 3 - n + 10 WHERE action_id = '" + act1
                                        + "'; UPDATE attempt SET n = n - 10 WHERE action_id = '" + act1 + "'",
                                List.of(
                                        new Mark(5, "attempt", act1 + ":1", Problem.ALTERED, ""),
                                        new Mark(6, "attempt", act1 + ":2", Problem.ALTERED, ""))),
                        new Tampering(
                                "an attempt is made up",
                                "INSERT INTO attempt (action_id, n, at, outcome, detail) VALUES ('" + act2
                                        + "', 1, 0, 'done', '')",
                                List.of(new Mark(0, "attempt", act2 + ":1", Problem.INSERTED, ""))),
                        new Tampering(
                                "a decision is made up",
                                "INSERT INTO signal (id, iss, jti, events, occurred_at, received_at, body)"
                                        + " VALUES ('sig-x', 'i', 'j', '', 0, 0, '{}'); INSERT INTO decision"
                                        + " (signal_id, policy_version, decided_at, severity, rules)"
                                        + " VALUES ('sig-x', 'p', 0, 'LOW', '[]')",
                                List.of(new Mark(0, "decision", "sig-x", Problem.INSERTED, ""))),
                        new Tampering(
                                "an action is called done that nobody tried",
                                "UPDATE action SET state = 'done' WHERE id = '" + act2 + "'",
                                List.of(new Mark(0, "action", act2, Problem.ALTERED, ""))),
                        new Tampering(
                                "an entry and its row are taken away",
                                "DELETE FROM chain WHERE seq = 5; DELETE FROM attempt WHERE action_id = '" + act1
                                        + "' AND n = 1",
                                List.of(new Mark(5, "chain", "5", Problem.DELETED, ""))),
                        new Tampering(
                                "the last entry and its row are taken away",
                                "DELETE FROM chain WHERE seq = 6; UPDATE action SET state = 'waiting' WHERE id = '"
                                        + act1 + "'; DELETE FROM attempt WHERE action_id = '" + act1 + "' AND n = 2",
                                List.of(new Mark(6, "chain", "6", Problem.DELETED, ""))),
                        new Tampering(
                                "two entries change places",
                                "UPDATE chain SET seq = 5 - seq + 10 WHERE seq IN (2, 3);"
                                        + " UPDATE chain SET seq = seq - 10 WHERE seq > 10",
                                List.of(
                                        new Mark(2, "chain", signal("jti-3").id(), Problem.REORDERED, ""),
                                        new Mark(2, "chain", signal("jti-3").id(), Problem.ALTERED, ""),
                                        new Mark(3, "chain", sig2, Problem.REORDERED, ""),
                                        new Mark(3, "chain", sig2, Problem.ALTERED, ""),
                                        Mark.after(4))),
                        new Tampering(
                                "a row and its digest are altered",
                                "UPDATE chain SET digest = previous WHERE seq = 2",
                                List.of(
                                        new Mark(2, "chain", sig2, Problem.ALTERED, ""),
                                        new Mark(2, "decision", sig2, Problem.ALTERED, ""))),
                        new Tampering(
                                "an entry is put before the first",
                                "INSERT INTO chain SELECT 0, kind, row_id, digest, previous, hash FROM chain WHERE seq = 1",
                                List.of(new Mark(0, "chain", signal("jti-1").id(), Problem.INSERTED, ""))),
                        new Tampering(
                                "the head is turned back",
                                "UPDATE chain_head SET hash = 'x'",
                                List.of(new Mark(6, "chain", "head", Problem.ALTERED, ""))),
                        new Tampering(
                                "the head is taken away",
                                "DELETE FROM chain_head",
                                List.of(new Mark(0, "chain", "head", Problem.DELETED, ""))))
                .map(tampering -> DynamicTest.dynamicTest(tampering.what(), () -> found(tampering)));
    }

    /** Undone afterwards, so that each case finds its own traces only. */
    private void found(Tampering tampering) {
        TransactionTemplate undone = new TransactionTemplate(opened.database().transactions());
        JdbcClient sql = opened.database().writes();
        undone.executeWithoutResult(status -> {
            status.setRollbackOnly();
            for (String statement : tampering.sql().split(";", -1)) {
                assertThat(sql.sql(statement).update()).isPositive();
            }
            LedgerProof proof = new ChainAudit(
                            audit -> audit.apply(sql), Clock.systemUTC(), new StorageFailures("the same transaction"))
                    .verify();
            assertThat(proof).isInstanceOfSatisfying(LedgerProof.Broken.class, broken -> {
                assertThat(broken.total()).isEqualTo(broken.findings().size());
                for (Mark mark : tampering.marks()) {
                    assertThat(broken.findings()).anyMatch(mark::fits);
                }
                assertThat(broken.findings())
                        .allMatch(finding -> tampering.marks().stream().anyMatch(mark -> mark.fits(finding)));
            });
        });
    }

    private record Tampering(String what, String sql, List<Mark> marks) {}

    /** @param id any, if empty */
    private record Mark(long sequence, String kind, String id, Problem problem, String detail) {

        /** The entry that follows one that was changed was not made after what is there now. */
        static Mark after(long sequence) {
            return new Mark(sequence, "chain", "", Problem.REORDERED, "");
        }

        boolean fits(Finding finding) {
            return finding.sequence() == sequence
                    && finding.kind().equals(kind)
                    && (id.isEmpty() || finding.id().equals(id))
                    && finding.problem() == problem
                    && finding.detail().contains(detail);
        }
    }

    @Test
    void staysOneChainWhileTwoNodesWriteInTurns() throws Exception {
        Opened otherNode = open(opened.properties());
        try {
            List<Callable<List<ActionRecord>>> writers = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                Signal signal = signal("jti-" + i);
                Ledger node = i % 2 == 0 ? ledger : otherNode.ledger();
                Ledger other = i % 3 == 0 ? ledger : otherNode.ledger();
                writers.add(() -> {
                    List<ActionRecord> sent = node.record(signal, decision(signal, "idp", "siem"));
                    other.attempted(id(sent, 0), new Outcome.Done("204"), ActionState.DONE, NOON, null);
                    return sent;
                });
            }
            assertThat(allAtOnce(writers)).allSatisfy(sent -> assertThat(sent).hasSize(2));

            assertThat(opened.verify()).isInstanceOfSatisfying(LedgerProof.Whole.class, proof -> {
                assertThat(proof.checked().entries()).isEqualTo(600);
                assertThat(proof.checked().decisions()).isEqualTo(300);
                assertThat(proof.checked().attempts()).isEqualTo(300);
            });
            assertThat(otherNode.verify()).isEqualTo(opened.verify());
        } finally {
            otherNode.close();
        }
    }

    /** In more pages than one; what is written meanwhile is neither half seen nor held up. */
    @Test
    void provesTheLedgerOfOneMomentAndTellsHowFarItHasCome() {
        for (int i = 0; i < 600; i++) {
            Signal signal = signal("jti-" + i);
            ledger.record(signal, decision(signal, "idp"));
        }
        List<Long> told = new ArrayList<>();

        LedgerProof proof = opened.audit().verify((entries, of) -> {
            assertThat(of).isEqualTo(600);
            told.add(entries);
            ended("meanwhile-" + told.size(), "idp", ActionState.DEAD, NOON);
        });

        assertThat(told).containsExactly(500L, 600L);
        assertThat(proof).isInstanceOfSatisfying(LedgerProof.Whole.class, whole -> assertThat(
                        whole.checked().entries())
                .isEqualTo(600));
        assertThat(opened.verify().checked().entries()).isEqualTo(604);
    }

    /** A million forged rows must not fill the auditor's memory, and are counted all the same. */
    @Test
    void listsTheFirstRowsOutsideTheChainAndCountsThemAll() {
        String action = recorded("jti-1");
        int ignored = opened.database().writes().sql("""
                        INSERT INTO attempt (action_id, n, at, outcome, detail)
                        WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 250)
                        SELECT CAST(? AS TEXT), n, 0, 'done', '' FROM number""").param(action).update();

        assertThat(opened.verify()).isInstanceOfSatisfying(LedgerProof.Broken.class, broken -> {
            assertThat(broken.findings()).hasSize(100);
            assertThat(broken.total()).isEqualTo(250);
        });
    }

    @Test
    void chainsNothingOfAWriteThatFailed() throws Exception {
        aWriteThatFailsSpoilsNoOther();

        assertThat(opened.verify()).isInstanceOfSatisfying(LedgerProof.Whole.class, proof -> assertThat(
                        proof.checked().entries())
                .isEqualTo(40));
    }

    private String recorded(String jti) {
        Signal signal = signal(jti);
        return id(ledger.record(signal, decision(signal, "idp")), 0);
    }

    private String retrying(String jti, Instant next) {
        String id = recorded(jti);
        ledger.attempted(id, SILENCE, ActionState.RETRYING, NOON, next);
        return id;
    }

    private List<Signal> found(SignalQuery query) {
        return ledger.signals(query).items().stream().map(SignalRecord::signal).toList();
    }

    private static SignalQuery everything(@Nullable String after, int limit) {
        return new SignalQuery(null, null, null, null, null, after, limit);
    }

    private static @Nullable String key(VerifiedSet set) {
        return set.subject() == null ? null : set.subject().key();
    }

    private static String id(List<ActionRecord> actions, int index) {
        return actions.get(index).action().id();
    }

    private static List<String> ids(List<ActionRecord> actions) {
        return actions.stream().map(action -> action.action().id()).toList();
    }

    private static <T> List<T> allAtOnce(List<Callable<T>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(64, calls.size()));
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdown();
        }
    }
}
