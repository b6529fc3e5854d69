package io.signalbox.store.jdbc;

import io.signalbox.action.Hindrance;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionRecord.Attempt;
import io.signalbox.store.ActionState;
import io.signalbox.store.Approval;
import io.signalbox.store.Containment;
import io.signalbox.store.GuardBook;
import io.signalbox.store.Page;
import io.signalbox.store.Stop;
import io.signalbox.store.Undo;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link GuardBook} in SQL that SQLite and PostgreSQL share. */
final class JdbcGuardBook implements GuardBook {

    private static final Set<ActionState> HELD = EnumSet.of(ActionState.HELD);
    private static final String APPROVALS = "SELECT action_id, cause, asked_at, expires_at, assigned_to FROM approval";
    private static final String CONTAINMENTS = "SELECT " + ContainmentRow.COLUMNS + " FROM containment";
    private static final String STANDING = "lifted_at IS NULL AND (found IS NULL OR found NOT IN ('held', 'nothing'))";

    private final GroupCommit writer;
    private final StorageFailures failures;
    private final JdbcClient reads;
    private final JdbcClient writes;
    private final LedgerReader reader;
    private final LedgerReader ownReader;
    private final ActionRows actions;
    private final ContainmentRows containments;
    private final GuardRows guard;
    private final StopSwitch stopSwitch;

    JdbcGuardBook(LedgerDatabase database, GroupCommit writer, Chain chain, StorageFailures failures) {
        this.writer = writer;
        this.failures = failures;
        this.reads = database.reads();
        this.writes = database.writes();
        this.reader = new LedgerReader(reads);
        this.ownReader = new LedgerReader(writes);
        this.actions = new ActionRows(writes, chain);
        this.containments = new ContainmentRows(writes, actions);
        this.guard = new GuardRows(writes, containments);
        this.stopSwitch = new StopSwitch(reads, failures);
    }

    private record Asked(
            String actionId,
            String cause,
            long askedAt,
            @Nullable Instant expiresAt,
            @Nullable String assignedTo) {
        static Asked of(ResultSet row, int number) throws SQLException {
            long expires = row.getLong("expires_at");
            Instant expiresAt = row.wasNull() ? null : Instant.ofEpochMilli(expires);
            return new Asked(
                    row.getString("action_id"),
                    row.getString("cause"),
                    row.getLong("asked_at"),
                    expiresAt,
                    row.getString("assigned_to"));
        }

        Approval with(ActionRecord action) {
            return new Approval(action, cause, Instant.ofEpochMilli(askedAt), expiresAt, assignedTo);
        }
    }

    @Override
    public Page<Approval> approvals(@Nullable String after, int limit) {
        Cursor from = Cursor.read(after);
        return failures.reading(() -> {
            List<Asked> rows = new ArrayList<>(
                    reads.sql(APPROVALS + " WHERE (asked_at, action_id) > (?, ?) ORDER BY asked_at, action_id LIMIT ?")
                            .param(from == null ? Long.MIN_VALUE : from.at())
                            .param(from == null ? "" : from.id())
                            .param(limit + 1)
                            .query(Asked::of)
                            .list());
            boolean more = rows.size() > limit;
            List<Asked> page = more ? rows.subList(0, limit) : rows;
            Asked last = page.isEmpty() ? null : page.get(page.size() - 1);
            return new Page<>(
                    with(page), more && last != null ? new Cursor(last.askedAt(), last.actionId()).write() : null);
        });
    }

    private List<Approval> with(List<Asked> rows) {
        Map<String, ActionRecord> known = new HashMap<>();
        reader.actions(rows.stream().map(Asked::actionId).toList())
                .forEach(action -> known.put(action.action().id(), action));
        List<Approval> approvals = new ArrayList<>();
        for (Asked row : rows) {
            ActionRecord action = known.get(row.actionId());
            if (action != null) {
                approvals.add(row.with(action));
            }
        }
        return List.copyOf(approvals);
    }

    @Override
    public Optional<Approval> approval(String actionId) {
        return failures.reading(() ->
                with(reads.sql(APPROVALS + " WHERE action_id = ?")
                                .param(actionId)
                                .query(Asked::of)
                                .list())
                        .stream()
                        .findFirst());
    }

    @Override
    public Optional<ActionRecord> approve(String actionId, Answer answer) {
        return writer.write(() -> {
            Instant at = millis(answer.at());
            return letGo(actionId, "approved", answer, at) ? ownReader.action(actionId) : Optional.empty();
        });
    }

