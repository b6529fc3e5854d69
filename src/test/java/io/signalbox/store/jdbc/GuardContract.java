package io.signalbox.store.jdbc;

import static io.signalbox.testing.Recorded.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.action.Decision;
import io.signalbox.action.Hindrance;
import io.signalbox.action.Inverse;
import io.signalbox.action.Outcome;
import io.signalbox.action.Ruling;
import io.signalbox.action.Severity;
import io.signalbox.event.Signal;
import io.signalbox.set.Standing;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.Approval;
import io.signalbox.store.Containment;
import io.signalbox.store.ExportAudit;
import io.signalbox.store.GuardBook;
import io.signalbox.store.GuardBook.Answer;
import io.signalbox.store.Ledger;
import io.signalbox.store.LedgerProof;
import io.signalbox.store.Precautions;
import io.signalbox.store.Precautions.BudgetLimit;
import io.signalbox.store.Precautions.Echo;
import io.signalbox.store.Precautions.Recovery;
import io.signalbox.testing.Recorded;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

/** What every store must keep of the guard's word; each store runs all of it. */
abstract class GuardContract {

    private static final String DISABLE = "account.disable";
    private static final String RULE = "High risk: disable the account";

    @TempDir
    Path folder;

    private final List<Node> nodes = new ArrayList<>();
    private StoreProperties properties;
    private Node node;
    private int signals;

    /** The URL of a store with nothing in it. */
    abstract @Nullable String newStore();

    abstract @Nullable String username();

    private record Node(LedgerDatabase database, GroupCommit writer, Ledger ledger, GuardBook book) {
        LedgerProof verify() {
            return new ChainAudit(database::atOneMoment, Clock.systemUTC(), new StorageFailures(database.name()))
                    .verify();
        }

        void close() {
            writer.close();
            database.close();
        }
    }

    private Node open() {
        LedgerDatabase database = LedgerDatabase.open(properties, new Home(folder), new MockEnvironment());
        StorageFailures failures = new StorageFailures(database.name());
        Chain chain = new Chain(database.writesInBatches());
        GroupCommit writer = new GroupCommit(
                database.transactions(),
                chain,
                failures,
                properties.writeQueue(),
                properties.writeWait(),
                new SimpleMeterRegistry());
        Node opened = new Node(
                database,
                writer,
                new JdbcLedger(database, writer, chain, failures),
                new JdbcGuardBook(database, writer, chain, failures));
        nodes.add(opened);
        return opened;
    }

    @BeforeEach
    void openTheFirst() {
        properties = new StoreProperties(newStore(), username(), null, null, 4, 1024, Duration.ofSeconds(20));
        node = open();
    }

    @AfterEach
    void close() {
        nodes.forEach(Node::close);
    }

    private Signal signal(String email, Instant at) {
        return Recorded.signal(Recorded.ISSUER, "jti-" + signals++, email, at);
    }

    private static Decision disable(Signal signal, @Nullable Duration lasts) {
        return asking(signal, DISABLE, lasts);
    }

    private static Decision asking(Signal signal, String kind, @Nullable Duration lasts) {
        Action action = new Action(
                Action.idFor(signal.id(), RULE, 0, kind, "idp"),
                signal.id(),
                0,
                kind,
                "idp",
                signal.events().get(0).subject(),
                signal.events().get(0).payload().alias(),
                signal.events().get(0).payload().uri(),
                Severity.HIGH,
                Map.of(),
                new Because(RULE, "policy-1", null),
                lasts,
                false);
        return new Decision(
                signal.id(), "policy-1", signal.set().receivedAt(), Severity.HIGH, List.of(RULE), List.of(action));
    }

    private static Precautions precautions(Map<String, Ruling> rulings, BudgetLimit... budgets) {
        return precautions(rulings, Duration.ofMinutes(10), budgets);
    }

