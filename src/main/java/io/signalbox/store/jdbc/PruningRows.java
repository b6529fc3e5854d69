package io.signalbox.store.jdbc;

import io.signalbox.store.jdbc.PruningCandidates.Candidate;
import io.signalbox.store.jdbc.PruningCandidates.Superseded;
import io.signalbox.store.jdbc.RecordedContent.PruningContent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Takes away what may go, and puts anchors into its place. Belongs to the writer's thread. */
final class PruningRows {

    private final JdbcOperations batches;
    private final JdbcClient sql;
    private final Chain chain;

    PruningRows(JdbcOperations batches, Chain chain) {
        this.batches = batches;
        this.sql = JdbcClient.create(batches);
        this.chain = chain;
    }

    /**
     * Who prunes, and until when nobody else does.
     *
     * @param node told apart from every other
     */
    record Claim(String node, Instant now, Instant until) {}

    /** @return false if another node prunes */
    boolean claim(Claim claim) {
        return sql.sql("""
                        UPDATE pruner SET node = ?, claimed_until = ?
                        WHERE id = 1 AND (node = ? OR claimed_until <= ?)""")
                        .param(claim.node())
                        .param(claim.until().toEpochMilli())
                        .param(claim.node())
                        .param(claim.now().toEpochMilli())
                        .update()
                == 1;
    }

    /** Lets the next one have it, whoever that is. */
    boolean release(String node) {
        return sql.sql("UPDATE pruner SET claimed_until = 0 WHERE id = 1 AND node = ?")
                        .param(node)
                        .update()
                == 1;
    }

    /**
     * Takes a batch away, or nothing of it.
     *
     * @param setting the configuration that asks for it, in words
     * @param cutoff all of the batch is older; epoch milliseconds
     * @throws PruningRefusedException if another node prunes now, if one of the batch was touched since it was looked at, or
     *     if the chain is broken there
     */
    boolean take(List<Candidate> batch, List<Superseded> old, String setting, long cutoff, Claim claim) {
        Progress progress = hold(batch.size(), cutoff, claim);
        long attempts = batch.stream().mapToLong(Candidate::attempts).sum();
        long actions = batch.stream().mapToLong(Candidate::actions).sum();
        removeRows(batch.stream().map(Candidate::signalId).toList(), actions, attempts, cutoff);
        List<Anchor> gaps = removeEntries(batch, old);
        List<Anchor> anchors = joinedWithNeighbours(gaps);
        PruningContent content = new PruningContent(
                progress.pruning(),
                claim.now().toEpochMilli(),
                cutoff,
                setting,
                batch.size(),
                actions,
                attempts,
                progress.signals(),
                anchors.stream().map(Anchor::line).collect(Collectors.joining("\n")));
        insert(content, anchors);
        removeSuperseded(old);
        chain.note(RecordedContent.PRUNED, content.rowId(), content.digest());
        return true;
    }

    private record Progress(long pruning, long signals) {}

    /** Holds the row until the commit, so that a node which believes its claim still runs finds that it does not. */
    private Progress hold(int signals, long cutoff, Claim claim) {
        return sql.sql("""
                        UPDATE pruner SET claimed_until = ?, last_pruning = last_pruning + 1, signals = signals + ?,
                          forgotten_before = CASE WHEN forgotten_before < ? THEN ? ELSE forgotten_before END
                        WHERE id = 1 AND node = ? AND claimed_until > ?
                        RETURNING last_pruning, signals""")
                .param(claim.until().toEpochMilli())
                .param(signals)
                .param(cutoff)
                .param(cutoff)
                .param(claim.node())
                .param(claim.now().toEpochMilli())
                .query((row, number) -> new Progress(row.getLong("last_pruning"), row.getLong("signals")))
                .optional()
                .orElseThrow(PruningRefusedException::claimLost);
    }

