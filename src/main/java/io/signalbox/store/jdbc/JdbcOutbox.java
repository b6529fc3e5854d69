package io.signalbox.store.jdbc;

import io.signalbox.event.Posture;
import io.signalbox.store.OutboundSet;
import io.signalbox.store.OutboundSet.Urgency;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.Outbox;
import io.signalbox.store.Page;
import io.signalbox.store.QueuedSet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link Outbox} in SQL that SQLite and PostgreSQL share. */
final class JdbcOutbox implements Outbox {

    private static final int MOST_ROWS = 500;

    /** SETs that are taken away in one transaction. */
    private static final int AGED_AT_ONCE = 1_000;

    private static final String SETS = """
            SELECT o.seq, o.stream_id, o.jti, o.signal_id, o.event, o.txn, o.priority, o.created_at, o.claims, o.compact,
                   o.state, o.attempts, o.ended_at, o.code, o.cause
            FROM outbound o""";

    /**
     * What of a stream's SETs may go out as it stands: all, or what announces that it stands still. While the stop switch
     * is thrown no event goes out, only what is about the stream itself.
     */
    private static final String MAY_GO = """
            o.stream_id = s.id AND o.state = 'waiting' AND (o.next_at IS NULL OR o.next_at <= :now)
            AND (s.status = 'enabled' OR o.priority = 0)
            AND (o.priority < 2 OR NOT EXISTS (SELECT 1 FROM stop_switch WHERE since IS NOT NULL))""";

    private final GroupCommit writer;
    private final StorageFailures failures;
    private final JdbcClient reads;
    private final JdbcClient writes;
    private final JdbcOperations batches;
    private final OutboundRows rows;
    private final PostureRows ownPostures;
    private final String issuer;

    /** @param issuer by whose word a subject stands as our own SETs say */
    JdbcOutbox(
            LedgerDatabase database, GroupCommit writer, StorageFailures failures, OutboundRows rows, String issuer) {
        this.writer = writer;
        this.failures = failures;
        this.reads = database.reads();
        this.batches = database.writesInBatches();
        this.writes = JdbcClient.create(batches);
        this.rows = rows;
        this.ownPostures = new PostureRows(writes);
        this.issuer = issuer;
    }

    @Override
    public List<OutboundSet> add(List<OutboundSet> sets, @Nullable String subjectKey, Posture.@Nullable Known known) {
        List<PostureRows.Row> left = subjectKey == null || known == null
                ? List.of()
                : List.of(new PostureRows.Row(subjectKey, issuer, known));
        List<OutboundSet> written = writer.write(() -> {
            ownPostures.remember(left);
            return rows.insert(sets);
        });
        rows.tell(written);
        return written;
    }

    @Override
    public void onArrival(Consumer<Collection<String>> listener) {
        rows.onArrival(listener);
    }

    @Override
    public List<OutboundStream> toPush(Instant now) {
        return failures.reading(() -> reads.sql(JdbcStreamBook.STREAMS + """
                         WHERE s.method = 'push' AND (s.rest_until IS NULL OR s.rest_until <= :now)
                        AND EXISTS (SELECT 1 FROM outbound o WHERE """ + " " + MAY_GO + ")")
                .param("now", now.toEpochMilli())
                .query(JdbcStreamBook::stream)
                .list());
    }

    @Override
    public List<String> ready(Collection<String> streamIds, Instant now) {
        if (streamIds.isEmpty()) {
            return List.of();
        }
        return failures.reading(() -> reads.sql("""
                        SELECT s.id FROM outbound_stream s
                        WHERE s.id IN (:ids) AND EXISTS (SELECT 1 FROM outbound o WHERE """ + " " + MAY_GO + ")")
                .param("ids", streamIds)
                .param("now", now.toEpochMilli())
                .query(String.class)
                .list());
    }

    @Override
    public List<QueuedSet> next(String streamId, Instant now, int limit) {
        return failures.reading(() -> reads.sql(SETS + " JOIN outbound_stream s ON " + MAY_GO
                        + " WHERE o.stream_id = :id ORDER BY o.priority, o.seq LIMIT :limit")
                .param("id", streamId)
                .param("now", now.toEpochMilli())
                .param("limit", Math.max(1, Math.min(limit, MOST_ROWS + 1)))
                .query(JdbcOutbox::queued)
                .list());
    }