    private static Precautions precautions(Map<String, Ruling> rulings, Duration repeatAfter, BudgetLimit... budgets) {
        return new Precautions(
                rulings,
                List.of(budgets),
                repeatAfter,
                Set.of("idp"),
                null,
                3,
                Map.of(),
                List.of(),
                Duration.ofHours(4),
                List.of(),
                null,
                ruled -> {});
    }

    private static BudgetLimit budget(int most) {
        return new BudgetLimit(
                "disables", Set.of(DISABLE), Set.of(), Set.of(), Set.of(), Set.of(), most, Duration.ofMinutes(10));
    }

    private ActionState record(Node by, String email, Instant at, Precautions precautions) {
        Signal signal = signal(email, at);
        List<ActionRecord> sent = by.ledger().record(signal, disable(signal, null), precautions);
        ActionState state = story(signal).state();
        assertThat(sent).hasSize(state == ActionState.WAITING ? 1 : 0);
        return state;
    }

    private ActionRecord story(Signal signal) {
        return node.ledger().signal(signal.id()).orElseThrow().actions().get(0);
    }

    private ActionRecord done(Signal signal, @Nullable Duration lasts, Outcome outcome) {
        Instant at = signal.set().receivedAt();
        node.ledger().record(signal, disable(signal, lasts), precautions(Map.of()));
        end(story(signal), outcome, at);
        return story(signal);
    }

    private void end(ActionRecord action, Outcome outcome, Instant at) {
        ActionState state = action.state() == ActionState.UNDOING
                ? ActionState.UNDONE
                : outcome instanceof Outcome.Done ? ActionState.DONE : ActionState.ALREADY_DONE;
        assertThat(node.ledger().settled(action.action().id(), action.attempts().size(), outcome, state, at))
                .isTrue();
    }

    private void theChainIsWhole() {
        assertThat(node.verify()).isInstanceOf(LedgerProof.Whole.class);
    }

    @Test
    void whatIsOverBudgetIsHeldAndARepeatCountsOnce() {
        Precautions two = precautions(Map.of(), budget(2));
        Signal first = signal("u0@acme.example", NOON);
        for (int again = 0; again < 3; again++) {
            node.ledger().record(first, disable(first, null), two);
        }
        assertThat(record(node, "u1@acme.example", NOON, two)).isEqualTo(ActionState.WAITING);
        assertThat(record(node, "u2@acme.example", NOON.plusSeconds(599), two)).isEqualTo(ActionState.HELD);
        assertThat(node.book().tripped()).extracting(GuardBook.Tripped::budget).containsExactly("disables");
        // The window slides.
        assertThat(record(node, "u3@acme.example", NOON.plusSeconds(601), two)).isEqualTo(ActionState.WAITING);
        assertThat(node.book().tripped()).isEmpty();
        theChainIsWhole();
    }

    @Test
    void nodesShareOneBudgetAndARestartDoesNotRefillIt() throws Exception {
        Node other = open();
        Precautions five = precautions(Map.of(), budget(5));
        ExecutorService senders = Executors.newFixedThreadPool(4);
        List<Callable<Integer>> work = IntStream.range(0, 24)
                .mapToObj(n -> signal("user" + n + "@acme.example", NOON))
                .<Callable<Integer>>map(signal -> () -> (signal.id().hashCode() % 2 == 0 ? node : other)
                        .ledger()
                        .record(signal, disable(signal, null), five)
                        .size())
                .toList();
        int went = 0;
        for (Future<Integer> each : senders.invokeAll(work)) {
            went += each.get();
        }
        senders.shutdown();
        assertThat(went).isEqualTo(5);

        Node restarted = open();
        assertThat(record(restarted, "late@acme.example", NOON.plusSeconds(60), five))
                .isEqualTo(ActionState.HELD);
        assertThat(node.book().approvals(null, 100).items()).hasSize(20);
        theChainIsWhole();
    }

