package io.signalbox.store.jdbc;

import io.signalbox.store.Stop;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Asks for the stop switch, at most twice a second however many actions there are. */
final class StopSwitch {

    private static final long FRESH_NANOS = Duration.ofMillis(500).toNanos();

    /** Grows when this process throws the switch or lets it go: nobody in it goes by what was seen before. */
    private static final AtomicLong CHANGES = new AtomicLong();

    private record Seen(Stop stop, long at, long changes) {}

    private final JdbcClient sql;
    private final StorageFailures failures;
    private volatile @Nullable Seen seen;

    StopSwitch(JdbcClient sql, StorageFailures failures) {
        this.sql = sql;
        this.failures = failures;
    }

    Stop read() {
        Seen last = seen;
        long now = System.nanoTime();
        long changes = CHANGES.get();
        if (last != null && last.changes() == changes && now - last.at() < FRESH_NANOS) {
            return last.stop();
        }
        Stop stop = failures.reading(() -> read(sql));
        seen = new Seen(stop, now, changes);
        return stop;
    }

    /** On this node at once. */
    void forget() {
        long ignored = CHANGES.incrementAndGet();
    }

    static Stop read(JdbcClient sql) {
        return sql.sql("SELECT since, by_whom, reason FROM stop_switch WHERE id = 1")
                .query(StopSwitch::row)
                .single();
    }

    private static Stop row(ResultSet row, int number) throws SQLException {
        long since = row.getLong("since");
        return row.wasNull()
                ? Stop.NOT_THROWN
                : new Stop(Instant.ofEpochMilli(since), row.getString("by_whom"), row.getString("reason"));
    }
}
