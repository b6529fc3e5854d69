package io.signalbox.store.jdbc;

import static io.signalbox.testing.Recorded.ISSUER;
import static io.signalbox.testing.Recorded.NOON;
import static io.signalbox.testing.Recorded.decision;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventPayload;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.set.Standing;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.Ledger;
import io.signalbox.store.LedgerProof;
import io.signalbox.store.LedgerUnavailableException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
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
import org.springframework.mock.env.MockEnvironment;

/** A logout token and a SET of one end of a session, whatever the store: two writers on one database are two nodes. */
abstract class SessionEndContract {

    private static final String SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

    @TempDir
    Path folder;

    private final List<Runnable> closing = new ArrayList<>();
    private Node one;
    private Node other;

    /** The URL of a store with nothing in it. */
    abstract @Nullable String newStore();

    abstract @Nullable String username();

    private record Node(LedgerDatabase database, Ledger ledger) {}

    @BeforeEach
    void open() {
        StoreProperties properties =
                new StoreProperties(newStore(), username(), null, null, 2, 256, Duration.ofSeconds(20));
        one = node(properties);
        other = node(properties);
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
        return new Node(database, new JdbcLedger(database, writer, chain, failures));
    }

    @AfterEach
    void close() {
        closing.forEach(Runnable::run);
    }

    private static SubjectIdentifier subject(@Nullable String user, @Nullable String session) {
        return SubjectIdentifier.ofLogout(ISSUER, user, session);
    }

    private static SubjectIdentifier byMail(String session) {
        return new SubjectIdentifier(
                SubjectIdentifier.COMPLEX,
                new TreeMap<>(Map.of(
                        "user", Map.of("format", "email", "email", "alice@acme.example"),
                        "session", Map.of("format", "opaque", "id", session))));
    }

    private static SubjectIdentifier onADevice(String user) {
        return new SubjectIdentifier(
                SubjectIdentifier.COMPLEX,
                new TreeMap<>(Map.of(
                        "user", Map.of("format", "iss_sub", "iss", ISSUER, "sub", user),
                        "device", Map.of("format", "opaque", "id", "d-1"))));
    }

    private static Signal logout(String jti, SubjectIdentifier subject, Instant at) {
        return ended(jti, ISSUER, subject, at, true);
    }

    private static Signal set(String jti, SubjectIdentifier subject, Instant at) {
        return ended(jti, ISSUER, subject, at, false);
    }

    private static Signal ended(String jti, String iss, SubjectIdentifier subject, Instant at, boolean logoutToken) {
        Map<String, Object> claims = Map.of("event_timestamp", at.getEpochSecond());
        EventPayload payload = ((EventCatalog.Reading.Read) EventCatalog.read(SESSION_REVOKED, claims)).payload();
        VerifiedSet set = new VerifiedSet(
                iss,
                jti,
                at,
                List.of("https://signals.example.com"),
                null,
                null,
                subject,
                Map.of(SESSION_REVOKED, claims),
                "eyJ.compact." + jti,
                at.plusSeconds(1),
                Standing.ENTITLED,
                logoutToken);
        return new Signal(set, List.of(new SecurityEvent(set.id(), iss, null, subject, payload, at, set.receivedAt())));
    }

    private List<ActionRecord> recorded(Node node, Signal signal) {
        return node.ledger().record(signal, decision(signal, "vpn", "siem"));
    }

    private Decision kept(Signal signal) {
        return Objects.requireNonNull(
                one.ledger().signal(signal.id()).orElseThrow().decision());
    }

    private record Pair(String what, Signal first, Signal second, boolean oneRound) {}

    /** What counts as the same end, and what does not; each on a user and a session of its own. */
    @TestFactory
    Stream<DynamicTest> leadsToOneRoundIfItIsTheSameEnd() {
        Instant soon = NOON.plusSeconds(2);
        Instant hourLater = NOON.plusSeconds(3600);
        Instant nextDay = NOON.plusSeconds(90_000);
        return Stream.of(
                        new Pair(
                                "a SET after a logout token",
                                logout("1a", subject("u1", "s1"), NOON),
                                set("1b", subject("u1", "s1"), soon),
                                true),
                        new Pair(
                                "a logout token after a SET",
                                set("2a", subject("u2", "s2"), NOON),
                                logout("2b", subject("u2", "s2"), soon),
                                true),
                        new Pair(
                                "an hour later: a session ends once",
                                logout("3a", subject("u3", "s3"), NOON),
                                set("3b", subject("u3", "s3"), hourLater),
                                true),
                        new Pair(
                                "a logout token that names the session alone",
                                logout("4a", subject(null, "s4"), NOON),
                                set("4b", subject("u4", "s4"), soon),
                                true),
                        new Pair(
                                "a SET that names the user otherwise",
                                logout("5a", subject("u5", "s5"), NOON),
                                set("5b", byMail("s5"), soon),
                                true),
                        new Pair(
                                "all sessions, told twice",
                                logout("6a", subject("u6", null), NOON),
                                set("6b", subject("u6", null), soon),
                                true),
                        new Pair(
                                "all sessions in Keycloak's word, and one of them after that",
                                set("7a", subject("u7", "ALL"), NOON),
                                logout("7b", subject("u7", "s7"), soon),
                                true),
                        new Pair(
                                "two logout tokens, one for each client",
                                logout("8a", subject("u8", "s8"), NOON),
                                logout("8b", subject("u8", "s8"), soon),
                                true),
                        new Pair(
                                "one session, and all of them after that",
                                logout("9a", subject("u9", "s9"), NOON),
                                set("9b", subject("u9", "ALL"), soon),
                                false),
                        new Pair(
                                "all sessions, and all of them again an hour later",
                                logout("10a", subject("u10", null), NOON),
                                set("10b", subject("u10", null), hourLater),
                                false),
                        new Pair(
                                "another session of the user",
                                logout("11a", subject("u11", "s11"), NOON),
                                set("11b", subject("u11", "s11b"), soon),
                                false),
                        new Pair(
                                "two SETs: each says what it means",
                                set("12a", subject("u12", "s12"), NOON),
                                set("12b", subject("u12", "s12"), soon),
                                false),
                        new Pair(
                                "by another issuer",
                                ended("13a", "https://other.example", subject("u13", "s13"), NOON, true),
                                set("13b", subject("u13", "s13"), soon),
                                false),
                        new Pair(
                                "the sessions on one device",
                                logout("14a", subject("u14", null), NOON),
                                set("14b", onADevice("u14"), soon),
                                false),
                        new Pair(
                                "a day later",
                                logout("15a", subject("u15", "s15"), NOON),
                                set("15b", subject("u15", "s15"), nextDay),
                                false))
                .map(pair -> DynamicTest.dynamicTest(pair.what(), () -> {
                    assertThat(recorded(one, pair.first())).hasSize(2);

                    List<ActionRecord> sent = recorded(other, pair.second());

                    if (pair.oneRound()) {
                        assertThat(sent).isEmpty();
                        assertThat(kept(pair.second()).actions()).isEmpty();
                        assertThat(kept(pair.second()).rules())
                                .containsExactly(
                                        "Told already by " + pair.first().id() + ": recorded, nothing done");
                    } else {
                        assertThat(sent).hasSize(2);
                        assertThat(kept(pair.second()).rules()).noneMatch(rule -> rule.startsWith("Told already"));
                    }
                    assertThat(audit(one)).isInstanceOf(LedgerProof.Whole.class);
                }));
    }

