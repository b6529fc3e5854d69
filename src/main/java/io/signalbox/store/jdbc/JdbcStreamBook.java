package io.signalbox.store.jdbc;

import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.OutboundSet;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Method;
import io.signalbox.store.OutboundStream.Pace;
import io.signalbox.store.OutboundStream.Status;
import io.signalbox.store.OutboundSubject;
import io.signalbox.store.StreamBook;
import io.signalbox.wire.Wire;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link StreamBook} in SQL that SQLite and PostgreSQL share. */
final class JdbcStreamBook implements StreamBook {

    static final String STREAMS = """
            SELECT s.id, s.client, s.aud, s.method, s.endpoint, s.sealed, s.events_requested, s.description, s.status,
                   s.reason, s.created_at, s.updated_at, s.active_at, s.rest_until, s.failures, s.refusals, s.last_cause
            FROM outbound_stream s""";

    private final GroupCommit writer;
    private final StorageFailures failures;
    private final JdbcClient reads;
    private final JdbcClient writes;
    private final OutboundRows rows;
    private volatile @Nullable Revision known;

    JdbcStreamBook(LedgerDatabase database, GroupCommit writer, StorageFailures failures, OutboundRows rows) {
        this.writer = writer;
        this.failures = failures;
        this.reads = database.reads();
        this.writes = database.writes();
        this.rows = rows;
    }

    private record Revision(long number, List<OutboundStream> streams) {}

    @Override
    public boolean add(OutboundStream stream, int most) {
        return writer.write(() -> {
            // First: it holds the row that every change holds, so that two nodes do not both count before either adds.
            changed();
            Long has = writes.sql("SELECT count(*) FROM outbound_stream WHERE client = ?")
                    .param(stream.client())
                    .query(Long.class)
                    .single();
            if (has >= most) {
                return false;
            }
            return writes.sql("""
                            INSERT INTO outbound_stream (id, client, aud, method, endpoint, sealed, events_requested,
                                description, status, reason, created_at, updated_at, active_at, failures, refusals)
                            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)""")
                            .param(stream.id())
                            .param(stream.client())
                            .param(Wire.write(stream.aud()))
                            .param(stream.method().word())
                            .param(stream.endpoint())
                            .param(stream.sealed())
                            .param(json(stream.eventsRequested()))
                            .param(stream.description())
                            .param(stream.status().word())
                            .param(stream.reason())
                            .param(stream.createdAt().toEpochMilli())
                            .param(stream.updatedAt().toEpochMilli())
                            .param(stream.activeAt().toEpochMilli())
                            .update()
                    == 1;
        });
    }

    private void changed() {
        int ignored = writes.sql("UPDATE outbound_counter SET last = last + 1 WHERE name = 'streams'")
                .update();
    }

    private static @Nullable String json(@Nullable List<String> texts) {
        return texts == null ? null : Wire.write(texts);
    }

    @Override
    public Optional<OutboundStream> find(String id) {
        return failures.reading(() -> find(reads, id));
    }

    private static Optional<OutboundStream> find(JdbcClient sql, String id) {
        return sql.sql(STREAMS + " WHERE s.id = ?")
                .param(id)
                .query(JdbcStreamBook::stream)
                .optional();
    }

    @Override
    public List<OutboundStream> of(String client) {
        return failures.reading(() -> reads.sql(STREAMS + " WHERE s.client = ? ORDER BY s.created_at, s.id")
                .param(client)
                .query(JdbcStreamBook::stream)
                .list());
    }

    @Override
    public List<OutboundStream> all() {
        return failures.reading(() -> {
            // Asked first: what changes between the two questions is then read again next time, and never missed.
            long number = reads.sql("SELECT last FROM outbound_counter WHERE name = 'streams'")
                    .query(Long.class)
                    .single();
            Revision current = known;
            if (current == null || current.number() != number) {
                current = new Revision(
                        number,
                        List.copyOf(reads.sql(STREAMS + " ORDER BY s.created_at, s.id")
                                .query(JdbcStreamBook::stream)
                                .list()));
                known = current;
            }
            return current.streams();
        });
    }

    @Override
    public boolean configure(OutboundStream before, OutboundStream after) {
        boolean configured = writer.write(() -> {
            boolean done = writes.sql("""
                            UPDATE outbound_stream SET method = ?, endpoint = ?, sealed = ?, events_requested = ?,
                                description = ?, updated_at = ?, rest_until = NULL, failures = 0
                            WHERE id = ? AND updated_at = ?""")
                            .param(after.method().word())
                            .param(after.endpoint())
                            .param(after.sealed())
                            .param(json(after.eventsRequested()))
                            .param(after.description())
                            // Two changes within one millisecond are two changes all the same.
                            .param(Math.max(
                                    after.updatedAt().toEpochMilli(),
                                    before.updatedAt().toEpochMilli() + 1))
                            .param(before.id())
                            .param(before.updatedAt().toEpochMilli())
                            .update()
                    == 1;
            if (done) {
                changed();
                int ignored = writes.sql("""
                                UPDATE outbound SET next_at = NULL
                                WHERE stream_id = ? AND state = 'waiting' AND next_at IS NOT NULL""").param(before.id()).update();
            }
            return done;
        });
        rows.tellChange(before.id());
        return configured;
    }

