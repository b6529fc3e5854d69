package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Grounds;
import io.signalbox.action.Severity;
import io.signalbox.event.Signal;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.Backlog;
import io.signalbox.store.Ledger;
import io.signalbox.store.Page;
import io.signalbox.store.SignalQuery;
import io.signalbox.store.SignalRecord;
import io.signalbox.store.jdbc.RecordedContent.SignalContent;
import io.signalbox.wire.Wire;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Turns rows back into records. A page costs three statements however many rows it has, and each of them walks an
 * index, so that the size of the ledger changes no page's time.
 */
final class LedgerReader {

    private static final int MOST_ROWS = 500;

    private static final String ACTIONS = """
            SELECT id, state, tries, next_attempt_at, updated_at, body FROM action""";

    private static final String SIGNALS = """
            SELECT s.id, s.received_at, s.body, s.parked_because,
                   d.policy_version, d.decided_at, d.severity, d.rules, d.facts
            FROM signal s LEFT JOIN decision d ON d.signal_id = s.id""";

    private final JdbcClient sql;

    LedgerReader(JdbcClient sql) {
        this.sql = sql;
    }

    JdbcClient sql() {
        return sql;
    }

    Optional<ActionRecord> action(String id) {
        return records(sql.sql(ACTIONS + " WHERE id = :id")
                        .param("id", id)
                        .query(LedgerReader::actionRow)
                        .list())
                .stream()
                .findFirst();
    }

    /** In the order of the ids; unknown ones are left out. */
    List<ActionRecord> actions(Collection<String> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        Map<String, ActionRecord> found = new HashMap<>();
        records(sql.sql(ACTIONS + " WHERE id IN (:ids)")
                        .param("ids", ids)
                        .query(LedgerReader::actionRow)
                        .list())
                .forEach(action -> found.put(action.action().id(), action));
        return ids.stream().filter(found::containsKey).map(found::get).toList();
    }