    @Test
    void aHeldActionIsAgreedToAssignedRejectedOrTooLate() {
        Map<String, ActionRecord> held = new HashMap<>();
        for (String who : List.of("agreed", "rejected", "late")) {
            Signal signal = signal(who + "@acme.example", NOON);
            Decision decision = disable(signal, Duration.ofHours(1));
            String id = decision.actions().get(0).id();
            node.ledger()
                    .record(
                            signal,
                            decision,
                            precautions(Map.of(id, new Ruling.Held(Hindrance.APPROVAL, "somebody has to agree"))));
            held.put(who, story(signal));
        }
        assertThat(node.book().approvals(null, 2).items())
                .extracting(Approval::cause)
                .containsExactly("approval", "approval");
        Answer answer = new Answer("alice", "I called them", NOON.plusSeconds(60));

        String agreed = Objects.requireNonNull(held.get("agreed")).action().id();
        assertThat(node.book().assign(agreed, "bob", answer)).isPresent();
        assertThat(node.book().approval(agreed).orElseThrow().assignedTo()).isEqualTo("bob");
        assertThat(node.book().approve(agreed, answer).orElseThrow().state()).isEqualTo(ActionState.RETRYING);
        assertThat(node.book().approve(agreed, answer)).isEmpty();
        assertThat(node.ledger().due("idp", NOON.plusSeconds(60), NOON.plusSeconds(90), 10))
                .extracting(due -> due.action().id())
                .containsExactly(agreed);
        // Its time begins when somebody agreed to it.
        assertThat(node.book().containment(agreed).orElseThrow().until())
                .isEqualTo(NOON.plusSeconds(60).plus(Duration.ofHours(1)));

        String rejected = Objects.requireNonNull(held.get("rejected")).action().id();
        ActionRecord no = node.book().reject(rejected, answer).orElseThrow();
        assertThat(no.state()).isEqualTo(ActionState.DISCARDED);
        assertThat(no.attempts().get(1).detail()).isEqualTo("rejected by alice: I called them");

        assertThat(node.book().pass(NOON.plus(Duration.ofHours(4)).minusMillis(1), 10))
                .as("the containment that was agreed to ended after an hour")
                .isEqualTo(1);
        assertThat(node.book().pass(NOON.plus(Duration.ofHours(4)), 10)).isEqualTo(1);
        assertThat(node.ledger()
                        .action(Objects.requireNonNull(held.get("late"))
                                .action()
                                .id())
                        .orElseThrow()
                        .state())
                .isEqualTo(ActionState.EXPIRED);
        assertThat(node.book().approvals(null, 10).items()).isEmpty();
        theChainIsWhole();
    }

    @Test
    void whatIsContainedForTwoReasonsStaysSoUntilBothFallAway() {
        Signal first = signal("alice@acme.example", NOON);
        Signal second = signal("alice@acme.example", NOON.plusSeconds(5));
        done(first, Duration.ofHours(4), new Outcome.Done("200"));
        node.ledger().record(second, disable(second, null), precautions(Map.of()));
        assertThat(story(second).state()).isEqualTo(ActionState.SUPPRESSED);
        assertThat(story(second).attempts().get(0).detail()).isEqualTo("duplicate: it is in force already");

        node.book().pass(NOON.plus(Duration.ofHours(4)), 10);
        assertThat(story(first).state()).as("taken back, and nothing sent").isEqualTo(ActionState.UNDONE);

        Answer answer = new Answer("alice", "all is well", NOON.plus(Duration.ofHours(5)));
        assertThat(node.book()
                        .lift(story(second).action().id(), answer)
                        .orElseThrow()
                        .state())
                .isEqualTo(ActionState.UNDOING);
        end(story(second), new Outcome.Done("200"), NOON.plus(Duration.ofHours(5)));
        assertThat(story(second).state()).isEqualTo(ActionState.UNDONE);
        assertThat(node.book().containments((String) null, 10)).isEmpty();
        assertThat(node.book().lift(story(second).action().id(), answer)).isEmpty();
        theChainIsWhole();
    }

