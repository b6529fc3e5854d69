package io.signalbox.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.store.Lease;
import io.signalbox.store.Leases;
import io.signalbox.store.ScimImages;
import io.signalbox.store.ScimImages.Image;
import io.signalbox.store.ScimImages.Progress;
import io.signalbox.store.SourceBook;
import io.signalbox.store.SourceRecord;
import io.signalbox.store.SourceRecord.Poll;
import io.signalbox.store.SourceRecord.Refusals;
import io.signalbox.store.SourceRecord.Stream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

/** What nodes share about the sources they poll, whatever the store: two writers on one database stand for two nodes. */
abstract class LeaseContract {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LATER = NOON.plusSeconds(30);

    @TempDir
    Path folder;

    private final List<Runnable> closing = new ArrayList<>();
    private Leases leases;
    private Leases elsewhere;
    private SourceBook book;
    private SourceBook bookElsewhere;
    private ScimImages images;
    private ScimImages imagesElsewhere;

    /** The URL of a store with nothing in it. */
    abstract @Nullable String newStore();

    abstract @Nullable String username();

    @BeforeEach
    void open() {
        StoreProperties properties =
                new StoreProperties(newStore(), username(), null, null, 2, 64, Duration.ofSeconds(5));
        Node one = node(properties);
        Node other = node(properties);
        leases = one.leases();
        images = one.images();
        imagesElsewhere = other.images();
        book = one.book();
        elsewhere = other.leases();
        bookElsewhere = other.book();
    }

    private record Node(Leases leases, SourceBook book, ScimImages images) {}

    private Node node(StoreProperties properties) {
        LedgerDatabase database = LedgerDatabase.open(properties, new Home(folder), new MockEnvironment());
        StorageFailures failures = new StorageFailures(database.name());
        GroupCommit writer = new GroupCommit(
                database.transactions(),
                new Chain(database.writesInBatches()),
                failures,
                properties.writeQueue(),
                properties.writeWait(),
                new SimpleMeterRegistry());
        closing.add(() -> {
            writer.close();
            database.close();
        });
        return new Node(
                new JdbcLeases(database, writer, failures),
                new JdbcSourceBook(database, writer, failures),
                new JdbcScimImages(database, writer, failures));
    }

    @AfterEach
    void close() {
        closing.forEach(Runnable::run);
    }

    @Test
    void whatWasSeenOfAUserIsKnownToEveryNode() {
        Image ada = new Image("ada", 0, "2026-03-01T12:00:00Z", 1, Map.of("active", "true", "userName", "x"));
        Image bob = new Image("bob", 0, null, 1, Map.of());
        assertThat(images.find("hr", List.of("ada"))).isEmpty();
        assertThat(images.find("hr", List.of())).isEmpty();
        images.keep("hr", List.of(bob, ada));
        images.keep("elsewhere", List.of(new Image("ada", 7, null, 1, Map.of())));
        images.keep("hr", List.of());

        Image changed = new Image("ada", 1, "2026-03-01T12:00:01Z", 2, Map.of("active", "false"));
        imagesElsewhere.keep("hr", List.of(changed));

        assertThat(images.find("hr", List.of("ada", "bob", "eve")))
                .containsOnly(Map.entry("ada", changed), Map.entry("bob", bob));
        assertThat(images.unseen("hr", 2, "", 10)).containsExactly(bob);
        assertThat(images.unseen("hr", 3, "", 1)).containsExactly(changed);
        assertThat(images.unseen("hr", 3, "ada", 10)).containsExactly(bob);
        imagesElsewhere.forget("hr", "bob");
        assertThat(images.unseen("hr", 3, "", 10)).containsExactly(changed);
        assertThat(images.find("elsewhere", List.of("ada"))).hasSize(1);
    }

    @Test
    void howFarTheWatchingIsIsKnownToEveryNode() {
        assertThat(images.progress("hr")).isEmpty();
        images.note("hr", new Progress(null, 1, NOON));
        imagesElsewhere.note("hr", new Progress("2026-03-01T12:00:01Z", 2, LATER));

        assertThat(images.progress("hr")).contains(new Progress("2026-03-01T12:00:01Z", 2, LATER));
        assertThat(images.progress("elsewhere")).isEmpty();
    }

    @Test
    void oneHasItUntilItExpires() {
        assertThat(leases.claim("poll/a", "one", NOON, LATER)).contains(new Lease("poll/a", "one", 1, LATER));

        assertThat(elsewhere.claim("poll/a", "two", LATER.minusMillis(1), LATER.plusSeconds(30)))
                .isEmpty();
        assertThat(elsewhere.claim("poll/b", "two", NOON, LATER)).isPresent();
        assertThat(elsewhere.claim("poll/a", "two", LATER, LATER.plusSeconds(30)))
                .contains(new Lease("poll/a", "two", 2, LATER.plusSeconds(30)));
        assertThat(leases.find("poll/a").map(Lease::owner)).contains("two");
        assertThat(leases.find("poll/none")).isEmpty();
    }

