package io.signalbox.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.action.Decision;
import io.signalbox.action.Outcome;
import io.signalbox.action.Severity;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.ActionState;
import io.signalbox.store.ClientTokens.Token;
import io.signalbox.store.Ledger;
import io.signalbox.store.OutboundSet;
import io.signalbox.store.OutboundSet.Urgency;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Method;
import io.signalbox.store.OutboundStream.Pace;
import io.signalbox.store.OutboundStream.Status;
import io.signalbox.store.OutboundSubject;
import io.signalbox.store.Outbox;
import io.signalbox.store.Outbox.Receipt;
import io.signalbox.store.Page;
import io.signalbox.store.QueuedSet;
import io.signalbox.store.Relay;
import io.signalbox.store.StreamBook;
import io.signalbox.testing.Recorded;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.env.MockEnvironment;

/** Streams and what lies before them, whatever the store: two writers on one database stand for two nodes. */
abstract class OutboxContract {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LATER = NOON.plusSeconds(60);
    private static final String EVENT = "https://e.example/event";

    @TempDir
    Path folder;

    private final List<Runnable> closing = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final List<Consumer<String>> statements = new ArrayList<>();
    private Node node;
    private Node other;
    private StreamBook book;
    private Outbox outbox;
    private List<OutboundSet> relayed = List.of();

    /** The URL of a store with nothing in it. */
    abstract @Nullable String newStore();

    abstract @Nullable String username();

    private record Node(Ledger ledger, StreamBook book, Outbox outbox, JdbcClientTokens tokens) {}

    @BeforeEach
    void open() {
        StoreProperties properties =
                new StoreProperties(newStore(), username(), null, null, 2, 64, Duration.ofSeconds(5));
        node = node(properties);
        other = node(properties);
        book = node.book();
        outbox = node.outbox();
        outbox.onArrival(told::addAll);
    }

    private Node node(StoreProperties properties) {
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
        closing.add(() -> {
            writer.close();
            database.close();
        });
        statements.add(text -> assertThat(writer.write(() ->
                        JdbcClient.create(database.writesInBatches()).sql(text).update()))
                .isEqualTo(1));
        OutboundRows rows = new OutboundRows(database);
        Relay relay = new Relay() {
            @Override
            public List<OutboundSet> of(
                    Signal signal, Decision decision, Function<String, Map<String, List<Posture.Known>>> posture) {
                return relayed;
            }

            @Override
            public boolean tellsOf(ActionState state) {
                return state == ActionState.DONE;
            }

            @Override
            public List<OutboundSet> of(
                    Action action,
                    Signal cause,
                    ActionState state,
                    Instant at,
                    Function<String, Map<String, List<Posture.Known>>> posture) {
                return List.of(set("st-1", "done-" + cause.id()));
            }
        };
        return new Node(
                new JdbcLedger(database, writer, chain, failures, rows, () -> relay),
                new JdbcStreamBook(database, writer, failures, rows),
                new JdbcOutbox(database, writer, failures, rows, "https://we.example"),
                new JdbcClientTokens(database, writer, failures));
    }

    @AfterEach
    void close() {
        closing.forEach(Runnable::run);
    }

    @Test
    void aStreamIsReadAsItWasWritten() {
        OutboundStream stream = new OutboundStream(
                "st-1",
                "client",
                List.of("https://a.example", "https://b.example"),
                Method.PUSH,
                "https://r.example/push",
                "sealed",
                List.of("unknown", EVENT),
                "a stream",
                Status.ENABLED,
                null,
                NOON,
                NOON,
                NOON,
                Pace.FRESH);

        assertThat(book.add(stream, 1)).isTrue();

        assertThat(other.book().find("st-1")).contains(stream);
        assertThat(other.book().all()).containsExactly(stream);
        assertThat(book.of("client")).containsExactly(stream);
        assertThat(book.of("another")).isEmpty();
        OutboundStream after = stream.configured(Method.POLL, null, null, null, null, LATER);
        assertThat(book.configure(stream, after)).isTrue();
        assertThat(book.configure(stream, after)).as("it changed meanwhile").isFalse();
        assertThat(other.book().all()).as("seen by the other node").containsExactly(after);
        assertThat(book.remove("st-1")).isTrue();
        assertThat(other.book().all()).isEmpty();
    }