    @Override
    public Optional<OutboundStream> turn(
            String id, Status status, @Nullable String reason, Instant at, @Nullable OutboundSet announcement) {
        List<OutboundSet> announced = announcement == null ? List.of() : List.of(announcement);
        Optional<OutboundStream> turned = writer.write(() -> {
            int found = writes.sql("""
                            UPDATE outbound_stream SET status = ?, reason = ?, updated_at = CASE WHEN updated_at < ? THEN ?
                                ELSE updated_at + 1 END, rest_until = NULL, failures = 0, refusals = 0
                            WHERE id = ?""")
                    .param(status.word())
                    .param(reason)
                    .param(at.toEpochMilli())
                    .param(at.toEpochMilli())
                    .param(id)
                    .update();
            if (found == 0) {
                return Optional.empty();
            }
            changed();
            if (status == Status.DISABLED) {
                int ignored = writes.sql("""
                                UPDATE outbound SET state = 'dropped', ended_at = ?, next_at = NULL
                                WHERE stream_id = ? AND state = 'waiting' AND priority > 0""").param(at.toEpochMilli()).param(id).update();
            }
            List<OutboundSet> ignored = rows.insert(announced);
            return find(writes, id);
        });
        if (turned.isPresent()) {
            // To enable releases what waited, so there may be something even if nothing was announced.
            rows.tellChange(id);
        }
        return turned;
    }

    @Override
    public boolean remove(String id) {
        boolean removed = writer.write(() -> {
            for (String table : List.of("outbound", "outbound_subject")) {
                int ignored = writes.sql("DELETE FROM " + table + " WHERE stream_id = ?")
                        .param(id)
                        .update();
            }
            changed();
            return writes.sql("DELETE FROM outbound_stream WHERE id = ?")
                            .param(id)
                            .update()
                    == 1;
        });
        rows.tellChange(id);
        return removed;
    }

    @Override
    public Optional<Duration> verify(OutboundSet verification, Duration interval, Instant now) {
        long latest = now.minus(interval).toEpochMilli();
        Optional<Duration> wait = writer.write(() -> {
            int taken = writes.sql("""
                            UPDATE outbound_stream SET verified_at = ?, rest_until = NULL
                            WHERE id = ? AND (verified_at IS NULL OR verified_at <= ?)""")
                    .param(now.toEpochMilli())
                    .param(verification.streamId())
                    .param(latest)
                    .update();
            if (taken == 1) {
                List<OutboundSet> ignored = rows.insert(List.of(verification));
                return Optional.empty();
            }
            long verified = writes.sql("SELECT COALESCE(max(verified_at), 0) FROM outbound_stream WHERE id = ?")
                    .param(verification.streamId())
                    .query(Long.class)
                    .single();
            return Optional.of(Duration.ofMillis(Math.max(1, verified - latest)));
        });
        if (wait.isEmpty()) {
            rows.tell(List.of(verification));
        }
        return wait;
    }

    @Override
    public void onChange(Consumer<String> listener) {
        rows.onChange(listener);
    }

    @Override
    public void heard(String id, Instant at) {
        int ignored = writer.write(() -> writes.sql("UPDATE outbound_stream SET active_at = ? WHERE id = ?")
                .param(at.toEpochMilli())
                .param(id)
                .update());
    }

    @Override
    public void put(OutboundSubject subject) {
        String fingerprint = subject.subject().fingerprint();
        String json = Wire.write(subject.subject().toJson());
        int complex = subject.subject().format().equals(SubjectIdentifier.COMPLEX) ? 1 : 0;
        int ignored = writer.write(() -> writes.sql("""
                        INSERT INTO outbound_subject (stream_id, fingerprint, subject, complex, state, effective_at)
                        VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT (stream_id, fingerprint) DO UPDATE SET
                          subject = excluded.subject,
                          effective_at = CASE WHEN outbound_subject.state = 'removed' AND excluded.state = 'removed'
                                              THEN outbound_subject.effective_at ELSE excluded.effective_at END,
                          state = excluded.state""")
                .param(subject.streamId())
                .param(fingerprint)
                .param(json)
                .param(complex)
                .param(subject.added() ? "added" : "removed")
                .param(subject.effectiveAt().toEpochMilli())
                .update());
    }

    @Override
    public List<OutboundSubject> subjects(Collection<String> fingerprints) {
        return failures.reading(() -> reads.sql("""
                        SELECT stream_id, subject, state, effective_at FROM outbound_subject
                        WHERE fingerprint IN (:fingerprints)
                        UNION
                        SELECT stream_id, subject, state, effective_at FROM outbound_subject WHERE complex = 1""")
                .param("fingerprints", fingerprints)
                .query((row, number) -> new OutboundSubject(
                        row.getString("stream_id"),
                        SubjectIdentifier.of(Wire.readObject(row.getString("subject")))
                                .orElseThrow(),
                        row.getString("state").equals("added"),
                        Instant.ofEpochMilli(row.getLong("effective_at"))))
                .list());
    }

    static OutboundStream stream(ResultSet row, int number) throws SQLException {
        String requested = row.getString("events_requested");
        return new OutboundStream(
                row.getString("id"),
                row.getString("client"),
                Arrays.asList(Wire.read(row.getString("aud"), String[].class)),
                Method.valueOf(row.getString("method").toUpperCase(Locale.ROOT)),
                row.getString("endpoint"),
                row.getString("sealed"),
                requested == null ? null : Arrays.asList(Wire.read(requested, String[].class)),
                row.getString("description"),
                Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getString("reason"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("updated_at")),
                Instant.ofEpochMilli(row.getLong("active_at")),
                new Pace(
                        time(row, "rest_until"),
                        row.getInt("failures"),
                        row.getInt("refusals"),
                        row.getString("last_cause")));
    }

    static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }
}
