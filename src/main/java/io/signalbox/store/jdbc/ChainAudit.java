package io.signalbox.store.jdbc;

import io.signalbox.store.LedgerAudit;
import io.signalbox.store.LedgerProof;
import io.signalbox.store.LedgerProof.Checked;
import io.signalbox.store.LedgerProof.Finding;
import io.signalbox.store.LedgerProof.Problem;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.jdbc.RecordedContent.ActionContent;
import io.signalbox.store.jdbc.RecordedContent.AttemptContent;
import io.signalbox.store.jdbc.RecordedContent.DecisionContent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Walks the chain from its first entry to the one that was its head when the audit began. Rows are committed together
 * with their entry and never change afterwards, so the pages need no common snapshot: a gateway that writes meanwhile
 * neither disturbs the audit nor is held up by it.
 */
final class ChainAudit implements LedgerAudit {

    private static final int PAGE = 500;

    /** More would hide the first. */
    private static final int MOST_FINDINGS = 100;

    private static final String CHAIN = "chain";

    private final JdbcClient sql;
    private final StorageFailures failures;

    ChainAudit(JdbcClient sql, StorageFailures failures) {
        this.sql = sql;
        this.failures = failures;
    }

    @Override
    public LedgerProof verify() {
        try {
            return failures.reading(() -> new Walk().all());
        } catch (BadSqlGrammarException e) {
            throw new LedgerUnavailableException(
                    "The ledger in " + failures.store() + " has no chain: no gateway of this release has opened it yet",
                    e);
        }
    }

    private record Entry(long seq, String kind, String rowId, String digest, String previous, String hash) {

        static Entry of(ResultSet row, int number) throws SQLException {
            return new Entry(
                    row.getLong("seq"),
                    row.getString("kind"),
                    row.getString("row_id"),
                    row.getString("digest"),
                    row.getString("previous"),
                    row.getString("hash"));
        }
    }

    private record Head(long seq, String hash) {}

    /** One audit's progress. */
    private final class Walk {
        private final List<Finding> findings = new ArrayList<>();
        private long total;
        private long entries;
        private long decisions;
        private long actions;
        private long attempts;
        private long expected = 1;
        private String previous = Chain.BEGINNING;

