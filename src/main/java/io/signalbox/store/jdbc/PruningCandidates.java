package io.signalbox.store.jdbc;

import io.signalbox.store.jdbc.RecordedContent.ActionContent;
import io.signalbox.store.jdbc.RecordedContent.AttemptContent;
import io.signalbox.store.jdbc.RecordedContent.DecisionContent;
import io.signalbox.store.jdbc.RecordedContent.PruningContent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Looks for what may go. All of the looking is done over a connection that reads, so that the writer has to do no more than
 * take away.
 *
 * <p>What was tampered with does not go: with the row, the proof of it would be gone too.
 */
final class PruningCandidates {

    /** Names in one statement. */
    private static final int NAMES = 500;

    private final JdbcClient sql;
    private final RecordedRows rows;

    PruningCandidates(JdbcClient sql) {
        this.sql = sql;
        this.rows = new RecordedRows(sql);
    }

    /**
     * A signal that may go, with all that hangs on it.
     *
     * @param entries of the chain: its decision's, and each attempt's
     */
    record Candidate(String signalId, int actions, int attempts, List<ChainEntry> entries) {}

    /**
     * @param tampered ids of signals that would be old enough and are not as they were recorded
     * @param next where the next page begins; absent on the last one
     */
    record Page(
            List<Candidate> candidates,
            List<String> tampered,
            @Nullable Cursor next) {}

    /** An earlier batch whose every anchor has become part of a later one. */
    record Superseded(PruningContent content, ChainEntry entry) {}

    /** Whether this node prunes already, or no other does. */
    boolean mayClaim(String node, Instant now) {
        return sql.sql("SELECT count(*) FROM pruner WHERE id = 1 AND (node = ? OR claimed_until <= ?)")
                        .param(node)
                        .param(now.toEpochMilli())
                        .query(Long.class)
                        .single()
                == 1;
    }

    /**
     * The oldest first, whatever they are: those that may go yet are left out of the page, and not looked at again by the
     * next.
     *
     * @param cutoff what was received, decided, or in any way worked on since stays; epoch milliseconds
     */
    Page page(long cutoff, @Nullable Cursor after, int size) {
        List<Row> looked = sql.sql("""
                        SELECT s.id, s.received_at, CASE WHEN d.decided_at < :cutoff AND NOT EXISTS (
                            SELECT 1 FROM action a WHERE a.signal_id = s.id AND (
                              a.state IN ('waiting', 'retrying', 'held', 'undoing') OR a.updated_at >= :cutoff
                              OR EXISTS (SELECT 1 FROM containment c
                                WHERE c.action_id = a.id AND c.until_at IS NOT NULL AND c.lifted_at IS NULL)
                              OR EXISTS (SELECT 1 FROM attempt t WHERE t.action_id = a.id AND t.at >= :cutoff))
                          ) THEN 1 ELSE 0 END AS may_go
                        FROM signal s LEFT JOIN decision d ON d.signal_id = s.id
                        WHERE s.received_at < :cutoff AND (s.received_at, s.id) > (:at, :id)
                        ORDER BY s.received_at, s.id LIMIT :size""")
                .param("cutoff", cutoff)
                .param("at", after == null ? Long.MIN_VALUE : after.at())
                .param("id", after == null ? "" : after.id())
                .param("size", size)
                .query((row, number) ->
                        new Row(new Cursor(row.getLong("received_at"), row.getString("id")), row.getInt("may_go") == 1))
                .list();
        List<String> ids =
                looked.stream().filter(Row::mayGo).map(row -> row.place().id()).toList();
        Cursor next =
                looked.size() < size ? null : looked.get(looked.size() - 1).place();
        return page(ids, next);
    }

    private record Row(Cursor place, boolean mayGo) {}