    @Test
    void reasonsUnderTwoIdentifiersOfOneAccountAddUpOnceItIsKnownWhoseItIs() {
        Signal byMail = signal("alice@acme.example", NOON);
        Signal byName = signal("al@acme.example", NOON);
        for (Signal each : List.of(byMail, byName)) {
            node.ledger().record(each, disable(each, null), precautions(Map.of()));
            node.ledger().located(story(each).action(), "a-1", NOON);
        }
        end(story(byMail), new Outcome.Done("200"), NOON);
        end(story(byName), new Outcome.AlreadyDone("it was so"), NOON);
        Signal again = signal("al@acme.example", NOON.plusSeconds(9));
        node.ledger().record(again, disable(again, null), precautions(Map.of()));
        assertThat(story(again).state()).as("in force by the other name").isEqualTo(ActionState.SUPPRESSED);

        Answer answer = new Answer("alice", "all is well", NOON.plusSeconds(60));
        for (Signal each : List.of(byMail, byName)) {
            node.book().lift(story(each).action().id(), answer);
            assertThat(story(each).state()).isEqualTo(ActionState.UNDONE);
        }
        node.book().lift(story(again).action().id(), answer);
        assertThat(story(again).state()).as("the last reason").isEqualTo(ActionState.UNDOING);
        end(story(again), new Outcome.Done("200"), NOON.plusSeconds(61));
        node.book().forget(NOON.plusSeconds(120));
        assertThat(node.database()
                        .reads()
                        .sql("SELECT count(*) FROM account_place")
                        .query(Long.class)
                        .single())
                .as("nothing is taken from the account any more")
                .isZero();
        theChainIsWhole();
    }

    @Test
    void whatIsFoundProtectedBeforeItIsDoneIsRecordedToldOnceAndProven() {
        Signal signal = signal("alice@acme.example", NOON);
        node.ledger().record(signal, disable(signal, null), precautions(Map.of()));
        String id = story(signal).action().id();
        Outcome.Suppressed why = new Outcome.Suppressed("protected: an administrator");
        assertThat(node.ledger().suppressed(id, 0, why, List.of("desk", "chat"), NOON))
                .isTrue();
        assertThat(node.ledger().suppressed(id, 0, why, List.of("desk", "chat"), NOON))
                .isFalse();
        assertThat(story(signal).state()).isEqualTo(ActionState.SUPPRESSED);
        assertThat(node.book().containment(id).orElseThrow().stands()).isFalse();
        assertThat(node.book().lift(id, new Answer("alice", "why not", NOON))).isEmpty();
        for (String target : List.of("desk", "chat")) {
            ActionRecord notice =
                    node.ledger().due(target, NOON, NOON.plusSeconds(60), 10).get(0);
            assertThat(notice.action().kind()).isEqualTo("notify");
            assertThat(notice.action().parameters()).containsEntry("action", id);
            end(notice, new Outcome.Done("200"), NOON.plusSeconds(1));
        }
        assertThat(node.ledger().signal(signal.id()).orElseThrow().actions()).hasSize(3);
        theChainIsWhole();
        ExportAudit.Proof exported = exported();
        assertThat(exported.fault()).isNull();
    }

    private ExportAudit.Proof exported() {
        List<String> lines = new ArrayList<>();
        long ignored = new ChainExport(
                        node.database(), new StorageFailures(node.database().name()))
                .write(lines::add);
        return new ChainExportAudit().verify(lines.stream());
    }

    @Test
    void withoutATimeToRepeatAfterNothingIsARepeatOfWhatWasFoundWhileItWaited() {
        Signal first = signal("alice@acme.example", NOON);
        Signal second = signal("alice@acme.example", NOON);
        node.ledger().record(first, disable(first, null), precautions(Map.of()));
        // Decided by the clock of NOON, recorded after the first was found done at a later tick.
        end(story(first), new Outcome.Done("200"), NOON.plusMillis(40));
        node.ledger().record(second, disable(second, null), precautions(Map.of(), Duration.ZERO));
        assertThat(story(second).state()).isEqualTo(ActionState.WAITING);
    }

