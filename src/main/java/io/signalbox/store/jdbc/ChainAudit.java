package io.signalbox.store.jdbc;

import io.signalbox.store.LedgerAudit;
import io.signalbox.store.LedgerProof;
import io.signalbox.store.LedgerProof.Checked;
import io.signalbox.store.LedgerProof.Finding;
import io.signalbox.store.LedgerProof.Problem;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.jdbc.RecordedContent.AttemptContent;
import io.signalbox.store.jdbc.RecordedContent.DecisionContent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Walks the chain from its first entry to its head, a page at a time, over one moment of the ledger. A gateway that
 * writes meanwhile neither disturbs the audit nor is held up by it; what it costs is that the store keeps what that moment
 * consists of for as long as the audit takes.
 */
final class ChainAudit implements LedgerAudit {

    private static final int PAGE = 500;

    /** More would hide the first. */
    private static final int MOST_FINDINGS = 100;

    private static final String CHAIN = "chain";

    /** Where the ledger as it is at one moment comes from. */
    @FunctionalInterface
    interface Moment {
        LedgerProof see(Function<JdbcClient, LedgerProof> audit);
    }

    private final Moment moment;
    private final StorageFailures failures;

    ChainAudit(Moment moment, StorageFailures failures) {
        this.moment = moment;
        this.failures = failures;
    }

    @Override
    public LedgerProof verify(Progress progress) {
        try {
            return failures.reading(() -> moment.see(sql -> new Walk(sql, progress).all()));
        } catch (BadSqlGrammarException e) {
            throw new LedgerUnavailableException(
                    "The ledger in " + failures.store() + " has no chain: no gateway of this release has opened it yet",
                    e);
        }
    }

    private record Head(long seq, String hash) {}

    /** One audit's progress. */
    private static final class Walk {
        private final JdbcClient sql;
        private final RecordedRows rows;
        private final Progress progress;
        private final List<Finding> findings = new ArrayList<>();
        private long total;
        private long entries;
        private long decisions;
        private long actions;
        private long attempts;
        private long expected = 1;
        private String previous = Chain.BEGINNING;

        private Walk(JdbcClient sql, Progress progress) {
            this.sql = sql;
            this.rows = new RecordedRows(sql);
            this.progress = progress;
        }

        LedgerProof all() {
            Head head = sql.sql("SELECT seq, hash FROM chain_head WHERE id = 1")
                    .query((row, number) -> new Head(row.getLong("seq"), row.getString("hash")))
                    .optional()
                    .orElse(null);
            // Without its head the chain is walked to where it ends.
            long last = head == null ? Long.MAX_VALUE : head.seq();
            long after = Long.MIN_VALUE;
            List<ChainEntry> page = entries(after, last);
            while (!page.isEmpty()) {
                compare(page);
                after = page.get(page.size() - 1).seq();
                progress.walked(entries, head == null ? entries : head.seq());
                page = entries(after, last);
            }
            end(head);
            unchained();
            Checked checked = new Checked(
                    entries, decisions, actions, attempts, head == null ? expected - 1 : head.seq(), previous);
            return total == 0
                    ? new LedgerProof.Whole(checked)
                    : new LedgerProof.Broken(checked, List.copyOf(findings), total);
        }

        private List<ChainEntry> entries(long after, long last) {
            return sql.sql("SELECT " + ChainEntry.COLUMNS
                            + " FROM chain WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?")
                    .param(after)
                    .param(last)
                    .param(PAGE)
                    .query(ChainEntry::of)
                    .list();
        }

        private void compare(List<ChainEntry> page) {
            List<String> decided = ids(page, RecordedContent.DECISION);
            Map<String, DecisionContent> decisionRows = rows.decisions(decided);
            Map<String, AttemptContent> attemptRows = rows.attempts(actionsOf(ids(page, RecordedContent.ATTEMPT)));
            for (ChainEntry entry : page) {
                link(entry);
                if (entry.kind().equals(RecordedContent.DECISION)) {
                    decision(entry, decisionRows.get(entry.rowId()));
                } else if (entry.kind().equals(RecordedContent.ATTEMPT)) {
                    attempt(entry, attemptRows.get(entry.rowId()));
                } else {
                    found(entry.seq(), CHAIN, entry.rowId(), Problem.ALTERED, "an entry of no known kind");
                }
            }
            states(decided);
        }

        private void link(ChainEntry entry) {
            entries++;
            if (entry.seq() < expected) {
                found(entry.seq(), CHAIN, entry.rowId(), Problem.INSERTED, "an entry before the first one");
                return;
            }
            if (entry.seq() > expected) {
                gap(expected, entry.seq() - 1);
            } else if (!entry.previous().equals(previous)) {
                found(
                        entry.seq(),
                        CHAIN,
                        entry.rowId(),
                        Problem.REORDERED,
                        "this entry (" + entry.kind() + ") was not made after the one that is before it now");
            }
            if (!entry.isItself()) {
                found(
                        entry.seq(),
                        CHAIN,
                        entry.rowId(),
                        Problem.ALTERED,
                        "this entry (" + entry.kind() + ") does not have the hash of its content and place");
            }
            previous = entry.hash();
            expected = entry.seq() + 1;
        }

