package io.signalbox.store.jdbc;

import io.signalbox.store.SourceBook;
import io.signalbox.store.SourceRecord;
import io.signalbox.store.SourceRecord.Poll;
import io.signalbox.store.SourceRecord.Refusals;
import io.signalbox.store.SourceRecord.Stream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link SourceBook} in SQL that SQLite and PostgreSQL share. */
final class JdbcSourceBook implements SourceBook {

    private final GroupCommit writer;
    private final StorageFailures failures;
    private final JdbcClient reads;
    private final JdbcClient writes;

    JdbcSourceBook(LedgerDatabase database, GroupCommit writer, StorageFailures failures) {
        this.writer = writer;
        this.failures = failures;
        this.reads = database.reads();
        this.writes = database.writes();
    }

    @Override
    public void add(Map<String, SourceRecord> news) {
        // In the order of their names, so that two nodes never wait for one another's rows.
        Map<String, SourceRecord> ordered = new TreeMap<>(news);
        boolean ignored = writer.write(() -> {
            ordered.values().forEach(this::add);
            return true;
        });
    }

    private void add(SourceRecord news) {
        Long takenAt = millis(news.takenAt());
        int added = writes.sql("""
                        INSERT INTO source (name, taken, taken_at, lag_millis, fence) VALUES (?, ?, ?, ?, 0)
                        ON CONFLICT (name) DO UPDATE SET
                          taken = source.taken + excluded.taken,
                          lag_millis = CASE WHEN excluded.taken_at >= COALESCE(source.taken_at, 0)
                                            THEN excluded.lag_millis ELSE source.lag_millis END,
                          taken_at = CASE WHEN excluded.taken_at >= COALESCE(source.taken_at, 0)
                                          THEN excluded.taken_at ELSE source.taken_at END""")
                .param(news.name())
                .param(news.taken())
                .param(takenAt)
                .param(news.lag() == null ? null : news.lag().toMillis())
                .update();
        if (added != 1) {
            throw new IllegalStateException("The source " + news.name() + " was not written");
        }
        Poll poll = news.poll();
        if (poll != null) {
            int ignored = writes.sql("""
                            UPDATE source SET fence = ?, node = ?, state = ?, since = ?, fault = ?,
                                              polled_at = COALESCE(?, polled_at)
                            WHERE name = ? AND fence <= ?""")
                    .param(poll.fence())
                    .param(poll.node())
                    .param(poll.state())
                    .param(poll.since().toEpochMilli())
                    .param(poll.fault())
                    .param(millis(poll.polledAt()))
                    .param(news.name())
                    .param(poll.fence())
                    .update();
        }
        Stream stream = news.stream();
        if (stream != null) {
            int ignored = writes.sql("""
                            UPDATE source SET stream_id = ?, stream_status = ?, stream_checked_at = ?, stream_fault = ?,
                                              verified_at = COALESCE(?, verified_at),
                                              verified_millis = COALESCE(?, verified_millis)
                            WHERE name = ? AND COALESCE(stream_checked_at, 0) <= ?""")
                    .param(stream.id())
                    .param(stream.status())
                    .param(stream.checkedAt().toEpochMilli())
                    .param(stream.fault())
                    .param(millis(stream.verifiedAt()))
                    .param(
                            stream.roundTrip() == null
                                    ? null
                                    : stream.roundTrip().toMillis())
                    .param(news.name())
                    .param(stream.checkedAt().toEpochMilli())
                    .update();
        }
        new TreeMap<>(news.refusals()).forEach((code, refusals) -> {
            int ignored = writes.sql("""
                            INSERT INTO source_refusal (source, code, refused, refused_at) VALUES (?, ?, ?, ?)
                            ON CONFLICT (source, code) DO UPDATE SET
                              refused = source_refusal.refused + excluded.refused,
                              refused_at = CASE WHEN excluded.refused_at > source_refusal.refused_at
                                                THEN excluded.refused_at ELSE source_refusal.refused_at END""")
                    .param(news.name())
                    .param(code)
                    .param(refusals.count())
                    .param(refusals.lastAt().toEpochMilli())
                    .update();
        });
    }

    private static @Nullable Long millis(@Nullable Instant at) {
        return at == null ? null : at.toEpochMilli();
    }

    @Override
    public List<SourceRecord> all() {
        return failures.reading(() -> {
            Map<String, Map<String, Refusals>> refusals = new HashMap<>();
            reads.sql("SELECT source, code, refused, refused_at FROM source_refusal")
                    .query((ResultSet row) -> {
                        refusals.computeIfAbsent(row.getString("source"), name -> new TreeMap<>())
                                .put(
                                        row.getString("code"),
                                        new Refusals(
                                                row.getLong("refused"),
                                                Instant.ofEpochMilli(row.getLong("refused_at"))));
                    });
            return reads.sql("""
                            SELECT name, taken, taken_at, lag_millis, fence, node, state, since, fault, polled_at,
                                   stream_id, stream_status, stream_checked_at, stream_fault, verified_at, verified_millis
                            FROM source ORDER BY name""")
                    .query((row, number) -> record(row, refusals.getOrDefault(row.getString("name"), Map.of())))
                    .list();
        });
    }

    private static SourceRecord record(ResultSet row, Map<String, Refusals> refusals) throws SQLException {
        Instant takenAt = instant(row, "taken_at");
        Instant since = instant(row, "since");
        String state = row.getString("state");
        Poll poll = state == null || since == null
                ? null
                : new Poll(
                        row.getString("node"),
                        row.getLong("fence"),
                        state,
                        since,
                        row.getString("fault"),
                        instant(row, "polled_at"));
        return new SourceRecord(
                row.getString("name"),
                row.getLong("taken"),
                takenAt,
                takenAt == null ? null : Duration.ofMillis(row.getLong("lag_millis")),
                refusals,
                poll,
                stream(row));
    }

    private static @Nullable Stream stream(ResultSet row) throws SQLException {
        Instant checkedAt = instant(row, "stream_checked_at");
        Instant verifiedAt = instant(row, "verified_at");
        return checkedAt == null
                ? null
                : new Stream(
                        row.getString("stream_id"),
                        row.getString("stream_status"),
                        checkedAt,
                        row.getString("stream_fault"),
                        verifiedAt,
                        verifiedAt == null ? null : Duration.ofMillis(row.getLong("verified_millis")));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }
}