    @Test
    void whatWasSoBeforeUsIsLeftSo() {
        Signal signal = signal("hr@acme.example", NOON);
        done(signal, Duration.ofMinutes(5), new Outcome.AlreadyDone("The account was disabled"));
        assertThat(node.book()
                        .containment(story(signal).action().id())
                        .orElseThrow()
                        .found())
                .isEqualTo("theirs");
        node.book().pass(NOON.plus(Duration.ofMinutes(5)), 10);
        assertThat(story(signal).state()).isEqualTo(ActionState.UNDONE);
        assertThat(story(signal).attempts().get(1).detail()).endsWith("we found it so");
        theChainIsWhole();
    }

    @Test
    void anUndoThatFailsIsShownAndTriedAgain() {
        Signal signal = signal("alice@acme.example", NOON);
        ActionRecord action = done(signal, null, new Outcome.Done("200"));
        String id = action.action().id();
        node.book().lift(id, new Answer("alice", "a mistake", NOON.plusSeconds(9)));
        node.ledger()
                .attempted(
                        id,
                        new Outcome.NoAnswer("No answer in time", null),
                        ActionState.UNDOING,
                        NOON.plusSeconds(10),
                        NOON.plusSeconds(20));
        assertThat(node.ledger().due("idp", NOON.plusSeconds(20), NOON.plusSeconds(50), 5))
                .hasSize(1);
        node.ledger()
                .attempted(
                        id,
                        new Outcome.NoAnswer("No answer in time", null),
                        ActionState.UNDO_FAILED,
                        NOON.plusSeconds(20),
                        null);
        assertThat(node.ledger().actions(ActionState.UNDO_FAILED, null, 10).items())
                .hasSize(1);
        assertThat(node.ledger().redrive(id, NOON.plusSeconds(30)).orElseThrow().state())
                .isEqualTo(ActionState.UNDOING);
        end(story(signal), new Outcome.Done("200"), NOON.plusSeconds(31));
        assertThat(story(signal).state()).isEqualTo(ActionState.UNDONE);
        theChainIsWhole();
    }

    @Test
    void theStopSwitchHoldsWhatIsDecidedAndWhatIsUnderWayAndReleasesInOrder() {
        Signal before = signal("before@acme.example", NOON);
        node.ledger().record(before, disable(before, null), precautions(Map.of()));
        Answer stop = new Answer("alice", "too many", NOON);
        assertThat(node.book().stop(true, stop).thrown()).isTrue();
        Node other = open();

        Signal after = signal("after@acme.example", NOON.plusSeconds(1));
        assertThat(other.ledger().record(after, disable(after, null), precautions(Map.of())))
                .isEmpty();
        assertThat(other.ledger().heldBack(story(before), NOON.plusSeconds(2))).isTrue();
        assertThat(story(before).state()).isEqualTo(ActionState.HELD);
        assertThat(story(after).state()).isEqualTo(ActionState.HELD);

        node.book().stop(false, new Answer("alice", "over", NOON.plusSeconds(10)));
        assertThat(node.book().release(List.of(story(before).action().id()), stop, 10))
                .hasSize(1);
        assertThat(story(after).state()).isEqualTo(ActionState.HELD);
        Signal third = signal("third@acme.example", NOON.plusSeconds(11));
        node.ledger().record(third, disable(third, null), precautions(Map.of()));
        assertThat(node.book().release(null, stop, 10))
                .containsExactly(story(after).action().id());
        assertThat(node.ledger().due("idp", NOON.plusSeconds(20), NOON.plusSeconds(30), 10))
                .extracting(due -> due.action().id())
                .containsExactly(
                        story(after).action().id(), story(before).action().id());
        theChainIsWhole();
    }