        private void gap(long from, long to) {
            found(
                    from,
                    CHAIN,
                    from == to ? String.valueOf(from) : from + "-" + to,
                    Problem.DELETED,
                    (to - from + 1) + " missing from the chain");
        }

        private void end(@Nullable Head head) {
            if (head == null) {
                found(0, CHAIN, "head", Problem.DELETED, "the row that holds the chain's head is missing");
            } else if (expected <= head.seq()) {
                gap(expected, head.seq());
            } else if (!head.hash().equals(previous)) {
                found(head.seq(), CHAIN, "head", Problem.ALTERED, "the head does not have the last entry's hash");
            }
        }

        private void decision(ChainEntry entry, @Nullable DecisionContent content) {
            decisions++;
            actions += content == null ? 0 : content.actions().size();
            compare(
                    entry,
                    content == null ? null : content.digest(),
                    "its row or its signal's is missing",
                    "the decision, its signal or one of its actions is not as it was recorded",
                    content);
        }

        private void attempt(ChainEntry entry, @Nullable AttemptContent content) {
            attempts++;
            compare(
                    entry,
                    content == null ? null : content.digest(),
                    "its row is missing",
                    "the attempt is not as it was recorded",
                    null);
        }

        private void compare(
                ChainEntry entry,
                @Nullable String digest,
                String ifMissing,
                String ifOther,
                @Nullable DecisionContent suspect) {
            if (digest == null) {
                found(entry.seq(), entry.kind(), entry.rowId(), Problem.DELETED, ifMissing);
            } else if (!digest.equals(entry.digest())) {
                String suspects = suspect == null ? "" : RecordedContent.suspects(suspect);
                found(entry.seq(), entry.kind(), entry.rowId(), Problem.ALTERED, ifOther + suspects);
            }
        }

        /** An action's state is no part of the chain, since it changes; but it must be what an attempt made it. */
        private void states(List<String> signalIds) {
            if (signalIds.isEmpty()) {
                return;
            }
            sql.sql("""
                            SELECT id FROM action
                            WHERE signal_id IN (:ids)
                              AND state IN ('done', 'already-done', 'not-found', 'refused', 'discarded')
                              AND NOT EXISTS (
                                SELECT 1 FROM attempt WHERE action_id = action.id AND outcome = action.state)
                            ORDER BY id""")
                    .param("ids", signalIds)
                    .query(String.class)
                    .list()
                    .forEach(id ->
                            found(0, "action", id, Problem.ALTERED, "no attempt ended in the state that it is in"));
        }

        private static List<String> ids(List<ChainEntry> page, String kind) {
            return page.stream()
                    .filter(entry -> entry.kind().equals(kind))
                    .map(ChainEntry::rowId)
                    .distinct()
                    .toList();
        }

        private static Set<String> actionsOf(List<String> attemptIds) {
            Set<String> actionIds = new HashSet<>();
            attemptIds.forEach(id -> actionIds.add(id.substring(0, Math.max(0, id.lastIndexOf(':')))));
            return actionIds;
        }

        private void unchained() {
            // Every entry had its row: with as many rows as entries, none is without. To look for one in a large ledger
            // takes far longer than to count.
            if (total > 0 || !isAsManyRowsAsEntries()) {
                withoutEntry(RecordedContent.DECISION, """
                        SELECT signal_id AS id FROM decision
                        EXCEPT SELECT row_id FROM chain WHERE kind = 'decision'""");
                withoutEntry(RecordedContent.ATTEMPT, """
                        SELECT action_id || ':' || n AS id FROM attempt
                        EXCEPT SELECT row_id FROM chain WHERE kind = 'attempt'""");
            }
        }

        private boolean isAsManyRowsAsEntries() {
            return sql.sql("""
                            SELECT (SELECT count(*) FROM decision) + (SELECT count(*) FROM attempt) AS in_rows,
                                   (SELECT count(*) FROM chain) AS in_chain""")
                    .query((row, number) -> row.getLong("in_rows") == row.getLong("in_chain"))
                    .single();
        }

        /** The store searches; only the first few come here, however many there are. */
        private void withoutEntry(String kind, String search) {
            List<String> first = sql.sql(search + " ORDER BY id LIMIT " + MOST_FINDINGS)
                    .query(String.class)
                    .list();
            first.forEach(id -> found(0, kind, id, Problem.INSERTED, "no entry of the chain stands for it"));
            if (first.size() == MOST_FINDINGS) {
                total += sql.sql("SELECT count(*) FROM (" + search + ") AS unchained")
                                .query(Long.class)
                                .single()
                        - MOST_FINDINGS;
            }
        }

        private void found(long seq, String kind, String id, Problem problem, String detail) {
            total++;
            if (findings.size() < MOST_FINDINGS) {
                findings.add(new Finding(seq, kind, id, problem, detail));
            }
        }
    }
}