    private void removeRows(List<String> ids, long actions, long attempts, long cutoff) {
        require(
                attempts,
                sql.sql("DELETE FROM attempt WHERE action_id IN (SELECT id FROM action WHERE signal_id IN (:ids))")
                        .param("ids", ids)
                        .update());
        int mentions = sql.sql("DELETE FROM mention WHERE signal_id IN (:ids)")
                .param("ids", ids)
                .update();
        int containments = sql.sql("DELETE FROM containment WHERE signal_id IN (:ids)")
                .param("ids", ids)
                .update();
        // Asked again under the rows' locks: one that was redriven meanwhile stays.
        require(actions, sql.sql("""
                                DELETE FROM action
                                WHERE signal_id IN (:ids) AND state NOT IN ('waiting', 'retrying', 'held', 'undoing') AND updated_at < :cutoff""").param("ids", ids).param("cutoff", cutoff).update());
        require(
                ids.size(),
                sql.sql("DELETE FROM decision WHERE signal_id IN (:ids)")
                        .param("ids", ids)
                        .update());
        require(
                ids.size(),
                sql.sql("DELETE FROM signal WHERE id IN (:ids)")
                        .param("ids", ids)
                        .update());
    }

    private static void require(long expected, long removed) {
        if (removed != expected) {
            throw new PruningRefusedException("a signal was worked on since it was looked at");
        }
    }

    private List<Anchor> removeEntries(List<Candidate> batch, List<Superseded> old) {
        List<Anchor> gaps = Anchor.joined(Stream.concat(
                        batch.stream().flatMap(candidate -> candidate.entries().stream()),
                        old.stream().map(Superseded::entry))
                .sorted(Comparator.comparingLong(ChainEntry::seq))
                .map(Anchor::instead)
                .toList());
        List<Object[]> places = new ArrayList<>();
        gaps.forEach(gap -> places.add(new Object[] {gap.first(), gap.last()}));
        int removed = Arrays.stream(batches.batchUpdate("DELETE FROM chain WHERE seq BETWEEN ? AND ?", places))
                .sum();
        if (removed != gaps.stream().mapToLong(Anchor::entries).sum()) {
            throw new PruningRefusedException("entries of the chain are not there any more");
        }
        return gaps;
    }

    private List<Anchor> joinedWithNeighbours(List<Anchor> gaps) {
        List<Anchor> neighbours = sql.sql("SELECT " + Anchor.COLUMNS
                        + " FROM anchor WHERE last_seq IN (:before) OR first_seq IN (:behind)")
                .param("before", gaps.stream().map(gap -> gap.first() - 1).toList())
                .param("behind", gaps.stream().map(gap -> gap.last() + 1).toList())
                .query(Anchor::of)
                .list();
        List<Object[]> firsts = new ArrayList<>();
        neighbours.forEach(neighbour -> firsts.add(new Object[] {neighbour.first()}));
        if (!firsts.isEmpty()) {
            int[] ignored = batches.batchUpdate("DELETE FROM anchor WHERE first_seq = ?", firsts);
        }
        return Anchor.joined(Stream.concat(gaps.stream(), neighbours.stream())
                .sorted(Comparator.comparingLong(Anchor::first))
                .toList());
    }

    private void insert(PruningContent content, List<Anchor> anchors) {
        int ignored = sql.sql("""
                        INSERT INTO pruning (id, at, cutoff, setting, signals, actions, attempts, signals_in_all, anchors)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                .param(content.id())
                .param(content.at())
                .param(content.cutoff())
                .param(content.setting())
                .param(content.signals())
                .param(content.actions())
                .param(content.attempts())
                .param(content.signalsInAll())
                .param(content.anchors())
                .update();
        List<Object[]> rows = new ArrayList<>();
        anchors.forEach(anchor ->
                rows.add(new Object[] {anchor.first(), anchor.last(), anchor.previous(), anchor.hash(), content.id()}));
        int[] ignoredToo = batches.batchUpdate(
                "INSERT INTO anchor (first_seq, last_seq, previous, hash, pruning_id) VALUES (?, ?, ?, ?, ?)", rows);
    }

    private void removeSuperseded(List<Superseded> old) {
        if (old.isEmpty()) {
            return;
        }
        int removed = sql.sql("""
                        DELETE FROM pruning
                        WHERE id IN (:ids) AND NOT EXISTS (SELECT 1 FROM anchor WHERE pruning_id = pruning.id)""")
                .param("ids", old.stream().map(each -> each.content().id()).toList())
                .update();
        require(old.size(), removed);
    }
}