    private Page page(List<String> ids, @Nullable Cursor next) {
        Map<String, DecisionContent> decisions = rows.decisions(ids);
        Map<String, List<ActionContent>> added = rows.added(ids);
        Map<String, List<AttemptContent>> attempts = new HashMap<>();
        List<String> actionIds = Stream.concat(
                        decisions.values().stream().map(DecisionContent::actions), added.values().stream())
                .flatMap(List::stream)
                .map(ActionContent::id)
                .toList();
        List<String> rowIds = new ArrayList<>(ids);
        for (List<String> some : inParts(actionIds)) {
            rows.attempts(some).values().forEach(attempt -> {
                attempts.computeIfAbsent(attempt.actionId(), id -> new ArrayList<>())
                        .add(attempt);
                rowIds.add(attempt.id());
            });
        }
        actionIds.forEach(id -> rowIds.add(behindLast(id, attempts)));
        Map<String, List<ChainEntry>> entries = entries(rowIds);
        Set<String> unproven = new HashSet<>(rows.unproven(ids).values());
        List<Candidate> candidates = new ArrayList<>();
        List<String> tampered = new ArrayList<>();
        for (String id : ids) {
            DecisionContent decision = decisions.get(id);
            Candidate candidate = decision == null || unproven.contains(id)
                    ? null
                    : candidate(decision, added.getOrDefault(id, List.of()), attempts, entries);
            if (candidate == null) {
                tampered.add(id);
            } else {
                candidates.add(candidate);
            }
        }
        return new Page(candidates, tampered, next);
    }

    /** Absent if one of its rows is not as the chain says. */
    private @Nullable Candidate candidate(
            DecisionContent decision,
            List<ActionContent> added,
            Map<String, List<AttemptContent>> attempts,
            Map<String, List<ChainEntry>> entries) {
        String id = decision.signal().id();
        List<ChainEntry> found = new ArrayList<>();
        boolean whole = stands(entries.get(id), RecordedContent.DECISION, decision.digest(), found);
        int made = 0;
        List<ActionContent> actions =
                Stream.concat(decision.actions().stream(), added.stream()).toList();
        for (ActionContent action : actions) {
            // One that was deleted has left its entry, and maybe a gap in the numbers.
            whole &= !entries.containsKey(behindLast(action.id(), attempts));
            for (AttemptContent attempt : attempts.getOrDefault(action.id(), List.of())) {
                made++;
                whole &= stands(entries.get(attempt.id()), RecordedContent.ATTEMPT, attempt.digest(), found);
            }
        }
        return whole ? new Candidate(id, actions.size(), made, List.copyOf(found)) : null;
    }

    /** The id of the attempt that would be the next if the numbers of those that are there have no gap. */
    private static String behindLast(String actionId, Map<String, List<AttemptContent>> attempts) {
        int made = attempts.getOrDefault(actionId, List.of()).size();
        return new AttemptContent(actionId, made + 1, 0, "", "").id();
    }

    private boolean stands(@Nullable List<ChainEntry> entries, String kind, String digest, List<ChainEntry> found) {
        if (entries == null || entries.size() != 1) {
            return false;
        }
        ChainEntry entry = entries.get(0);
        found.add(entry);
        return entry.kind().equals(kind)
                && entry.isItself()
                && (entry.digest().equals(digest) || rows.vouched(entry, digest));
    }

    /** Batches that say nothing any more that a later one does not say. */
    List<Superseded> superseded(long cutoff, int limit) {
        List<PruningContent> old = sql.sql("SELECT " + PruningContent.COLUMNS + """
                         FROM pruning WHERE at < ? AND NOT EXISTS (
                          SELECT 1 FROM anchor WHERE pruning_id = pruning.id)
                        ORDER BY id LIMIT ?""")
                .param(cutoff)
                .param(limit)
                .query(PruningContent::of)
                .list();
        Map<String, List<ChainEntry>> entries =
                entries(old.stream().map(PruningContent::rowId).toList());
        List<Superseded> superseded = new ArrayList<>();
        for (PruningContent content : old) {
            List<ChainEntry> found = new ArrayList<>();
            if (stands(entries.get(content.rowId()), RecordedContent.PRUNED, content.digest(), found)) {
                superseded.add(new Superseded(content, found.get(0)));
            }
        }
        return superseded;
    }

    private Map<String, List<ChainEntry>> entries(List<String> rowIds) {
        Map<String, List<ChainEntry>> entries = new TreeMap<>();
        for (List<String> some : inParts(rowIds)) {
            sql.sql("SELECT " + ChainEntry.COLUMNS + " FROM chain WHERE row_id IN (:ids)")
                    .param("ids", some)
                    .query(ChainEntry::of)
                    .list()
                    .forEach(entry -> entries.computeIfAbsent(entry.rowId(), id -> new ArrayList<>())
                            .add(entry));
        }
        return entries;
    }

    private static List<List<String>> inParts(Collection<String> names) {
        List<String> all = List.copyOf(names);
        List<List<String>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += NAMES) {
            parts.add(all.subList(from, Math.min(all.size(), from + NAMES)));
        }
        return parts;
    }
}