    @Test
    void aClientGetsNoMoreStreamsThanItMayWhicheverNodeItAsks() throws Exception {
        List<Callable<Boolean>> attempts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            OutboundStream stream = stream("st-" + i, Method.POLL);
            StreamBook asked = i % 2 == 0 ? book : other.book();
            attempts.add(() -> asked.add(stream, 3));
        }
        ExecutorService threads = Executors.newFixedThreadPool(12);
        int made = 0;
        for (Future<Boolean> attempt : threads.invokeAll(attempts)) {
            made += attempt.get() ? 1 : 0;
        }
        threads.shutdown();
        assertThat(made).isEqualTo(3);
        assertThat(book.of("client")).hasSize(3);
    }

    @Test
    void setsLieInTheirOrderAndOnceHoweverOftenTheyAreWritten() {
        add("st-1", Method.POLL);
        add("st-2", Method.POLL);

        assertThat(outbox.add(List.of(set("st-1", "a"), set("st-2", "a"), set("st-1", "b")), null, null))
                .hasSize(3);
        assertThat(other.outbox().add(List.of(set("st-1", "b"), set("st-1", "c")), null, null))
                .extracting(OutboundSet::jti)
                .containsExactly("c");

        assertThat(jtis("st-1")).containsExactly("a", "b", "c");
        assertThat(told).contains("st-1", "st-2");
        assertThat(outbox.add(List.of(set("st-none", "x")), null, null)).isEmpty();
        assertThat(outbox.backlog()).hasEntrySatisfying("st-1", backlog -> assertThat(backlog.waiting())
                .isEqualTo(3));
        assertThat(outbox.ready(List.of("st-1", "st-2", "st-3"), LATER)).containsExactlyInAnyOrder("st-1", "st-2");
    }

    @Test
    void pausedHoldsDisabledDiscardsAndAnnouncementsGoOutAllTheSame() {
        add("st-1", Method.PUSH);
        outbox.add(List.of(set("st-1", "a")), null, null);
        OutboundSet announced = set("st-1", "told", Urgency.ANNOUNCEMENT);

        assertThat(book.turn("st-1", Status.PAUSED, "why", LATER, announced))
                .get()
                .satisfies(stream -> assertThat(stream.reason()).isEqualTo("why"));
        assertThat(outbox.add(List.of(set("st-1", "b")), null, null)).hasSize(1);
        assertThat(jtis("st-1")).containsExactly("told");
        assertThat(outbox.toPush(LATER)).hasSize(1);
        outbox.settle("st-1", List.of(new Receipt("told", "x", null, null)), LATER);
        assertThat(outbox.toPush(LATER)).isEmpty();

        Object enabled = book.turn("st-1", Status.ENABLED, null, LATER, null);
        assertThat(enabled).isNotNull();
        assertThat(jtis("st-1")).containsExactly("a", "b");
        Object disabled = book.turn("st-1", Status.DISABLED, null, LATER, null);
        assertThat(disabled).isNotNull();
        assertThat(outbox.add(List.of(set("st-1", "c")), null, null)).isEmpty();
        Object again = book.turn("st-1", Status.ENABLED, null, LATER, null);
        assertThat(again).isNotNull();
        assertThat(jtis("st-1")).isEmpty();
        assertThat(outbox.set("st-1", "a")).get().extracting(QueuedSet::state).isEqualTo("dropped");
    }

    @Test
    void whileTheStopSwitchIsThrownNothingButWhatIsAboutTheStreamGoesOut() {
        add("st-1", Method.PUSH);
        outbox.add(List.of(set("st-1", "a"), set("st-1", "b")), null, null);
        outbox.add(List.of(set("st-1", "verification", Urgency.VERIFICATION)), null, null);

        statements.get(1).accept("UPDATE stop_switch SET since = 1 WHERE id = 1");
        assertThat(jtis("st-1")).containsExactly("verification");
        outbox.settle("st-1", List.of(new Receipt("verification", "x", null, null)), LATER);
        assertThat(outbox.toPush(LATER)).isEmpty();
        assertThat(outbox.ready(List.of("st-1"), LATER)).isEmpty();

        statements.get(1).accept("UPDATE stop_switch SET since = NULL WHERE id = 1");
        assertThat(outbox.toPush(LATER)).hasSize(1);
        assertThat(jtis("st-1")).containsExactly("a", "b");
    }

    @Test
    void aStreamThatFailsRestsAndItsCountsStartAnewOnceItAnswers() {
        add("st-1", Method.PUSH);
        outbox.add(List.of(set("st-1", "a"), set("st-1", "b")), null, null);
        QueuedSet first = outbox.next("st-1", NOON, 10).get(0);

        outbox.failed(first, "signed", "http_503", "busy", LATER, false);

        assertThat(outbox.toPush(NOON)).isEmpty();
        assertThat(outbox.toPush(LATER)).singleElement().satisfies(stream -> {
            assertThat(stream.pace().failures()).isEqualTo(1);
            assertThat(stream.pace().lastCause()).contains("http_503");
        });
        QueuedSet again = outbox.next("st-1", LATER, 10).get(0);
        assertThat(again.set().jti()).isEqualTo("a");
        assertThat(again.compact()).isEqualTo("signed");
        assertThat(again.attempts()).isEqualTo(1);

        outbox.failed(again, "signed", "http_500", "busy", LATER.plusSeconds(60), true);
        assertThat(jtis("st-1", LATER)).as("passed over").containsExactly("b");
        assertThat(outbox.toPush(LATER)).hasSize(1);

        outbox.settle(
                "st-1",
                List.of(new Receipt("b", "x", "invalid_request", "no\u0000"), new Receipt("unknown", null, null, null)),
                LATER);
        assertThat(book.find("st-1").orElseThrow().pace()).satisfies(pace -> {
            assertThat(pace.failures()).isZero();
            assertThat(pace.refusals()).isEqualTo(1);
        });
        outbox.settle("st-1", List.of(new Receipt("a", null, null, null)), LATER);
        assertThat(book.find("st-1").orElseThrow().pace().refusals()).isZero();
        assertThat(outbox.sets("st-1", "parked", null, 10).items())
                .singleElement()
                .extracting(QueuedSet::code)
                .isEqualTo("invalid_request");
    }

    @Test
    void whatIsHandedOutIsHiddenForAWhile() {
        add("st-1", Method.POLL);
        outbox.add(List.of(set("st-1", "a"), set("st-1", "b")), null, null);
        QueuedSet first = outbox.next("st-1", NOON, 1).get(0);

        outbox.handedOut(Map.of(first.seq(), "signed"), LATER);

        assertThat(jtis("st-1", NOON)).containsExactly("b");
        assertThat(jtis("st-1", LATER)).containsExactly("a", "b");
        assertThat(outbox.next("st-1", LATER, 1).get(0).compact()).isEqualTo("signed");
    }

    @Test
    void aVerificationIsTakenOnceAnIntervalAndWakesWhoRests() {
        add("st-1", Method.PUSH);
        outbox.add(List.of(set("st-1", "a")), null, null);
        outbox.failed(outbox.next("st-1", NOON, 1).get(0), "x", "unreachable", "gone", LATER, false);

        assertThat(book.verify(set("st-1", "v1", Urgency.VERIFICATION), Duration.ofSeconds(30), NOON))
                .isEmpty();
        assertThat(other.book()
                        .verify(set("st-1", "v2", Urgency.VERIFICATION), Duration.ofSeconds(30), NOON.plusSeconds(10)))
                .contains(Duration.ofSeconds(20));
        assertThat(book.verify(set("st-1", "v3", Urgency.VERIFICATION), Duration.ofSeconds(30), NOON.plusSeconds(30)))
                .isEmpty();

        assertThat(outbox.toPush(NOON)).hasSize(1);
        assertThat(jtis("st-1")).as("before what waits").containsExactly("v1", "v3", "a");
    }

    @Test
    void replayPutsBackWhatWasSettledInItsOldOrder() {
        add("st-1", Method.POLL);
        outbox.add(List.of(set("st-1", "a", NOON), set("st-1", "b", LATER), set("st-1", "c", LATER)), null, null);
        outbox.settle(
                "st-1",
                List.of(
                        new Receipt("a", null, null, null),
                        new Receipt("b", null, "invalid_key", "?"),
                        new Receipt("c", null, null, null)),
                LATER);

        assertThat(outbox.replay("st-1", LATER, null)).isEqualTo(2);
        assertThat(jtis("st-1")).containsExactly("b", "c");
        assertThat(outbox.replay("st-1", null, "a")).isEqualTo(1);
        assertThat(jtis("st-1")).containsExactly("a", "b", "c");
        assertThat(outbox.replay("st-1", null, "none")).isZero();
    }

    @Test
    void theBooksOfAStreamAreReadInPages() {
        add("st-1", Method.POLL);
        for (int i = 0; i < 5; i++) {
            outbox.add(List.of(set("st-1", "j" + i)), null, null);
        }
        List<String> read = new ArrayList<>();
        String after = null;
        do {
            Page<QueuedSet> page = outbox.sets("st-1", null, after, 2);
            page.items().forEach(item -> read.add(item.set().jti()));
            after = page.next();
        } while (after != null);
        assertThat(read).containsExactly("j4", "j3", "j2", "j1", "j0");
    }

    @Test
    void whatWaitsTooLongIsParkedAndWhatIsSettledIsForgotten() {
        add("st-1", Method.POLL);
        outbox.add(List.of(set("st-1", "old", NOON), set("st-1", "new", LATER)), null, null);

        assertThat(outbox.age(LATER, NOON, LATER)).containsExactly("st-1");
        assertThat(jtis("st-1")).containsExactly("new");
        assertThat(outbox.set("st-1", "old")).get().extracting(QueuedSet::code).isEqualTo("too_old");
        assertThat(outbox.age(LATER, LATER.plusSeconds(1), LATER)).isEmpty();
        assertThat(outbox.set("st-1", "old")).isEmpty();
    }

    @Test
    void theLastWordOnASubjectCountsAndARepeatedRemovalGainsNoTime() {
        add("st-1", Method.POLL);
        SubjectIdentifier alice = new SubjectIdentifier("email", Map.of("email", "alice@acme.example"));
        SubjectIdentifier tenant = new SubjectIdentifier(
                SubjectIdentifier.COMPLEX, Map.of("tenant", Map.of("format", "opaque", "id", "t1")));
        book.put(new OutboundSubject("st-1", alice, true, NOON));
        book.put(new OutboundSubject("st-1", alice, false, LATER));
        other.book().put(new OutboundSubject("st-1", alice, false, LATER.plusSeconds(60)));
        book.put(new OutboundSubject("st-1", tenant, true, NOON));

        assertThat(book.subjects(Set.of(alice.fingerprint())))
                .as("what matches by its members is always among them")
                .containsExactlyInAnyOrder(
                        new OutboundSubject("st-1", alice, false, LATER),
                        new OutboundSubject("st-1", tenant, true, NOON));
        assertThat(book.subjects(Set.of("sub-none"))).hasSize(1);
        assertThat(book.remove("st-1")).isTrue();
        assertThat(book.subjects(Set.of(alice.fingerprint()))).isEmpty();
    }

    @Test
    void whatADecisionRelaysIsWrittenWithItAndOnce() {
        add("st-1", Method.POLL);
        Signal signal = Recorded.signal("https://idp.example", "jti-1", "alice@acme.example", NOON);
        relayed = List.of(set("st-1", "relayed"));
        Action relay = new Action(
                Action.idFor(signal.id(), "rule", 0, Relay.KIND, null),
                signal.id(),
                0,
                Relay.KIND,
                null,
                null,
                "caep/risk-level-change",
                EVENT,
                Severity.HIGH,
                Map.of(),
                new Because("rule", "policy-1", null),
                null,
                false);
        Decision decision = new Decision(signal.id(), "policy-1", NOON, Severity.HIGH, List.of("rule"), List.of(relay));

        assertThat(node.ledger().record(signal, decision)).isEmpty();
        relayed = List.of(set("st-1", "relayed"), set("st-1", "more"));
        assertThat(other.ledger().record(signal, decision)).isEmpty();

        assertThat(jtis("st-1")).containsExactly("relayed");
        assertThat(told).contains("st-1");
        assertThat(node.ledger().action(relay.id())).get().satisfies(action -> assertThat(action.state())
                .isEqualTo(ActionState.DONE));
    }

    @Test
    void aDecisionThatRelaysNothingWritesNothing() {
        add("st-1", Method.POLL);
        relayed = List.of(set("st-1", "relayed"));
        Signal signal = Recorded.signal("https://idp.example", "jti-1", "alice@acme.example", NOON);

        assertThat(node.ledger().record(signal, Recorded.decision(signal, "target")))
                .hasSize(1);

        assertThat(jtis("st-1")).isEmpty();
    }

    @Test
    void whatATargetDidIsToldWithItsEndAndOnce() {
        add("st-1", Method.POLL);
        Signal signal = Recorded.signal("https://idp.example", "jti-1", "alice@acme.example", NOON);
        String action = node.ledger()
                .record(signal, Recorded.decision(signal, "target"))
                .get(0)
                .action()
                .id();
        Outcome.Done done = new Outcome.Done("200");

        node.ledger().attempted(action, new Outcome.NoAnswer("503", null), ActionState.RETRYING, NOON, LATER);
        assertThat(jtis("st-1")).as("nothing was done yet").isEmpty();
        told.clear();
        assertThat(node.ledger().settled(action, 1, done, ActionState.DONE, LATER))
                .isTrue();
        assertThat(other.ledger().settled(action, 1, done, ActionState.DONE, LATER))
                .isFalse();
        other.ledger().attempted(action, done, ActionState.DONE, LATER, null);

        assertThat(jtis("st-1")).containsExactly("done-" + signal.id());
        assertThat(told).contains("st-1");
    }

    @Test
    void tokensAreKnownToAllNodesUntilTheyAreRevoked() {
        Token token = new Token("client", Set.of("ssf.read", "ssf.manage"), LATER);
        node.tokens().issued("digest", token, NOON);

        assertThat(other.tokens().find("digest")).contains(token);
        assertThat(other.tokens().find("another")).isEmpty();
        assertThat(node.tokens().useOnce("assertion", LATER, NOON)).isTrue();
        assertThat(other.tokens().useOnce("assertion", LATER, NOON)).isFalse();
        assertThat(other.tokens().revoke("client")).isEqualTo(1);
        assertThat(node.tokens().find("digest")).isEmpty();
        node.tokens().issued("old", token, NOON);
        node.tokens()
                .issued("new", new Token("client", Set.of("ssf.read"), LATER.plusSeconds(60)), LATER.plusSeconds(1));
        assertThat(node.tokens().find("old")).as("expired").isEmpty();
    }

    private void add(String id, Method method) {
        assertThat(book.add(stream(id, method), 100)).isTrue();
    }

    private static OutboundStream stream(String id, Method method) {
        return new OutboundStream(
                id,
                "client",
                List.of("aud"),
                method,
                method == Method.PUSH ? "https://r.example/" : null,
                null,
                null,
                null,
                Status.ENABLED,
                null,
                NOON,
                NOON,
                NOON,
                Pace.FRESH);
    }

    private static OutboundSet set(String stream, String jti) {
        return set(stream, jti, Urgency.ORDINARY);
    }

    private static OutboundSet set(String stream, String jti, Urgency urgency) {
        return new OutboundSet(stream, jti, null, EVENT, "txn", urgency, "{\"jti\":\"" + jti + "\"}", NOON);
    }

    private static OutboundSet set(String stream, String jti, Instant at) {
        return new OutboundSet(stream, jti, "sig-1", EVENT, null, Urgency.ORDINARY, "{}", at);
    }

    private Collection<String> jtis(String stream) {
        return jtis(stream, LATER);
    }

    private List<String> jtis(String stream, Instant now) {
        return outbox.next(stream, now, 100).stream()
                .map(queued -> queued.set().jti())
                .toList();
    }
}
