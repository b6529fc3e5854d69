package io.signalbox.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.store.LedgerUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.env.MockEnvironment;

/** What the writer does when it is crowded, and when the store fails under it. */
class GroupCommitTest {

    @TempDir
    Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private LedgerDatabase database;
    private GroupCommit writer;
    private JdbcClient sql;

    @BeforeEach
    void open() {
        StoreProperties properties = new StoreProperties(null, null, null, null, 2, 4, Duration.ofMillis(250));
        database = LedgerDatabase.open(properties, new Home(folder), new MockEnvironment());
        sql = database.writes();
        writer = new GroupCommit(
                database.transactions(),
                new Chain(database.writesInBatches()),
                new StorageFailures(database.name()),
                4,
                properties.writeWait(),
                meters);
    }

    @AfterEach
    void close() {
        writer.close();
        database.close();
        callers.shutdown();
    }

    @Test
    void sharesOneCommitAmongAllThatWait() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CompletableFuture<Integer> first = later(() -> {
            awaitQuietly(busy);
            return insert("a");
        });
        await().until(() -> waiting() == 0);
        CompletableFuture<?>[] others = new CompletableFuture<?>[4];
        for (int i = 0; i < others.length; i++) {
            String id = "b" + i;
            others[i] = later(() -> insert(id));
        }
        await().until(() -> waiting() == 4);
        busy.countDown();
        CompletableFuture.allOf(others).get();

        assertThat(first.get()).isEqualTo(1);
        assertThat(meters.counter("signalbox.ledger.commits").count()).isEqualTo(2);
        assertThat(meters.counter("signalbox.ledger.writes").count()).isEqualTo(5);
    }

    @Test
    void makesTheCallerWaitOnlySoLongForAPlaceInAFullQueue() {
        CountDownLatch busy = new CountDownLatch(1);
        CompletableFuture<Integer> first = later(() -> {
            awaitQuietly(busy);
            return insert("a");
        });
        await().until(() -> waiting() == 0 && !first.isDone());
        CompletableFuture<?>[] others = new CompletableFuture<?>[4];
        for (int i = 0; i < others.length; i++) {
            String id = "b" + i;
            others[i] = later(() -> insert(id));
        }
        await().until(() -> waiting() == 4);

        assertThatThrownBy(() -> writer.write(() -> insert("late")))
                .isInstanceOf(LedgerUnavailableException.class)
                .hasMessageContaining("queue of 4 writes");

        busy.countDown();
        CompletableFuture.allOf(others).join();
        assertThat(writer.write(() -> insert("late"))).isEqualTo(1);
    }

    @Test
    void tellsAFullDiskFromAWrongStatement() {
        int pages = sql.sql("PRAGMA page_count").query(Integer.class).single();
        // SQLite's own way to run out of space.
        assertThat(sql.sql("PRAGMA max_page_count = " + pages)
                        .query(Integer.class)
                        .single())
                .isEqualTo(pages);
        assertThatThrownBy(() -> writer.write(() -> insert("x".repeat(2_000_000))))
                .isInstanceOf(LedgerUnavailableException.class)
                .hasMessageContaining("SQLITE_FULL");

        assertThat(sql.sql("PRAGMA max_page_count = 1000000")
                        .query(Integer.class)
                        .single())
                .isEqualTo(1_000_000);
        assertThat(writer.write(() -> insert("x".repeat(2_000_000)))).isEqualTo(1);
        assertThatThrownBy(() -> writer.write(
                        () -> sql.sql("INSERT INTO nowhere VALUES (1)").update()))
                .isNotInstanceOf(LedgerUnavailableException.class);
    }

    @Test
    void survivesAnErrorInAUnit() {
        assertThatThrownBy(() -> writer.write(() -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(LedgerUnavailableException.class);
        assertThat(writer.write(() -> insert("a"))).isEqualTo(1);
    }

    @Test
    void writesToADiskThatIsSyncedAtEachCommit() {
        assertThat(sql.sql("PRAGMA journal_mode").query(String.class).single()).isEqualTo("wal");
        assertThat(sql.sql("PRAGMA synchronous").query(Integer.class).single()).isEqualTo(2);
        assertThat(sql.sql("PRAGMA foreign_keys").query(Integer.class).single()).isEqualTo(1);
        assertThatThrownBy(() -> database.reads().sql("DELETE FROM signal").update())
                .hasStackTraceContaining("SQLITE_READONLY");
    }

    private int insert(String id) {
        return sql.sql("""
                        INSERT INTO signal (id, iss, jti, events, occurred_at, received_at, body)
                        VALUES (?, 'i', ?, '', 0, 0, '{}')""").param(id).param(id).update();
    }

    private CompletableFuture<Integer> later(Supplier<Integer> work) {
        return CompletableFuture.supplyAsync(() -> writer.write(work), callers);
    }

    private double waiting() {
        return meters.get("signalbox.ledger.waiting").gauge().value();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