    @Test
    void whoHasItMayTakeItAgainAndKeepsItsFence() {
        Lease held = leases.claim("poll/a", "one", NOON, LATER).orElseThrow();

        assertThat(leases.claim("poll/a", "one", NOON, LATER.plusSeconds(30)).map(Lease::fence))
                .contains(held.fence());
    }

    @Test
    void whoeverLostItIsTold() {
        Lease held = leases.claim("poll/a", "one", NOON, LATER).orElseThrow();
        Lease renewed = leases.renew(held, LATER.plusSeconds(30)).orElseThrow();
        assertThat(renewed.expiresAt()).isEqualTo(LATER.plusSeconds(30));
        assertThat(elsewhere.claim("poll/a", "two", LATER, LATER.plusSeconds(60)))
                .isEmpty();
        Lease taken = elsewhere
                .claim("poll/a", "two", LATER.plusSeconds(30), LATER.plusSeconds(60))
                .orElseThrow();

        assertThat(leases.renew(renewed, LATER.plusSeconds(90))).isEmpty();
        leases.release(renewed, LATER.plusSeconds(31));

        assertThat(leases.find("poll/a")).contains(taken);
    }

    @Test
    void whatIsGivenBackCanBeTakenAtOnce() {
        Lease held = leases.claim("poll/a", "one", NOON, LATER).orElseThrow();

        leases.release(held, NOON.plusSeconds(1));

        assertThat(elsewhere.claim("poll/a", "two", NOON.plusSeconds(1), LATER).map(Lease::fence))
                .contains(2L);
    }

    @Test
    void ofManyThatAskAtOnceOneGetsIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Optional<Lease>>> claims = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String owner = "owner-" + i;
                Leases node = i % 2 == 0 ? leases : elsewhere;
                claims.add(() -> node.claim("poll/a", owner, NOON, LATER));
            }
            int won = 0;
            for (Future<Optional<Lease>> claim : threads.invokeAll(claims)) {
                won += claim.get().isPresent() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatAllNodesTookAndRefusedIsAddedUp() {
        book.add(Map.of(
                "idp",
                new SourceRecord(
                        "idp", 3, NOON, Duration.ofMillis(700), Map.of("invalid_key", new Refusals(2, NOON)), null)));
        bookElsewhere.add(Map.of(
                "idp",
                new SourceRecord(
                        "idp",
                        2,
                        LATER,
                        Duration.ofMillis(40),
                        Map.of("invalid_key", new Refusals(1, LATER), "invalid_issuer", new Refusals(5, NOON)),
                        null),
                "hr",
                new SourceRecord("hr", 0, null, null, Map.of("access_denied", new Refusals(1, NOON)), null)));
        // A node that was slow to tell takes nothing back.
        book.add(Map.of("idp", new SourceRecord("idp", 1, NOON.plusSeconds(1), Duration.ofSeconds(9), Map.of(), null)));

        assertThat(book.all())
                .containsExactly(
                        new SourceRecord("hr", 0, null, null, Map.of("access_denied", new Refusals(1, NOON)), null),
                        new SourceRecord(
                                "idp",
                                6,
                                LATER,
                                Duration.ofMillis(40),
                                Map.of("invalid_key", new Refusals(3, LATER), "invalid_issuer", new Refusals(5, NOON)),
                                null));
    }

    @Test
    void theLastVerificationOfAStreamStandsUntilTheNextOneComes() {
        Stream good = new Stream("st-1", "enabled", NOON, null, NOON, Duration.ofMillis(420));
        Stream paused = new Stream("st-1", "paused", LATER, "The transmitter has the stream paused", null, null);
        book.add(Map.of("idp", new SourceRecord("idp", 0, null, null, Map.of(), null, good)));
        assertThat(book.all().get(0).stream()).isEqualTo(good);

        bookElsewhere.add(Map.of("idp", new SourceRecord("idp", 0, null, null, Map.of(), null, paused)));
        // A node that was slow to tell takes nothing back.
        book.add(Map.of("idp", new SourceRecord("idp", 0, null, null, Map.of(), null, good)));

        assertThat(book.all().get(0).stream())
                .isEqualTo(new Stream("st-1", "paused", LATER, paused.fault(), NOON, Duration.ofMillis(420)));
    }

    @Test
    void theWordOfWhoeverHasTheLeaseStands() {
        Poll first = new Poll("node-a", 1, "up", NOON, null, NOON);
        Poll second = new Poll("node-b", 2, "faulty", LATER, "The poll endpoint answers 500", null);
        book.add(Map.of("idp", new SourceRecord("idp", 0, null, null, Map.of(), first)));
        assertThat(book.all().get(0).poll()).isEqualTo(first);

        bookElsewhere.add(Map.of("idp", new SourceRecord("idp", 0, null, null, Map.of(), second)));
        book.add(Map.of("idp", new SourceRecord("idp", 0, null, null, Map.of(), first)));

        // When it was last answered is not forgotten because the new one has had no answer yet.
        assertThat(book.all().get(0).poll())
                .isEqualTo(new Poll("node-b", 2, "faulty", LATER, "The poll endpoint answers 500", NOON));
    }
}
