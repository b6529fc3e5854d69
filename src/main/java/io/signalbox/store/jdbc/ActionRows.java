package io.signalbox.store.jdbc;

import io.signalbox.store.ActionRecord.Attempt;
import io.signalbox.store.ActionState;
import io.signalbox.store.Redrive;
import io.signalbox.store.Redriven;
import io.signalbox.store.jdbc.RecordedContent.AttemptContent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What becomes of actions: each attempt, and where the action stands after it. Belongs to the writer's thread. */
final class ActionRows {

    private final JdbcClient sql;
    private final Chain chain;

    ActionRows(JdbcClient sql, Chain chain) {
        this.sql = sql;
        this.chain = chain;
    }

    /**
     * What ended has ended: a second copy of a message may add its attempt, but brings nothing back to life.
     *
     * @param state what becomes of one that has not ended
     * @return false if the attempt is the last one that was recorded, or there is no such action
     */
    boolean attempted(String actionId, ActionState state, Attempt attempt, @Nullable Long nextAttemptAt) {
        Optional<Integer> number = sql.sql("""
                        UPDATE action SET
                          attempts = attempts + 1,
                          tries = CASE WHEN state IN ('waiting', 'retrying', 'undoing') THEN tries + 1 ELSE tries END,
                          next_attempt_at = CASE WHEN state IN ('waiting', 'retrying', 'undoing') THEN ? ELSE next_attempt_at END,
                          updated_at = CASE WHEN state IN ('waiting', 'retrying', 'undoing') THEN ? ELSE updated_at END,
                          state = CASE WHEN state IN ('waiting', 'retrying', 'undoing') THEN ? ELSE state END
                        WHERE id = ? AND NOT EXISTS (
                          SELECT 1 FROM attempt a
                          WHERE a.action_id = action.id AND a.n = action.attempts
                            AND a.at = ? AND a.outcome = ? AND a.detail = ?)
                        RETURNING attempts""")
                .param(nextAttemptAt)
                .param(attempt.at().toEpochMilli())
                .param(state.word())
                .param(actionId)
                .param(attempt.at().toEpochMilli())
                .param(attempt.outcome())
                .param(attempt.detail())
                .query(Integer.class)
                .optional();
        return append(actionId, number, attempt) && shelve(actionId, number, state, attempt);
    }

    /**
     * See {@link io.signalbox.store.Ledger#settled}.
     *
     * @return the action's kind; empty if nothing was recorded
     */
    Optional<String> settled(String actionId, int number, ActionState state, Attempt last) {
        Optional<Settled> made = sql.sql("""
                        UPDATE action SET attempts = attempts + 1, tries = tries + 1, next_attempt_at = NULL,
                                          updated_at = ?, state = ?
                        WHERE id = ? AND attempts <= ? AND state IN ('waiting', 'retrying', 'undoing')
                        RETURNING attempts, kind""")
                .param(last.at().toEpochMilli())
                .param(state.word())
                .param(actionId)
                .param(number)
                .query((row, place) -> new Settled(row.getInt("attempts"), row.getString("kind")))
                .optional();
        boolean ignored = append(actionId, made.map(Settled::attempts), last);
        boolean ignoredToo = shelve(actionId, made.map(Settled::attempts), state, last);
        return made.map(Settled::kind);
    }

    /** What ended for want of a mapping is found by its subject, and looked at again by itself. */
    private boolean shelve(String actionId, Optional<Integer> number, ActionState state, Attempt attempt) {
        if (number.isPresent() && state == ActionState.UNMATCHED) {
            UnmatchedRows.shelve(sql, actionId, attempt.at());
        }
        return true;
    }

    private record Settled(int attempts, String kind) {}

    /** @return false if there is none, or it ended well or was discarded before */
    boolean discarded(String actionId, Attempt end) {
        Optional<Integer> number = sql.sql("""
                        UPDATE action SET state = 'discarded', attempts = attempts + 1, next_attempt_at = NULL,
                                          updated_at = ?
                        WHERE id = ? AND state IN ('waiting', 'retrying', 'not-found', 'refused', 'unmatched', 'dead',
                                                      'unassigned', 'held')
                        RETURNING attempts""")
                .param(end.at().toEpochMilli())
                .param(actionId)
                .query(Integer.class)
                .optional();
        return append(actionId, number, end);
    }