    @Test
    void ourOwnEffectsAndWhatGoesRoundInCirclesStartNothing() {
        Signal cause = signal("alice@acme.example", NOON);
        done(cause, null, new Outcome.Done("200"));
        Signal told = signal("alice@acme.example", NOON.plusSeconds(20));
        Signal later = signal("alice@acme.example", NOON.plusSeconds(120));
        String key = Objects.requireNonNull(told.events().get(0).subject()).key();
        Precautions plain = precautions(Map.of());
        Precautions echoing = new Precautions(
                Map.of(),
                List.of(),
                Duration.ZERO,
                Set.of("idp"),
                new Echo(Set.of("idp"), Set.of(DISABLE), Set.of(key), Duration.ofMinutes(1)),
                3,
                Map.of(),
                List.of(),
                Duration.ofHours(4),
                List.of(),
                null,
                ruled -> {});
        node.ledger().record(told, asking(told, "session.revoke", null), echoing);
        node.ledger().record(later, asking(later, "session.revoke", null), echoing);
        assertThat(story(told).attempts().get(0).detail()).startsWith("echo: ");
        assertThat(story(later).state()).isEqualTo(ActionState.WAITING);

        List<ActionState> rounds = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            Signal again = withTxn(signal("bob@acme.example", NOON.plusSeconds(round)), "one-cause");
            node.ledger().record(again, asking(again, "session.revoke", null), plain);
            rounds.add(story(again).state());
        }
        assertThat(rounds)
                .containsExactly(
                        ActionState.WAITING,
                        ActionState.WAITING,
                        ActionState.WAITING,
                        ActionState.SUPPRESSED,
                        ActionState.SUPPRESSED);
        theChainIsWhole();
    }

    private static Signal withTxn(Signal signal, String txn) {
        return new Signal(
                new io.signalbox.set.VerifiedSet(
                        signal.set().iss(),
                        signal.set().jti(),
                        signal.set().iat(),
                        signal.set().aud(),
                        txn,
                        null,
                        signal.set().subject(),
                        signal.set().events(),
                        signal.set().compact(),
                        signal.set().receivedAt()),
                signal.events());
    }

    @Test
    void anExportIsProvenByItselfAndShowsEveryChange() {
        for (int n = 0; n < 3; n++) {
            done(signal("user" + n + "@acme.example", NOON), null, new Outcome.Done("200"));
        }
        List<String> lines = new ArrayList<>();
        long entries = new ChainExport(
                        node.database(), new StorageFailures(node.database().name()))
                .write(lines::add);
        assertThat(entries).isEqualTo(6);
        assertThat(lines).hasSize(7);
        ChainExportAudit audit = new ChainExportAudit();
        ExportAudit.Proof whole = audit.verify(lines.stream());
        assertThat(whole.fault()).isNull();
        assertThat(whole.entries()).isEqualTo(6);
        assertThat(whole.head()).isEqualTo(node.verify().checked().head());
        for (int n = 0; n < lines.size(); n++) {
            List<String> without = new ArrayList<>(lines);
            without.remove(n);
            assertThat(audit.verify(without.stream()).fault())
                    .as("without line %s", n)
                    .isNotNull();
        }
        List<String> altered = new ArrayList<>(lines);
        altered.set(0, altered.get(0).replace("idp", "ipd"));
        assertThat(audit.verify(altered.stream()).fault()).startsWith("line 1: ");
    }

    @Test
    void anAdvisersActionsAreRecordedAndNotSentWhateverTheGuardSays() {
        Signal signal = Recorded.standing(
                signal("alice@acme.example", NOON), new Standing(Standing.Word.ADVISORY, "advisory: nothing done"));
        assertThat(node.ledger().record(signal, disable(signal, null))).isEmpty();
        assertThat(story(signal).state()).isEqualTo(ActionState.SUPPRESSED);
        assertThat(story(signal).attempts().get(0).detail()).startsWith("advisory: ");
        theChainIsWhole();
    }

    @Test
    void aRecoveryLiftsWhatTheSameWordTookForTheSameReasonAndNothingElse() {
        Signal risk = signal("alice@acme.example", NOON);
        Signal other = signal("alice@acme.example", NOON.plusSeconds(1));
        record(risk, "risk/USER");
        record(other, "account");
        Signal low = signal("alice@acme.example", NOON.plusSeconds(60));
        String key = Objects.requireNonNull(low.events().get(0).subject()).key();
        Recovery foreign = new Recovery(key, "risk/USER", Set.of("https://other.example"), NOON.plusSeconds(60));
        Recovery old = new Recovery(key, "risk/USER", Set.of(Recorded.ISSUER), NOON.minusSeconds(60));
        recover(foreign);
        recover(old);
        assertThat(story(risk).state()).isEqualTo(ActionState.DONE);
        recover(new Recovery(key, "risk/USER", Set.of(Recorded.ISSUER), NOON.plusSeconds(60)));
        assertThat(story(risk).state()).as("one reason of two").isEqualTo(ActionState.UNDONE);
        assertThat(story(other).state()).isEqualTo(ActionState.ALREADY_DONE);
        recover(new Recovery(key, "account", Set.of(Recorded.ISSUER), NOON.plusSeconds(60)));
        assertThat(story(other).state()).isEqualTo(ActionState.UNDOING);
        theChainIsWhole();
    }

    private void record(Signal signal, String aspect) {
        Decision decision = disable(signal, null);
        Precautions told = new Precautions(
                Map.of(),
                List.of(),
                Duration.ZERO,
                Set.of(),
                null,
                9,
                Map.of(decision.actions().get(0).id(), aspect),
                List.of(),
                Duration.ofHours(4),
                List.of(),
                null,
                ruled -> {});
        node.ledger().record(signal, decision, told);
        boolean first = node.book().containments((String) null, 10).size() == 1;
        end(
                story(signal),
                first ? new Outcome.Done("200") : new Outcome.AlreadyDone("disabled"),
                signal.set().receivedAt());
    }

    private void recover(Recovery recovery) {
        Signal signal = signal("alice@acme.example", NOON.plusSeconds(70));
        node.ledger()
                .record(
                        signal,
                        new Decision(
                                signal.id(), "policy-1", NOON.plusSeconds(70), Severity.INFO, List.of(), List.of()),
                        new Precautions(
                                Map.of(),
                                List.of(),
                                Duration.ZERO,
                                Set.of(),
                                null,
                                9,
                                Map.of(),
                                List.of(recovery),
                                Duration.ofHours(4),
                                List.of(),
                                null,
                                ruled -> {}));
    }

    /** Whatever is asked for, ends, is lifted and is given back, and however late attempts are heard of. */
    @TestFactory
    Stream<DynamicTest> inTheEndTheTargetIsAsTheOpenContainmentsSay() {
        return IntStream.range(0, 25)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> new Story(seed).play()));
    }

    /** One attempt under way. */
    private record Flight(ActionRecord sent, @Nullable Outcome heard) {}

    private final class Story {
        private final Random random;
        private final String prefix;
        private final Set<String> contained = new HashSet<>();
        private final Set<String> before;
        private final List<Signal> asked = new ArrayList<>();
        private final Map<String, String> emails = new HashMap<>();
        private final List<Flight> flights = new ArrayList<>();
        private final Set<String> keys = new HashSet<>();
        private Instant now = NOON;

        Story(int seed) {
            random = new Random(seed);
            prefix = "s" + seed + "-";
            if (random.nextBoolean()) {
                contained.add(prefix + "0");
            }
            before = Set.copyOf(contained);
        }

        void play() {
            for (int step = 0; step < 60; step++) {
                now = now.plusSeconds(random.nextInt(120));
                switch (random.nextInt(6)) {
                    case 0 -> contain();
                    case 1 -> lift();
                    case 2 -> node.book().pass(now, 50);
                    case 3 -> takeOff();
                    default -> fly();
                }
            }
            for (int round = 0; round < 200 && !settled(); round++) {
                now = now.plusSeconds(1);
                takeOff();
                fly();
                fly();
            }
            assertThat(settled()).as("all attempts come to an end").isTrue();
            for (int user = 0; user < 2; user++) {
                String name = prefix + user;
                boolean open = asked.stream()
                        .filter(signal -> name.equals(emails.get(signal.id())))
                        .map(signal -> node.book()
                                .containment(story(signal).action().id())
                                .orElseThrow())
                        .anyMatch(Containment::stands);
                assertThat(contained.contains(name))
                        .as("%s is contained: %s, was before: %s", name, open, before.contains(name))
                        .isEqualTo(open || before.contains(name));
            }
            theChainIsWhole();
        }

        private boolean settled() {
            return flights.isEmpty()
                    && asked.stream().noneMatch(signal -> story(signal).state().underWay());
        }

        /** Each of the two comes under two identifiers. */
        private void contain() {
            String name = prefix + random.nextInt(2);
            Signal signal = signal(name + (random.nextBoolean() ? "@acme.example" : "@other.example"), now);
            asked.add(signal);
            emails.put(signal.id(), name);
            Duration lasts = random.nextBoolean() ? Duration.ofSeconds(1 + random.nextInt(600)) : null;
            node.ledger().record(signal, disable(signal, lasts), precautions(Map.of()));
        }

        private void lift() {
            if (!asked.isEmpty()) {
                Signal signal = asked.get(random.nextInt(asked.size()));
                node.book().lift(story(signal).action().id(), new Answer("alice", "well again", now));
            }
        }

        /** An attempt begins; another at the same action may be under way still. */
        private void takeOff() {
            for (Signal signal : asked) {
                ActionRecord action = story(signal);
                boolean flying = flights.stream().anyMatch(flight -> flight.sent()
                        .action()
                        .id()
                        .equals(action.action().id()));
                if (action.state().underWay() && !flying) {
                    if (action.state() != ActionState.UNDOING) {
                        node.ledger().located(action.action(), Objects.requireNonNull(emails.get(signal.id())), now);
                    }
                    flights.add(new Flight(action, null));
                    return;
                }
            }
        }

        /** One attempt reaches the target, or its end is recorded. */
        private void fly() {
            if (flights.isEmpty()) {
                return;
            }
            int place = random.nextInt(flights.size());
            Flight flight = flights.get(place);
            boolean undo = flight.sent().state() == ActionState.UNDOING;
            String name = emails.get(flight.sent().action().signalId());
            if (flight.heard() == null) {
                // What it did under this key it does not do again.
                boolean changed = keys.add(key(flight)) && (undo ? contained.remove(name) : contained.add(name));
                flights.set(
                        place,
                        new Flight(
                                flight.sent(),
                                changed ? new Outcome.Done("200") : new Outcome.AlreadyDone("it was so")));
                return;
            }
            flights.remove(place);
            close(flight, undo);
        }

        /** As the act stage has it. */
        private static String key(Flight flight) {
            long again = flight.sent().attempts().stream()
                    .filter(each -> each.outcome().equals(ActionRecord.AGAIN))
                    .count();
            Action action = flight.sent().action();
            return flight.sent().state() == ActionState.UNDOING
                    ? Inverse.action(action).id()
                    : Inverse.again(action, again).id();
        }

        /** As the act stage does. */
        private void close(Flight flight, boolean undo) {
            String id = flight.sent().action().id();
            int number = flight.sent().attempts().size();
            Outcome outcome = Objects.requireNonNull(flight.heard());
            ActionState state = undo
                    ? ActionState.UNDONE
                    : outcome instanceof Outcome.Done ? ActionState.DONE : ActionState.ALREADY_DONE;
            if (!node.ledger().settled(id, number, outcome, state, now)) {
                ActionState given = undo ? ActionState.UNDONE : ActionState.DISCARDED;
                ActionRecord known = node.ledger().action(id).orElseThrow();
                if (known.state() == given && known.attempts().size() == number + 1) {
                    node.ledger().attempted(id, outcome, given, now, null);
                }
            }
        }
    }
}
