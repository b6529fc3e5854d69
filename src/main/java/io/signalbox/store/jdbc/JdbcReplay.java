package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Severity;
import io.signalbox.policy.Replayed;
import io.signalbox.store.Page;
import io.signalbox.store.Replay;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link Replay} in SQL that SQLite and PostgreSQL share. */
final class JdbcReplay implements Replay {

    private static final int MOST_ROWS = 500;

    private final JdbcClient sql;
    private final StorageFailures failures;

    JdbcReplay(LedgerDatabase database, StorageFailures failures) {
        this.sql = database.reads();
        this.failures = failures;
    }

    private record Row(
            String id,
            long receivedAt,
            String body,
            @Nullable String policyVersion,
            long decidedAt,
            @Nullable String severity,
            @Nullable String rules) {

        Replayed with(List<Action> actions) {
            Decision decision = policyVersion == null || severity == null || rules == null
                    ? null
                    : new Decision(
                            id,
                            policyVersion,
                            Instant.ofEpochMilli(decidedAt),
                            Severity.valueOf(severity),
                            List.of(Wire.read(rules, String[].class)),
                            actions);
            return new Replayed(SignalBody.read(body), decision);
        }
    }

    @Override
    public Page<Replayed> signals(Instant from, Instant to, @Nullable String after, int limit) {
        Cursor place = Cursor.read(after);
        int size = Math.max(1, Math.min(limit, MOST_ROWS));
        return failures.reading(() -> {
            List<Row> rows = sql.sql("""
                            SELECT s.id, s.received_at, s.body, d.policy_version, d.decided_at, d.severity, d.rules
                            FROM signal s LEFT JOIN decision d ON d.signal_id = s.id
                            WHERE (s.received_at, s.id) > (?, ?) AND s.received_at < ?
                            ORDER BY s.received_at, s.id LIMIT ?""")
                    .param(place == null ? from.toEpochMilli() : place.at())
                    .param(place == null ? "" : place.id())
                    .param(to.toEpochMilli())
                    .param(size + 1)
                    .query((row, number) -> new Row(
                            row.getString("id"),
                            row.getLong("received_at"),
                            row.getString("body"),
                            row.getString("policy_version"),
                            row.getLong("decided_at"),
                            row.getString("severity"),
                            row.getString("rules")))
                    .list();
            boolean more = rows.size() > size;
            List<Row> shown = more ? rows.subList(0, size) : rows;
            Map<String, List<Action>> actions = actions(shown);
            Row last = more ? shown.get(size - 1) : null;
            return new Page<>(
                    shown.stream()
                            .map(row -> row.with(actions.getOrDefault(row.id(), List.of())))
                            .toList(),
                    last == null ? null : new Cursor(last.receivedAt(), last.id()).write());
        });
    }

    private Map<String, List<Action>> actions(List<Row> rows) {
        Map<String, List<Action>> bySignal = new HashMap<>();
        if (!rows.isEmpty()) {
            sql.sql("SELECT signal_id, body FROM action WHERE signal_id IN (:ids) AND added IS NULL"
                            + " ORDER BY signal_id, ordinal")
                    .param("ids", rows.stream().map(Row::id).toList())
                    .query(row -> {
                        bySignal.computeIfAbsent(row.getString("signal_id"), id -> new ArrayList<>())
                                .add(Wire.read(row.getString("body"), Action.class));
                    });
        }
        return bySignal;
    }

    @Override
    public long count(Instant from, Instant to) {
        return failures.reading(() -> sql.sql("SELECT count(*) FROM signal WHERE received_at >= ? AND received_at < ?")
                .param(from.toEpochMilli())
                .param(to.toEpochMilli())
                .query(Long.class)
                .single());
    }
}
