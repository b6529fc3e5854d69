package io.signalbox.store.jdbc;

import io.signalbox.store.jdbc.RecordedContent.ActionContent;
import io.signalbox.store.jdbc.RecordedContent.AttemptContent;
import io.signalbox.store.jdbc.RecordedContent.DecisionContent;
import io.signalbox.store.jdbc.RecordedContent.ErasureContent;
import io.signalbox.store.jdbc.RecordedContent.PruningContent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads again what entries of the chain stand for, a page of them at a time. */
final class RecordedRows {

    private final JdbcClient sql;

    RecordedRows(JdbcClient sql) {
        this.sql = sql;
    }

    /** By the id of their signal; those that are not there are left out. */
    Map<String, DecisionContent> decisions(Collection<String> signalIds) {
        if (signalIds.isEmpty()) {
            return Map.of();
        }
        Map<String, List<ActionContent>> bySignal = new HashMap<>();
        sql.sql("""
                        SELECT id, signal_id, ordinal, kind, target, body FROM action
                        WHERE signal_id IN (:ids) AND added IS NULL ORDER BY signal_id, ordinal""").param("ids", signalIds).query(row -> {
            bySignal.computeIfAbsent(row.getString("signal_id"), id -> new ArrayList<>())
                    .add(action(row));
        });
        Map<String, DecisionContent> found = new HashMap<>();
        sql.sql("""
                        SELECT s.id, s.iss, s.jti, s.txn, s.subject_key, s.events, s.occurred_at, s.received_at,
                               s.body, d.policy_version, d.decided_at, d.severity, d.rules, d.facts
                        FROM decision d JOIN signal s ON s.id = d.signal_id WHERE d.signal_id IN (:ids)""").param("ids", signalIds).query(row -> {
            String id = row.getString("id");
            found.put(
                    id,
                    new DecisionContent(
                            LedgerReader.signalContent(row, 0),
                            row.getString("policy_version"),
                            row.getLong("decided_at"),
                            row.getString("severity"),
                            row.getString("rules"),
                            bySignal.getOrDefault(id, List.of()),
                            row.getString("facts")));
        });
        return found;
    }

    /** By the id of their signal: actions that were added after their decision, which are no part of it. */
    Map<String, List<ActionContent>> added(Collection<String> signalIds) {
        if (signalIds.isEmpty()) {
            return Map.of();
        }
        Map<String, List<ActionContent>> bySignal = new HashMap<>();
        sql.sql("""
                        SELECT id, signal_id, ordinal, kind, target, body FROM action
                        WHERE signal_id IN (:ids) AND added IS NOT NULL ORDER BY signal_id, ordinal""").param("ids", signalIds).query(row -> {
            bySignal.computeIfAbsent(row.getString("signal_id"), id -> new ArrayList<>())
                    .add(action(row));
        });
        return bySignal;
    }

    private static ActionContent action(ResultSet row) throws SQLException {
        return new ActionContent(
                row.getString("id"),
                row.getInt("ordinal"),
                row.getString("kind"),
                row.getString("target"),
                row.getString("body"));
    }

    /** All attempts at these actions, by {@link AttemptContent#id()}. */
    Map<String, AttemptContent> attempts(Collection<String> actionIds) {
        if (actionIds.isEmpty()) {
            return Map.of();
        }
        Map<String, AttemptContent> found = new HashMap<>();
        sql.sql("SELECT action_id, n, at, outcome, detail FROM attempt WHERE action_id IN (:ids)")
                .param("ids", actionIds)
                .query(row -> {
                    AttemptContent content = new AttemptContent(
                            row.getString("action_id"),
                            row.getInt("n"),
                            row.getLong("at"),
                            row.getString("outcome"),
                            row.getString("detail"));
                    found.put(content.id(), content);
                });
        return found;
    }

    /** Id of an action to its signal's: those whose state no attempt led to. A state changes, so no entry stands for it. */
    Map<String, String> unproven(Collection<String> signalIds) {
        if (signalIds.isEmpty()) {
            return Map.of();
        }
        Map<String, String> found = new TreeMap<>();
        // The state by itself would lead SQLite to the index by state, and through all actions that are done.
        sql.sql("""
                        SELECT id, signal_id FROM action
                        WHERE signal_id IN (:ids)
                          AND state || '' IN ('done', 'already-done', 'not-found', 'refused', 'unmatched', 'discarded',
                            'held', 'suppressed', 'expired', 'undoing', 'undone', 'undo-failed')
                          AND NOT EXISTS (
                            SELECT 1 FROM attempt WHERE action_id = action.id AND outcome = action.state)""").param("ids", signalIds).query(row -> {
            found.put(row.getString("id"), row.getString("signal_id"));
        });
        return found;
    }

    /** By {@link PruningContent#rowId()}. */
    Map<String, PruningContent> prunings(Collection<Long> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Map<String, PruningContent> found = new HashMap<>();
        sql.sql("SELECT " + PruningContent.COLUMNS + " FROM pruning WHERE id IN (:ids)")
                .param("ids", ids)
                .query(PruningContent::of)
                .list()
                .forEach(content -> found.put(content.rowId(), content));
        return found;
    }

    /** By {@link ErasureContent#rowId()}. */
    Map<String, ErasureContent> erasures(Collection<Long> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Map<Long, List<ErasureContent.Row>> erased = new HashMap<>();
        sql.sql("SELECT row_id, erasure_id, kind, digest_was, digest_is FROM erased WHERE erasure_id IN (:ids)")
                .param("ids", ids)
                .query(row -> {
                    erased.computeIfAbsent(row.getLong("erasure_id"), id -> new ArrayList<>())
                            .add(new ErasureContent.Row(
                                    row.getString("kind"),
                                    row.getString("row_id"),
                                    row.getString("digest_was"),
                                    row.getString("digest_is")));
                });
        Map<String, ErasureContent> found = new HashMap<>();
        sql.sql("SELECT id, at, by_whom, pseudonym, signals, actions, attempts FROM erasure WHERE id IN (:ids)")
                .param("ids", ids)
                .query((row, number) -> new ErasureContent(
                        row.getLong("id"),
                        row.getLong("at"),
                        row.getString("by_whom"),
                        row.getString("pseudonym"),
                        row.getLong("signals"),
                        row.getLong("actions"),
                        row.getLong("attempts"),
                        erased.getOrDefault(row.getLong("id"), List.of())))
                .list()
                .forEach(content -> found.put(content.rowId(), content));
        return found;
    }

    /**
     * Whether an erasure says that a row's content is another than its entry says, and just this one. That the erasure
     * itself is as it was made is for its own entry to prove; one without an entry vouches for nothing.
     */
    boolean vouched(ChainEntry entry, String digest) {
        return sql.sql("""
                        SELECT count(*) FROM erased e
                        WHERE e.row_id = ? AND e.kind = ? AND e.digest_was = ? AND e.digest_is = ? AND EXISTS (
                          SELECT 1 FROM chain c
                          WHERE c.row_id = 'erasure-' || e.erasure_id AND c.kind = 'erased' AND c.seq > ?)""")
                        .param(entry.rowId())
                        .param(entry.kind())
                        .param(entry.digest())
                        .param(digest)
                        .param(entry.seq())
                        .query(Long.class)
                        .single()
                == 1;
    }
}