    @Override
    public void handedOut(Map<Long, String> compacts, Instant shownAgainAt) {
        List<Object[]> each = new ArrayList<>();
        compacts.forEach((seq, compact) -> each.add(new Object[] {shownAgainAt.toEpochMilli(), compact, seq}));
        int[] ignored = writer.write(() -> batches.batchUpdate("""
                        UPDATE outbound SET next_at = ?, compact = ?, attempts = attempts + 1
                        WHERE seq = ? AND state = 'waiting'""", each));
    }

    @Override
    public void settle(String streamId, Collection<Receipt> receipts, Instant at) {
        if (receipts.isEmpty()) {
            return;
        }
        List<@Nullable Object[]> each = receipts.stream()
                .map(receipt -> new @Nullable Object[] {
                    receipt.code() == null ? "delivered" : "parked",
                    at.toEpochMilli(),
                    receipt.code(),
                    storable(receipt.cause()),
                    receipt.compact(),
                    receipt.compact() == null ? 0 : 1,
                    streamId,
                    receipt.jti()
                })
                .toList();
        List<Receipt> list = List.copyOf(receipts);
        boolean ignored = writer.write(() -> {
            int[] settled = batches.batchUpdate("""
                            UPDATE outbound SET state = ?, ended_at = ?, next_at = NULL, code = ?, cause = ?,
                                compact = COALESCE(?, compact), attempts = attempts + ?
                            WHERE stream_id = ? AND jti = ? AND state = 'waiting'""", each);
            int refused = 0;
            boolean delivered = false;
            String last = null;
            for (int i = 0; i < settled.length; i++) {
                Receipt receipt = list.get(i);
                if (settled[i] == 0) {
                    continue;
                }
                if (receipt.code() == null) {
                    delivered = true;
                    refused = 0;
                } else {
                    refused++;
                    last = receipt.code() + ": " + receipt.cause();
                }
            }
            if (delivered || refused > 0) {
                int one = writes.sql("""
                                UPDATE outbound_stream SET failures = 0, rest_until = NULL,
                                    refusals = CASE WHEN ? = 1 THEN ? ELSE refusals + ? END,
                                    last_cause = COALESCE(?, last_cause)
                                WHERE id = ? AND (failures > 0 OR refusals > 0 OR rest_until IS NOT NULL OR ? > 0)""")
                        .param(delivered ? 1 : 0)
                        .param(refused)
                        .param(refused)
                        .param(storable(last))
                        .param(streamId)
                        .param(refused)
                        .update();
                return one == 1;
            }
            return true;
        });
    }

    @Override
    public void failed(
            QueuedSet set, String compact, String code, String cause, Instant restUntil, boolean passedOver) {
        boolean ignored = writer.write(() -> {
            int waiting = writes.sql("""
                            UPDATE outbound SET attempts = attempts + 1, compact = ?, code = ?, cause = ?, next_at = ?
                            WHERE seq = ? AND state = 'waiting'""")
                    .param(compact)
                    .param(code)
                    .param(storable(cause))
                    .param(passedOver ? restUntil.toEpochMilli() : null)
                    .param(set.seq())
                    .update();
            return waiting == 1
                    && writes.sql("""
                                    UPDATE outbound_stream SET failures = failures + 1, rest_until = ?, last_cause = ?
                                    WHERE id = ?""")
                                    .param(passedOver ? null : restUntil.toEpochMilli())
                                    .param(storable(code + ": " + cause))
                                    .param(set.set().streamId())
                                    .update()
                            == 1;
        });
    }

    @Override
    public int replay(String streamId, @Nullable Instant from, @Nullable String jti) {
        int count = writer.write(() -> writes.sql("""
                        UPDATE outbound SET state = 'waiting', ended_at = NULL, next_at = NULL, code = NULL, cause = NULL
                        WHERE stream_id = :id AND state <> 'waiting' AND priority = 2
                        AND """ + (jti == null ? " created_at >= :from" : " jti = :jti"))
                .param("id", streamId)
                .param(jti == null ? "from" : "jti", jti == null ? (from == null ? 0L : from.toEpochMilli()) : jti)
                .update());
        rows.tell(streamId);
        return count;
    }