    private static LedgerProof audit(Node node) {
        LedgerDatabase database = node.database();
        return new ChainAudit(database::atOneMoment, Clock.systemUTC(), new StorageFailures(database.name())).verify();
    }

    /** A logout token says who ended nothing; policy may want more once a SET says it. */
    @Test
    void aSetIsSparedOnlyWhatTheLogoutTokenLedTo() {
        Signal token = logout("a", subject("u", "s"), NOON);
        Signal set = set("b", subject("u", "s"), NOON);
        one.ledger().record(token, decision(token, "vpn"));

        List<ActionRecord> sent = other.ledger().record(set, decision(set, "vpn", "siem"));

        assertThat(sent).extracting(action -> action.action().target()).containsExactly("siem");
        assertThat(kept(set).actions()).extracting(Action::ordinal).containsExactly(0);
        assertThat(kept(set).rules()).last().asString().startsWith("Told already by " + token.id());
        assertThat(audit(one)).isInstanceOf(LedgerProof.Whole.class);

        assertThat(recorded(one, set("c", subject("u", "s"), NOON.plusSeconds(5))))
                .as("the transmitter says it anew")
                .hasSize(2);
    }

    @Test
    void whatIsDeliveredAgainKeepsItsDecision() {
        Signal token = logout("a", subject("u", "s"), NOON);
        Signal set = set("b", subject("u", "s"), NOON);
        List<ActionRecord> sent = recorded(one, token);
        assertThat(recorded(other, set)).isEmpty();

        assertThat(recorded(other, token)).isEqualTo(sent);
        assertThat(one.ledger().signal(token.id()).orElseThrow().signal()).isEqualTo(token);
        assertThat(recorded(one, set)).isEmpty();
        assertThat(recorded(one, logout("c", subject("u", "s"), NOON))).isEmpty();
    }

    @Test
    void whatIsNotActedUponTellsNothing() {
        Signal plain = logout("a", subject("u", "s"), NOON);
        VerifiedSet set = plain.set();
        Signal advice = new Signal(
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
                        set.receivedAt(),
                        new Standing(Standing.Word.ADVISORY, "an adviser only"),
                        true),
                plain.events());
        one.ledger().record(advice, decision(advice));

        assertThat(recorded(other, set("b", subject("u", "s"), NOON))).hasSize(2);
    }

    /** At once on two nodes, which wait for each other; whoever is told to try again does, as the queue would. */
    @Test
    void twoNodesThatHearOfItAtOnceActOnce() throws Exception {
        List<Callable<List<ActionRecord>>> all = new ArrayList<>();
        int sessions = 60;
        for (int i = 0; i < sessions; i++) {
            Signal token = logout("token-" + i, subject("u-" + i, "s-" + i), NOON);
            Signal set = set("set-" + i, subject("u-" + i, "s-" + i), NOON);
            Node first = i % 2 == 0 ? one : other;
            Node second = i % 2 == 0 ? other : one;
            all.add(() -> persistently(first, token));
            all.add(() -> persistently(second, set));
        }
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<ActionRecord> sent = new ArrayList<>();
            for (Future<List<ActionRecord>> each : threads.invokeAll(all)) {
                sent.addAll(each.get());
            }
            assertThat(sent).hasSize(2 * sessions);
        } finally {
            threads.shutdownNow();
        }
        assertThat(audit(one)).isInstanceOf(LedgerProof.Whole.class);
    }

    private List<ActionRecord> persistently(Node node, Signal signal) {
        for (int attempt = 1; ; attempt++) {
            try {
                return recorded(node, signal);
            } catch (LedgerUnavailableException e) {
                if (attempt == 20) {
                    throw e;
                }
            }
        }
    }
}