    private boolean letGo(String actionId, String word, Answer answer, Instant dueAt) {
        Instant at = millis(answer.at());
        boolean moved = actions.move(
                actionId, HELD, ActionState.RETRYING, dueAt.toEpochMilli(), new Attempt(at, word, said(answer)));
        if (moved) {
            boolean ignored = guard.answered(actionId);
            containments.begin(actionId, at);
            ownReader
                    .action(actionId)
                    .ifPresent(action ->
                            guard.use(action.action(), issuer(action.action().signalId()), at));
        }
        return moved;
    }

    private String issuer(String signalId) {
        return writes.sql("SELECT iss FROM signal WHERE id = ?")
                .param(signalId)
                .query(String.class)
                .optional()
                .orElse("");
    }

    @Override
    public Optional<ActionRecord> reject(String actionId, Answer answer) {
        return writer.write(() -> end(actionId, ActionState.DISCARDED, "rejected by " + said(answer), answer.at())
                ? ownReader.action(actionId)
                : Optional.empty());
    }

    private boolean end(String actionId, ActionState state, String detail, Instant at) {
        boolean moved =
                actions.move(actionId, HELD, state, null, new Attempt(millis(at), state.word(), storable(detail)));
        if (moved) {
            boolean ignored = guard.answered(actionId);
            containments.end(actionId, millis(at));
        }
        return moved;
    }

    @Override
    public Optional<ActionRecord> assign(String actionId, String to, Answer answer) {
        return writer.write(() -> {
            int assigned = writes.sql("UPDATE approval SET assigned_to = ? WHERE action_id = ?")
                    .param(storable(to))
                    .param(actionId)
                    .update();
            if (assigned == 0
                    || !actions.move(
                            actionId,
                            HELD,
                            ActionState.HELD,
                            null,
                            new Attempt(
                                    millis(answer.at()),
                                    ActionState.HELD.word(),
                                    storable("assigned to " + to + " by " + said(answer))))) {
                return Optional.empty();
            }
            return ownReader.action(actionId);
        });
    }

    @Override
    public List<String> release(@Nullable Collection<String> actionIds, Answer answer, int limit) {
        return writer.write(() -> {
            List<Asked> held = writes.sql(APPROVALS + " WHERE cause = :cause"
                            + (actionIds == null ? "" : " AND action_id IN (:ids)")
                            + " ORDER BY asked_at, action_id LIMIT :limit")
                    .param("cause", Hindrance.STOP.word())
                    .param("limit", limit)
                    .params(actionIds == null ? Map.of() : Map.of("ids", actionIds.isEmpty() ? List.of("") : actionIds))
                    .query(Asked::of)
                    .list();
            List<String> released = new ArrayList<>();
            for (Asked each : held) {
                // Due since it was held: what is due is sent in the order of that.
                if (letGo(each.actionId(), "released", answer, Instant.ofEpochMilli(each.askedAt()))) {
                    released.add(each.actionId());
                }
            }
            return List.copyOf(released);
        });
    }

    @Override
    public Stop stop() {
        return stopSwitch.read();
    }

    @Override
    public Stop stop(boolean thrown, Answer answer) {
        Stop now = writer.write(() -> {
            int ignored = thrown
                    ? writes.sql("""
                                    UPDATE stop_switch SET since = ?, by_whom = ?, reason = ?
                                    WHERE id = 1 AND since IS NULL""")
                            .param(answer.at().toEpochMilli())
                            .param(storable(answer.who()))
                            .param(storable(answer.why()))
                            .update()
                    : writes.sql("UPDATE stop_switch SET since = NULL, by_whom = NULL, reason = NULL WHERE id = 1")
                            .update();
            return StopSwitch.read(writes);
        });
        stopSwitch.forget();
        return now;
    }

    @Override
    public Optional<Containment> containment(String actionId) {
        return failures.reading(() -> reads.sql(CONTAINMENTS + " WHERE action_id = ?")
                .param(actionId)
                .query(ContainmentRow::containment)
                .optional());
    }

    @Override
    public List<Containment> containments(@Nullable String subjectKey, int limit) {
        String whose = subjectKey == null ? "" : " AND subject_key = :subject";
        return failures.reading(() -> reads.sql(CONTAINMENTS + " WHERE " + STANDING + whose
                        + " ORDER BY since DESC, action_id DESC LIMIT :limit")
                .param("limit", limit)
                .params(subjectKey == null ? Map.of() : Map.of("subject", subjectKey))
                .query(ContainmentRow::containment)
                .list());
    }