    @Override
    public Page<QueuedSet> sets(String streamId, @Nullable String state, @Nullable String after, int limit) {
        Cursor place = Cursor.read(after);
        int most = Math.max(1, Math.min(limit, MOST_ROWS));
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("id", streamId);
        parameters.put("limit", most + 1);
        StringBuilder where = new StringBuilder(" WHERE o.stream_id = :id");
        if (state != null) {
            where.append(" AND o.state = :state");
            parameters.put("state", state);
        }
        if (place != null) {
            where.append(" AND o.seq < :seq");
            parameters.put("seq", place.at());
        }
        List<QueuedSet> found = failures.reading(() -> reads.sql(SETS + where + " ORDER BY o.seq DESC LIMIT :limit")
                .params(parameters)
                .query(JdbcOutbox::queued)
                .list());
        if (found.size() <= most) {
            return new Page<>(found, null);
        }
        QueuedSet last = found.get(most - 1);
        return new Page<>(
                found.subList(0, most), new Cursor(last.seq(), last.set().jti()).write());
    }

    @Override
    public Optional<QueuedSet> set(String streamId, String jti) {
        return failures.reading(() -> reads.sql(SETS + " WHERE o.stream_id = ? AND o.jti = ?")
                .param(streamId)
                .param(jti)
                .query(JdbcOutbox::queued)
                .optional());
    }

    @Override
    public Map<String, Backlog> backlog() {
        Map<String, Backlog> backlog = new HashMap<>();
        failures.reading(() -> {
            reads.sql("""
                            SELECT stream_id, count(*) AS waiting, min(created_at) AS oldest FROM outbound
                            WHERE state = 'waiting' GROUP BY stream_id""").query((ResultSet row) -> {
                backlog.put(
                        row.getString("stream_id"),
                        new Backlog(row.getLong("waiting"), Instant.ofEpochMilli(row.getLong("oldest"))));
            });
            return true;
        });
        return backlog;
    }

    @Override
    public List<String> age(Instant waitingSince, Instant settledBefore, Instant now) {
        List<String> streams = failures.reading(() -> reads.sql("""
                        SELECT DISTINCT stream_id FROM outbound WHERE state = 'waiting' AND created_at < ?""")
                .param(waitingSince.toEpochMilli())
                .query(String.class)
                .list());
        if (!streams.isEmpty()) {
            int ignored = writer.write(() -> writes.sql("""
                            UPDATE outbound SET state = 'parked', ended_at = ?, next_at = NULL, code = 'too_old',
                                cause = 'Its receiver did not take it for as long as it was kept'
                            WHERE state = 'waiting' AND created_at < ?""")
                    .param(now.toEpochMilli())
                    .param(waitingSince.toEpochMilli())
                    .update());
        }
        int gone;
        do {
            gone = writer.write(() -> writes.sql("""
                            DELETE FROM outbound WHERE seq IN (
                              SELECT seq FROM outbound WHERE ended_at IS NOT NULL AND ended_at < ? LIMIT ?)""")
                    .param(settledBefore.toEpochMilli())
                    .param(AGED_AT_ONCE)
                    .update());
        } while (gone == AGED_AT_ONCE);
        return streams;
    }

    /** What a receiver answered can hold anything; PostgreSQL takes every character but this one. */
    private static @Nullable String storable(@Nullable String text) {
        return text == null ? null : text.replace('\0', '\uFFFD');
    }

    private static QueuedSet queued(ResultSet row, int number) throws SQLException {
        return new QueuedSet(
                row.getLong("seq"),
                new OutboundSet(
                        row.getString("stream_id"),
                        row.getString("jti"),
                        row.getString("signal_id"),
                        row.getString("event"),
                        row.getString("txn"),
                        Urgency.values()[row.getInt("priority")],
                        row.getString("claims"),
                        Instant.ofEpochMilli(row.getLong("created_at"))),
                row.getString("compact"),
                row.getString("state"),
                row.getInt("attempts"),
                JdbcStreamBook.time(row, "ended_at"),
                row.getString("code"),
                row.getString("cause"));
    }
}