    /**
     * Moves an action by something other than an attempt; the word for it is kept among its attempts.
     *
     * @param nextAttemptAt present only if an attempt is to follow
     * @return false if it stands in none of these states
     */
    boolean move(String actionId, Set<ActionState> from, ActionState to, @Nullable Long nextAttemptAt, Attempt word) {
        Optional<Integer> number = sql.sql("""
                        UPDATE action SET state = :to, attempts = attempts + 1, tries = 0, next_attempt_at = :next,
                                          updated_at = :at
                        WHERE id = :id AND state IN (:from)
                        RETURNING attempts""")
                .param("to", to.word())
                .param("next", nextAttemptAt)
                .param("at", word.at().toEpochMilli())
                .param("id", actionId)
                .param("from", from.stream().map(ActionState::word).toList())
                .query(Integer.class)
                .optional();
        return append(actionId, number, word);
    }

    /** Nothing was tried and nothing is said of it: it is due again at this time. */
    void postpone(String actionId, Instant until) {
        int ignored = sql.sql("UPDATE action SET next_attempt_at = ? WHERE id = ? AND state = 'undoing'")
                .param(until.toEpochMilli())
                .param(actionId)
                .update();
    }

    /** The guard's word on an action that was just inserted, as its first. */
    void ruled(String actionId, Attempt word) {
        append(new AttemptContent(actionId, 1, word.at().toEpochMilli(), word.outcome(), word.detail()));
    }

    /** @param number absent if the action was not changed */
    private boolean append(String actionId, Optional<Integer> number, Attempt attempt) {
        number.ifPresent(n -> append(
                new AttemptContent(actionId, n, attempt.at().toEpochMilli(), attempt.outcome(), attempt.detail())));
        return number.isPresent();
    }

    private void append(AttemptContent attempt) {
        int inserted = sql.sql("INSERT INTO attempt (action_id, n, at, outcome, detail) VALUES (?, ?, ?, ?, ?)")
                .param(attempt.actionId())
                .param(attempt.number())
                .param(attempt.at())
                .param(attempt.outcome())
                .param(attempt.detail())
                .update();
        if (inserted != 1) {
            throw new IllegalStateException(attempt.id() + " was not added to the ledger");
        }
        chain.note(RecordedContent.ATTEMPT, attempt.id(), attempt.digest());
    }

    /** @return false if there is none, or it may not be redriven */
    boolean putBack(String actionId, Instant at) {
        return sql.sql("""
                        UPDATE action SET state = CASE WHEN state = 'undo-failed' THEN 'undoing' ELSE 'retrying' END,
                          tries = 0, next_attempt_at = ?, updated_at = ?
                        WHERE id = ? AND state IN ('not-found', 'refused', 'unmatched', 'dead', 'undo-failed')""")
                        .param(at.toEpochMilli())
                        .param(at.toEpochMilli())
                        .param(actionId)
                        .update()
                == 1;
    }

    /** Those that changed first before others. */
    Redriven putBack(Redrive selection, Instant at) {
        StringBuilder query = new StringBuilder("SELECT id FROM action WHERE state = :state");
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("state", selection.state().word());
        parameters.put("limit", selection.limit() + 1);
        if (selection.target() != null) {
            query.append(" AND target = :target");
            parameters.put("target", selection.target());
        }
        if (selection.before() != null) {
            query.append(" AND updated_at < :before");
            parameters.put("before", selection.before().toEpochMilli());
        }
        query.append(" ORDER BY updated_at, id LIMIT :limit");
        List<String> found =
                sql.sql(query.toString()).params(parameters).query(String.class).list();
        int moved = 0;
        for (String id : found.subList(0, Math.min(found.size(), selection.limit()))) {
            moved += putBack(id, at) ? 1 : 0;
        }
        return new Redriven(moved, moved > 0 && found.size() > selection.limit());
    }

    /** Takes what is due at a target, until the lease ends. */
    List<String> lend(String target, Instant now, Instant leaseUntil, int limit) {
        List<String> taken = new ArrayList<>();
        for (String id : due(sql, target, now, limit)) {
            // Asked again under the row's lock: another node may have taken it since.
            int moved = sql.sql("""
                            UPDATE action SET next_attempt_at = ?
                            WHERE id = ? AND state IN ('retrying', 'undoing') AND next_attempt_at <= ?""")
                    .param(leaseUntil.toEpochMilli())
                    .param(id)
                    .param(now.toEpochMilli())
                    .update();
            if (moved == 1) {
                taken.add(id);
            }
        }
        return taken;
    }

    /** The state is not asked for: with it, SQLite would take the index by state and sort all that are retrying. */
    static List<String> due(JdbcClient sql, String target, Instant now, int limit) {
        return sql.sql("""
                        SELECT id FROM action WHERE target = ? AND next_attempt_at <= ?
                        ORDER BY next_attempt_at, id LIMIT ?""")
                .param(target)
                .param(now.toEpochMilli())
                .param(limit)
                .query(String.class)
                .list();
    }
}