    @Override
    public List<Containment> containments(Undo selection) {
        StringBuilder query = new StringBuilder(CONTAINMENTS + " WHERE " + STANDING);
        Map<String, Object> parameters = new HashMap<>();
        restrict(query, parameters, "iss = :iss", "iss", selection.iss());
        restrict(query, parameters, "rule = :rule", "rule", selection.rule());
        restrict(query, parameters, "target = :target", "target", selection.target());
        restrict(query, parameters, "since >= :from", "from", epoch(selection.from()));
        restrict(query, parameters, "since < :to", "to", epoch(selection.to()));
        parameters.put("limit", selection.limit());
        return failures.reading(() -> reads.sql(query + " ORDER BY since DESC, action_id DESC LIMIT :limit")
                .params(parameters)
                .query(ContainmentRow::containment)
                .list());
    }

    private static void restrict(
            StringBuilder query,
            Map<String, Object> parameters,
            String condition,
            String name,
            @Nullable Object value) {
        if (value != null) {
            query.append(" AND ").append(condition);
            parameters.put(name, value);
        }
    }

    private static @Nullable Long epoch(@Nullable Instant time) {
        return time == null ? null : time.toEpochMilli();
    }

    @Override
    public Optional<ActionRecord> lift(String actionId, Answer answer) {
        return writer.write(() -> containments.lift(actionId, said(answer), millis(answer.at()))
                ? ownReader.action(actionId)
                : Optional.empty());
    }

    @Override
    public int pass(Instant now, int limit) {
        List<String> over = failures.reading(() -> due(
                "SELECT action_id FROM containment WHERE lifted_at IS NULL AND until_at IS NOT NULL AND until_at <= ?"
                        + " AND (found IS NULL OR found NOT IN ('held', 'nothing')) ORDER BY until_at LIMIT ?",
                now,
                limit));
        List<String> late = failures.reading(() -> due(
                "SELECT action_id FROM approval WHERE expires_at IS NOT NULL AND expires_at <= ?"
                        + " ORDER BY expires_at LIMIT ?",
                now,
                limit));
        if (over.isEmpty() && late.isEmpty()) {
            return 0;
        }
        return writer.write(() -> {
            int passed = 0;
            for (String id : over) {
                passed += containments.lift(id, "its time is over", millis(now)) ? 1 : 0;
            }
            for (String id : late) {
                passed += end(id, ActionState.EXPIRED, "Nobody agreed to it in time", now) ? 1 : 0;
            }
            return passed;
        });
    }

    private List<String> due(String query, Instant now, int limit) {
        return reads.sql(query)
                .param(now.toEpochMilli())
                .param(limit)
                .query(String.class)
                .list();
    }

    @Override
    public void forget(Instant before) {
        boolean ignored = writer.write(() -> {
            int uses = writes.sql("DELETE FROM budget_use WHERE at < ?")
                    .param(before.toEpochMilli())
                    .update();
            int effects = writes.sql("""
                            DELETE FROM own_effect WHERE at < ? AND NOT EXISTS (
                              SELECT 1 FROM action WHERE id = own_effect.action_id
                                AND state IN ('waiting', 'retrying', 'held', 'undoing'))""").param(before.toEpochMilli()).update();
            int accounts = new ContainmentPlaces(writes).forget();
            return uses + effects + accounts > 0;
        });
    }

    @Override
    public long knownSubjects(Instant before) {
        return failures.reading(() -> reads.sql("SELECT count(DISTINCT subject_key) FROM signal WHERE received_at < ?")
                .param(before.toEpochMilli())
                .query(Long.class)
                .single());
    }

    @Override
    public List<Tripped> tripped() {
        return failures.reading(() -> reads.sql(
                        "SELECT budget, counted, since FROM budget_tripped ORDER BY budget, counted")
                .query((row, number) -> new Tripped(
                        row.getString("budget"), row.getString("counted"), Instant.ofEpochMilli(row.getLong("since"))))
                .list());
    }

    @Override
    public List<Entry> entries(Collection<String> rowIds) {
        return failures.reading(() -> reads
                .sql("SELECT " + ChainEntry.COLUMNS + " FROM chain WHERE row_id IN (:rows) ORDER BY seq")
                .param("rows", rowIds)
                .query(ChainEntry::of)
                .list()
                .stream()
                .map(entry -> new Entry(
                        entry.seq(), entry.kind(), entry.rowId(), entry.digest(), entry.previous(), entry.hash()))
                .toList());
    }

    private static String said(Answer answer) {
        return storable(answer.who() + ": " + answer.why());
    }

    private static Instant millis(Instant at) {
        return Instant.ofEpochMilli(at.toEpochMilli());
    }

    private static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }
}
