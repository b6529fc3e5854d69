package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.Page;
import io.signalbox.store.Redriven;
import io.signalbox.store.Unmatched;
import io.signalbox.store.UnmatchedBook;
import io.signalbox.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link UnmatchedBook} in the table of actions: what it needs to know beside the state is in columns of its own. */
final class UnmatchedRows implements UnmatchedBook {

    private static final int MOST_ROWS = 500;

    /** Whoever mends a mapping does not do so within the minute. */
    private static final Duration FIRST_LOOK = Duration.ofMinutes(1);

    private final JdbcClient writes;
    private final GroupCommit writer;
    private final StorageFailures failures;
    private final LedgerReader reader;
    private final LedgerReader ownReader;
    private final ActionRows actions;

    UnmatchedRows(LedgerDatabase database, GroupCommit writer, Chain chain, StorageFailures failures) {
        this.writes = database.writes();
        this.writer = writer;
        this.failures = failures;
        this.reader = new LedgerReader(database.reads());
        this.ownReader = new LedgerReader(writes);
        this.actions = new ActionRows(writes, chain);
    }

    /** Belongs to the writer's thread, as the attempt that ends the action so. */
    static void shelve(JdbcClient sql, String actionId, Instant at) {
        SubjectIdentifier subject = sql.sql("SELECT body FROM action WHERE id = ?")
                .param(actionId)
                .query(String.class)
                .optional()
                .map(body -> Wire.read(body, Action.class).subject())
                .orElse(null);
        int ignored = sql.sql(
                        "UPDATE action SET subject_key = ?, looks = 0, look_at = ? WHERE id = ? AND state = 'unmatched'")
                .param(subject == null ? null : subject.key())
                .param(at.plus(FIRST_LOOK).toEpochMilli())
                .param(actionId)
                .update();
    }

    @Override
    public Page<Unmatched> page(@Nullable String after, int limit) {
        Cursor place = Cursor.read(after);
        int size = Math.max(1, Math.min(limit, MOST_ROWS));
        return failures.reading(() -> {
            List<Group> groups = reader.sql()
                    .sql("""
                            SELECT subject_key, min(updated_at) AS since, count(*) AS actions, max(id) AS one
                            FROM action WHERE state = 'unmatched' AND subject_key > ?
                            GROUP BY subject_key ORDER BY subject_key LIMIT ?""")
                    .param(place == null ? "" : place.id())
                    .param(size + 1)
                    .query((row, number) -> new Group(
                            row.getString("subject_key"),
                            Instant.ofEpochMilli(row.getLong("since")),
                            row.getLong("actions"),
                            row.getString("one")))
                    .list();
            List<Group> shown = groups.subList(0, Math.min(size, groups.size()));
            String next =
                    groups.size() > size ? new Cursor(0, shown.get(size - 1).key()).write() : null;
            return new Page<>(told(shown), next);
        });
    }

    private record Group(String key, Instant since, long actions, String one) {}

    private List<Unmatched> told(List<Group> groups) {
        if (groups.isEmpty()) {
            return List.of();
        }
        Map<String, List<String>> targets = new HashMap<>();
        reader.sql()
                .sql("""
                        SELECT DISTINCT subject_key, target FROM action
                        WHERE state = 'unmatched' AND subject_key IN (:keys) ORDER BY subject_key, target""")
                .param("keys", groups.stream().map(Group::key).toList())
                .query(row -> {
                    targets.computeIfAbsent(row.getString("subject_key"), key -> new ArrayList<>())
                            .add(row.getString("target"));
                });
        Map<String, ActionRecord> examples = new HashMap<>();
        reader.actions(groups.stream().map(Group::one).toList())
                .forEach(record -> examples.put(record.action().id(), record));
        return groups.stream()
                .map(group -> {
                    ActionRecord example = examples.get(group.one());
                    List<ActionRecord.Attempt> attempts = example == null ? List.of() : example.attempts();
                    return new Unmatched(
                            group.key(),
                            example == null ? null : example.action().subject(),
                            targets.getOrDefault(group.key(), List.of()),
                            group.since(),
                            group.actions(),
                            attempts.isEmpty()
                                    ? ""
                                    : attempts.get(attempts.size() - 1).detail());
                })
                .toList();
    }

    @Override
    public Map<String, Long> unmatched() {
        return failures.reading(() -> {
            Map<String, Long> backlog = new TreeMap<>();
            reader.sql()
                    .sql("SELECT target, count(*) AS actions FROM action WHERE state = 'unmatched' GROUP BY target")
                    .query(row -> {
                        backlog.put(row.getString("target"), row.getLong("actions"));
                    });
            return backlog;
        });
    }

    @Override
    public Redriven replay(@Nullable String target, @Nullable String subjectKey, int limit, Instant at) {
        StringBuilder query = new StringBuilder("SELECT id FROM action WHERE state = 'unmatched'");
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("limit", limit + 1);
        if (target != null) {
            query.append(" AND target = :target");
            parameters.put("target", target);
        }
        if (subjectKey != null) {
            query.append(" AND subject_key = :subject");
            parameters.put("subject", subjectKey);
        }
        query.append(" ORDER BY updated_at, id LIMIT :limit");
        return writer.write(() -> {
            List<String> found = writes.sql(query.toString())
                    .params(parameters)
                    .query(String.class)
                    .list();
            int moved = 0;
            for (String id : found.subList(0, Math.min(found.size(), limit))) {
                moved += actions.putBack(id, at) ? 1 : 0;
            }
            return new Redriven(moved, found.size() > limit);
        });
    }

    @Override
    public List<ActionRecord> due(String target, Instant now, Duration pause, Duration longest, int limit) {
        // Asked every few seconds, and mostly nothing is due: that costs no write.
        if (failures.reading(() -> shelved(reader.sql(), target, now, 1)).isEmpty()) {
            return List.of();
        }
        return writer.write(() -> {
            List<String> taken = new ArrayList<>();
            for (Shelved each : shelved(writes, target, now, limit)) {
                long next = Math.min(longest.toMillis(), pause.toMillis() << Math.min(each.looks(), 20));
                int moved = writes.sql("""
                                UPDATE action SET looks = looks + 1, look_at = ?
                                WHERE id = ? AND state = 'unmatched' AND look_at <= ?""")
                        .param(now.toEpochMilli() + next)
                        .param(each.id())
                        .param(now.toEpochMilli())
                        .update();
                if (moved == 1) {
                    taken.add(each.id());
                }
            }
            return ownReader.actions(taken);
        });
    }

    private record Shelved(String id, int looks) {}

    private static List<Shelved> shelved(JdbcClient sql, String target, Instant now, int limit) {
        return sql.sql("""
                        SELECT id, looks FROM action WHERE state = 'unmatched' AND target = ? AND look_at <= ?
                        ORDER BY look_at, id LIMIT ?""")
                .param(target)
                .param(now.toEpochMilli())
                .param(limit)
                .query((row, number) -> new Shelved(row.getString("id"), row.getInt("looks")))
                .list();
    }

    @Override
    public void hurry(String target, Instant now) {
        if (unmatched().getOrDefault(target, 0L) == 0) {
            return;
        }
        int ignored = writer.write(
                () -> writes.sql("UPDATE action SET looks = 0, look_at = ? WHERE state = 'unmatched' AND target = ?")
                        .param(now.toEpochMilli())
                        .param(target)
                        .update());
    }
}