        LedgerProof all() {
            Head head = sql.sql("SELECT seq, hash FROM chain_head WHERE id = 1")
                    .query((row, number) -> new Head(row.getLong("seq"), row.getString("hash")))
                    .optional()
                    .orElse(null);
            // Without its head the chain is walked to where it ends.
            long last = head == null ? Long.MAX_VALUE : head.seq();
            long after = Long.MIN_VALUE;
            List<Entry> page = entries(after, last);
            while (!page.isEmpty()) {
                links(page);
                rows(page);
                after = page.get(page.size() - 1).seq();
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

        private List<Entry> entries(long after, long last) {
            return sql.sql("""
                            SELECT seq, kind, row_id, digest, previous, hash FROM chain
                            WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?""")
                    .param(after)
                    .param(last)
                    .param(PAGE)
                    .query(Entry::of)
                    .list();
        }

        private void links(List<Entry> page) {
            for (Entry entry : page) {
                entries++;
                if (entry.seq() < expected) {
                    found(entry.seq(), CHAIN, entry.rowId(), Problem.INSERTED, "an entry before the first one");
                    continue;
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
                if (!entry.hash()
                        .equals(Chain.hash(
                                entry.seq(), entry.kind(), entry.rowId(), entry.digest(), entry.previous()))) {
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

        private void rows(List<Entry> page) {
            Map<String, DecisionContent> decided = decisions(ids(page, RecordedContent.DECISION));
            Set<String> actionIds = new HashSet<>();
            ids(page, RecordedContent.ATTEMPT)
                    .forEach(id -> actionIds.add(id.substring(0, Math.max(0, id.lastIndexOf(':')))));
            Map<String, AttemptContent> attempted = attempts(actionIds);
            for (Entry entry : page) {
                if (entry.kind().equals(RecordedContent.DECISION)) {
                    DecisionContent content = decided.get(entry.rowId());
                    decisions++;
                    actions += content == null ? 0 : content.actions().size();
                    compare(
                            entry,
                            content == null ? null : content.digest(),
                            "its row or its signal's is missing",
                            "the decision, its signal or one of its actions is not as it was recorded"
                                    + (content == null ? "" : RecordedContent.suspects(content)));
                } else if (entry.kind().equals(RecordedContent.ATTEMPT)) {
                    AttemptContent content = attempted.get(entry.rowId());
                    attempts++;
                    compare(
                            entry,
                            content == null ? null : content.digest(),
                            "its row is missing",
                            "the attempt is not as it was recorded");
                } else {
                    found(entry.seq(), CHAIN, entry.rowId(), Problem.ALTERED, "an entry of no known kind");
                }
            }
        }

        private void compare(Entry entry, @Nullable String digest, String ifMissing, String ifOther) {
            if (digest == null) {
                found(entry.seq(), entry.kind(), entry.rowId(), Problem.DELETED, ifMissing);
            } else if (!digest.equals(entry.digest())) {
                found(entry.seq(), entry.kind(), entry.rowId(), Problem.ALTERED, ifOther);
            }
        }

        private static List<String> ids(List<Entry> page, String kind) {
            return page.stream()
                    .filter(entry -> entry.kind().equals(kind))
                    .map(Entry::rowId)
                    .distinct()
                    .toList();
        }

        private Map<String, DecisionContent> decisions(List<String> ids) {
            if (ids.isEmpty()) {
                return Map.of();
            }
            Map<String, List<ActionContent>> bySignal = new HashMap<>();
            sql.sql("""
                            SELECT id, signal_id, ordinal, kind, target, body FROM action
                            WHERE signal_id IN (:ids) ORDER BY signal_id, ordinal""").param("ids", ids).query(row -> {
                bySignal.computeIfAbsent(row.getString("signal_id"), id -> new ArrayList<>())
                        .add(new ActionContent(
                                row.getString("id"),
                                row.getInt("ordinal"),
                                row.getString("kind"),
                                row.getString("target"),
                                row.getString("body")));
            });
            Map<String, DecisionContent> found = new HashMap<>();
            sql.sql("""
                            SELECT s.id, s.iss, s.jti, s.txn, s.subject_key, s.events, s.occurred_at, s.received_at,
                                   s.body, d.policy_version, d.decided_at, d.severity, d.rules
                            FROM decision d JOIN signal s ON s.id = d.signal_id WHERE d.signal_id IN (:ids)""").param("ids", ids).query(row -> {
                String id = row.getString("id");
                found.put(
                        id,
                        new DecisionContent(
                                LedgerReader.signalContent(row, 0),
                                row.getString("policy_version"),
                                row.getLong("decided_at"),
                                row.getString("severity"),
                                row.getString("rules"),
                                bySignal.getOrDefault(id, List.of())));
            });
            return found;
        }

        private Map<String, AttemptContent> attempts(Set<String> ids) {
            if (ids.isEmpty()) {
                return Map.of();
            }
            Map<String, AttemptContent> found = new HashMap<>();
            sql.sql("SELECT action_id, n, at, outcome, detail FROM attempt WHERE action_id IN (:ids)")
                    .param("ids", ids)
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

        /** Each of these is one statement, and so sees rows and their entries at one moment. */
        private void unchained() {
            // Every entry had its row: with as many rows as entries, none is without. To look for one in a large ledger
            // takes far longer than to count.
            if (total > 0 || !isAsManyRowsAsEntries()) {
                rowsWithoutEntry();
            }
            // An action's state is no part of the chain, since it changes; but it must be what an attempt made it.
            list("""
                    SELECT id FROM action
                    WHERE state IN ('done', 'already-done', 'not-found', 'refused', 'discarded') AND NOT EXISTS (
                      SELECT 1 FROM attempt WHERE action_id = action.id AND outcome = action.state)""")
                    .forEach(id ->
                            found(0, "action", id, Problem.ALTERED, "no attempt ended in the state that it is in"));
        }

        private boolean isAsManyRowsAsEntries() {
            return sql.sql("""
                            SELECT (SELECT count(*) FROM decision) + (SELECT count(*) FROM attempt) AS in_rows,
                                   (SELECT count(*) FROM chain) AS in_chain""")
                    .query((row, number) -> row.getLong("in_rows") == row.getLong("in_chain"))
                    .single();
        }

        private void rowsWithoutEntry() {
            list("""
                    SELECT signal_id FROM decision
                    EXCEPT SELECT row_id FROM chain WHERE kind = 'decision'""")
                    .forEach(id -> found(
                            0, RecordedContent.DECISION, id, Problem.INSERTED, "no entry of the chain stands for it"));
            list("""
                    SELECT action_id || ':' || n FROM attempt
                    EXCEPT SELECT row_id FROM chain WHERE kind = 'attempt'""")
                    .forEach(id -> found(
                            0, RecordedContent.ATTEMPT, id, Problem.INSERTED, "no entry of the chain stands for it"));
        }

        private List<String> list(String statement) {
            return sql.sql(statement).query(String.class).list();
        }

        private void found(long seq, String kind, String id, Problem problem, String detail) {
            total++;
            if (findings.size() < MOST_FINDINGS) {
                findings.add(new Finding(seq, kind, id, problem, detail));
            }
        }
    }
}