    Page<ActionRecord> actions(ActionState state, @Nullable Cursor after, int limit) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("state", state.word());
        parameters.put("limit", capped(limit) + 1);
        String place = "";
        if (after != null) {
            place = " AND (updated_at, id) < (:afterAt, :afterId)";
            parameters.put("afterAt", after.at());
            parameters.put("afterId", after.id());
        }
        List<ActionRow> rows = sql.sql(
                        ACTIONS + " WHERE state = :state" + place + " ORDER BY updated_at DESC, id DESC LIMIT :limit")
                .params(parameters)
                .query(LedgerReader::actionRow)
                .list();
        Page<ActionRow> page = page(rows, capped(limit), row -> new Cursor(row.updatedAt(), row.id()));
        return new Page<>(records(page.items()), page.next());
    }

    /** What each target has before it that has not ended well. */
    List<Backlog> backlog() {
        // Word for word the condition of the index action_backlog, or SQLite would walk the whole table.
        return sql.sql("""
                        SELECT target, state, count(*) AS actions, min(updated_at) AS since FROM action
                        WHERE state IN ('waiting', 'retrying', 'dead') AND target IS NOT NULL
                        GROUP BY target, state ORDER BY target, state""")
                .query((row, number) -> new Backlog(
                        row.getString("target"),
                        ActionState.ofWord(row.getString("state")).orElseThrow(),
                        row.getLong("actions"),
                        Instant.ofEpochMilli(row.getLong("since"))))
                .list();
    }

    /** The actions of a signal, in the order of its decision. */
    List<ActionRecord> actionsOf(String signalId) {
        return actionsBySignal(List.of(signalId)).getOrDefault(signalId, List.of());
    }

    Optional<SignalRecord> signal(String id) {
        return stories(sql.sql(SIGNALS + " WHERE s.id = :id")
                        .param("id", id)
                        .query(LedgerReader::signalRow)
                        .list())
                .stream()
                .findFirst();
    }

    /** What the chain says of a signal that is in the ledger. */
    SignalContent content(String id) {
        return sql.sql("""
                        SELECT id, iss, jti, txn, subject_key, events, occurred_at, received_at, body
                        FROM signal WHERE id = ?""").param(id).query(LedgerReader::signalContent).single();
    }

    static SignalContent signalContent(ResultSet row, int number) throws SQLException {
        return new SignalContent(
                row.getString("id"),
                row.getString("iss"),
                row.getString("jti"),
                row.getString("txn"),
                row.getString("subject_key"),
                row.getString("events"),
                row.getLong("occurred_at"),
                row.getLong("received_at"),
                row.getString("body"));
    }

    Page<SignalRecord> signals(SignalQuery query) {
        List<String> conditions = new ArrayList<>();
        Map<String, Object> parameters = new HashMap<>();
        restrict(conditions, parameters, "s.jti = :jti", "jti", query.jti());
        // Of several restrictions, the index of the narrowest is walked: an issuer may have millions of signals, and a
        // subject many. An expression has no index.
        restrict(
                conditions,
                parameters,
                query.jti() == null && query.subjectKey() != null ? "s.iss || '' = :iss" : "s.iss = :iss",
                "iss",
                query.iss());
        restrict(
                conditions,
                parameters,
                query.jti() == null ? "s.subject_key = :subject" : "s.subject_key || '' = :subject",
                "subject",
                query.subjectKey());
        restrict(conditions, parameters, "s.received_at >= :from", "from", millis(query.from()));
        restrict(conditions, parameters, "s.received_at < :to", "to", millis(query.to()));
        Cursor after = Cursor.read(query.after());
        if (after != null) {
            restrict(conditions, parameters, "(s.received_at, s.id) < (:afterAt, :afterId)", "afterAt", after.at());
            parameters.put("afterId", after.id());
        }
        int limit = capped(query.limit());
        parameters.put("limit", limit + 1);
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        List<SignalRow> rows = sql.sql(SIGNALS + where + " ORDER BY s.received_at DESC, s.id DESC LIMIT :limit")
                .params(parameters)
                .query(LedgerReader::signalRow)
                .list();
        Page<SignalRow> page = page(rows, limit, row -> new Cursor(row.receivedAt(), row.id()));
        return new Page<>(stories(page.items()), page.next());
    }

    /** Walks the index by subject, from the end of the stretch back to its beginning. */
    List<Signal> recent(String subjectKey, Instant from, Instant to, String beforeId) {
        return sql
                .sql("""
                        SELECT s.body FROM signal s JOIN decision d ON d.signal_id = s.id
                        WHERE s.subject_key = ? AND s.received_at >= ? AND (s.received_at, s.id) < (?, ?)
                        ORDER BY s.received_at DESC, s.id DESC LIMIT ?""")
                .param(subjectKey)
                .param(from.toEpochMilli())
                .param(to.toEpochMilli())
                .param(beforeId)
                .param(Ledger.MOST_RECENT)
                .query(String.class)
                .list()
                .stream()
                .map(SignalBody::read)
                .toList();
    }

    private static void restrict(
            List<String> conditions,
            Map<String, Object> parameters,
            String condition,
            String name,
            @Nullable Object value) {
        if (value != null) {
            conditions.add(condition);
            parameters.put(name, value);
        }
    }

    /** One row more than asked for tells whether there is another page. */
    private static <T> Page<T> page(List<T> rows, int limit, Function<T, Cursor> cursor) {
        if (rows.size() <= limit) {
            return new Page<>(rows, null);
        }
        return new Page<>(
                rows.subList(0, limit), cursor.apply(rows.get(limit - 1)).write());
    }

    private static int capped(int limit) {
        return Math.max(1, Math.min(limit, MOST_ROWS));
    }

    private List<SignalRecord> stories(List<SignalRow> rows) {
        List<String> ids = rows.stream().map(SignalRow::id).toList();
        Map<String, List<ActionRecord>> actions = actionsBySignal(ids);
        return rows.stream()
                .map(row -> row.story(actions.getOrDefault(row.id(), List.of())))
                .toList();
    }

    private Map<String, List<ActionRecord>> actionsBySignal(List<String> signalIds) {
        if (signalIds.isEmpty()) {
            return Map.of();
        }
        List<ActionRow> rows = sql.sql(ACTIONS + " WHERE signal_id IN (:ids) ORDER BY signal_id, ordinal")
                .param("ids", signalIds)
                .query(LedgerReader::actionRow)
                .list();
        Map<String, List<ActionRecord>> bySignal = new HashMap<>();
        records(rows).forEach(action -> bySignal.computeIfAbsent(action.action().signalId(), id -> new ArrayList<>())
                .add(action));
        return bySignal;
    }

    private List<ActionRecord> records(List<ActionRow> rows) {
        Map<String, List<ActionRecord.Attempt>> attempts = new LinkedHashMap<>();
        rows.forEach(row -> attempts.put(row.id(), new ArrayList<>()));
        if (!rows.isEmpty()) {
            sql.sql(
                            "SELECT action_id, at, outcome, detail FROM attempt WHERE action_id IN (:ids) ORDER BY action_id, n")
                    .param("ids", attempts.keySet())
                    .query(row -> {
                        List<ActionRecord.Attempt> of = attempts.get(row.getString("action_id"));
                        if (of != null) {
                            of.add(new ActionRecord.Attempt(
                                    Instant.ofEpochMilli(row.getLong("at")),
                                    row.getString("outcome"),
                                    row.getString("detail")));
                        }
                    });
        }
        return rows.stream()
                .map(row -> row.record(attempts.getOrDefault(row.id(), List.of())))
                .toList();
    }

    private static @Nullable Long millis(@Nullable Instant time) {
        return time == null ? null : time.toEpochMilli();
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    private static ActionRow actionRow(ResultSet row, int number) throws SQLException {
        return new ActionRow(
                row.getString("id"),
                ActionState.ofWord(row.getString("state")).orElseThrow(),
                row.getInt("tries"),
                time(row, "next_attempt_at"),
                row.getLong("updated_at"),
                row.getString("body"));
    }

    private static SignalRow signalRow(ResultSet row, int number) throws SQLException {
        return new SignalRow(
                row.getString("id"),
                row.getLong("received_at"),
                row.getString("body"),
                row.getString("parked_because"),
                row.getString("policy_version"),
                row.getLong("decided_at"),
                row.getString("severity"),
                row.getString("rules"),
                row.getString("facts"));
    }

    private record ActionRow(
            String id,
            ActionState state,
            int tries,
            @Nullable Instant nextAttemptAt,
            long updatedAt,
            String body) {

        ActionRecord record(List<ActionRecord.Attempt> attempts) {
            return new ActionRecord(
                    Wire.read(body, Action.class),
                    state,
                    tries,
                    nextAttemptAt,
                    Instant.ofEpochMilli(updatedAt),
                    List.copyOf(attempts));
        }
    }

    private record SignalRow(
            String id,
            long receivedAt,
            String body,
            @Nullable String parkedBecause,
            @Nullable String policyVersion,
            long decidedAt,
            @Nullable String severity,
            @Nullable String rules,
            @Nullable String facts) {

        SignalRecord story(List<ActionRecord> actions) {
            return new SignalRecord(SignalBody.read(body), decision(actions), actions, parkedBecause);
        }

        private @Nullable Decision decision(List<ActionRecord> actions) {
            if (policyVersion == null || severity == null || rules == null) {
                return null;
            }
            return new Decision(
                    id,
                    policyVersion,
                    Instant.ofEpochMilli(decidedAt),
                    Severity.valueOf(severity),
                    List.of(Wire.read(rules, String[].class)),
                    actions.stream().map(ActionRecord::action).toList(),
                    facts == null ? List.of() : List.of(Wire.read(facts, Grounds[].class)));
        }
    }
}
