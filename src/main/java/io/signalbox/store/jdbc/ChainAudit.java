package io.signalbox.store.jdbc;

import io.signalbox.store.LedgerAudit;
import io.signalbox.store.LedgerProof;
import io.signalbox.store.LedgerProof.Checked;
import io.signalbox.store.LedgerProof.Erased;
import io.signalbox.store.LedgerProof.Finding;
import io.signalbox.store.LedgerProof.Problem;
import io.signalbox.store.LedgerProof.Pruned;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.jdbc.RecordedContent.AttemptContent;
import io.signalbox.store.jdbc.RecordedContent.DecisionContent;
import io.signalbox.store.jdbc.RecordedContent.ErasureContent;
import io.signalbox.store.jdbc.RecordedContent.PruningContent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
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

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final String CHAIN = "chain";

    /** Where the ledger as it is at one moment comes from. */
    @FunctionalInterface
    interface Moment {
        LedgerProof see(Function<JdbcClient, LedgerProof> audit);
    }

    private static final String ANCHOR = "anchor";

    /** The furthest that the clocks of nodes are thought to be apart: a false alarm in an audit is worse than this. */
    private static final long ADRIFT = Duration.ofDays(1).toMillis();

    private final Moment moment;
    private final Clock clock;
    private final StorageFailures failures;

    ChainAudit(Moment moment, Clock clock, StorageFailures failures) {
        this.moment = moment;
        this.clock = clock;
        this.failures = failures;
    }

    @Override
    public LedgerProof verify(Progress progress) {
        try {
            return failures.reading(() -> moment.see(sql -> new Walk(sql, clock.millis(), progress).all()));
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
        private final long now;
        private final Progress progress;
        private final List<Finding> findings = new ArrayList<>();
        private long total;
        private long entries;
        private long decisions;
        private long actions;
        private long attempts;
        private long expected = 1;
        private String previous = Chain.BEGINNING;
        /** When what the last entry stands for happened, epoch milliseconds. */
        private long latest = Long.MIN_VALUE;

        private long anchors;
        private long anchorsInGaps;
        private long anchorsInChain;
        private Pruned pruned = Pruned.NOTHING;
        private Erased erased = Erased.NOTHING;

        private Walk(JdbcClient sql, long now, Progress progress) {
            this.sql = sql;
            this.rows = new RecordedRows(sql);
            this.now = now;
            this.progress = progress;
        }

        LedgerProof all() {
            Head head = sql.sql("SELECT seq, hash FROM chain_head WHERE id = 1")
                    .query((row, number) -> new Head(row.getLong("seq"), row.getString("hash")))
                    .optional()
                    .orElse(null);
            // Without its head the chain is walked to where it ends.
            long last = head == null ? Long.MAX_VALUE : head.seq();
            anchored();
            long after = Long.MIN_VALUE;
            List<ChainEntry> page = entries(after, last);
            while (!page.isEmpty()) {
                compare(page);
                after = page.get(page.size() - 1).seq();
                progress.walked(entries, head == null ? entries : head.seq() - pruned.entries());
                page = entries(after, last);
            }
            end(head);
            unchained();
            Checked checked = new Checked(
                    entries,
                    decisions,
                    actions,
                    attempts,
                    head == null ? expected - 1 : head.seq(),
                    previous,
                    pruned,
                    erased);
            return total == 0
                    ? new LedgerProof.Whole(checked)
                    : new LedgerProof.Broken(checked, List.copyOf(findings), total);
        }

        private void anchored() {
            sql.sql("SELECT count(*) AS anchors, COALESCE(SUM(last_seq - first_seq + 1), 0) AS entries FROM anchor")
                    .query(row -> {
                        anchors = row.getLong("anchors");
                        pruned = new Pruned(0, row.getLong("entries"), null);
                    });
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
            Map<String, ErasureContent> erasures = rows.erasures(numbers(ids(page, RecordedContent.ERASED)));
            Map<String, PruningContent> prunings = rows.prunings(numbers(ids(page, RecordedContent.PRUNED)));
            Map<String, String> policies = PolicyRows.digests(sql, page);
            for (ChainEntry entry : page) {
                link(entry);
                if (entry.kind().equals(RecordedContent.DECISION)) {
                    decision(entry, decisionRows.get(entry.rowId()));
                } else if (entry.kind().equals(RecordedContent.ATTEMPT)) {
                    attempt(entry, attemptRows.get(entry.rowId()));
                } else if (entry.kind().equals(RecordedContent.PRUNED)) {
                    pruning(entry, prunings.get(entry.rowId()));
                } else if (entry.kind().equals(RecordedContent.ERASED)) {
                    erasure(entry, erasures.get(entry.rowId()));
                } else if (PolicyRows.KINDS.contains(entry.kind())) {
                    compare(
                            entry,
                            policies.get(entry.rowId()),
                            "its row is missing",
                            "the " + entry.kind() + " is not as it was recorded",
                            null);
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
                gap(expected, entry.seq() - 1, entry.previous());
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

        /**
         * What is missing was deleted, or an anchor stands in its place and fits what is on both sides of it.
         *
         * @param next what the entry behind the gap says of the one before it
         */
        private void gap(long from, long to, String next) {
            long place = from;
            String link = previous;
            boolean known = true;
            while (place <= to) {
                Standing standing = standing(place, to);
                Anchor anchor = standing == null ? null : standing.anchor();
                if (standing == null || anchor == null || anchor.first() > place) {
                    long until = anchor == null ? to : anchor.first() - 1;
                    deleted(place, until);
                    known = false;
                    place = until + 1;
                    continue;
                }
                anchorsInGaps++;
                boolean fits = (!known || anchor.previous().equals(link))
                        && (anchor.last() < to || anchor.hash().equals(next));
                if (!fits) {
                    found(
                            anchor.first(),
                            ANCHOR,
                            anchor.places(),
                            Problem.ALTERED,
                            "the anchor does not fit the entries beside it");
                } else if (known && latest > standing.cutoff() + ADRIFT) {
                    found(
                            anchor.first(),
                            ANCHOR,
                            anchor.places(),
                            Problem.DELETED,
                            "what stood there was younger than what retention may take away");
                }
                link = anchor.hash();
                known = true;
                place = anchor.last() + 1;
            }
        }

        /** @param cutoff what was taken away was older, by the word of the batch that made the anchor */
        private record Standing(Anchor anchor, long cutoff) {}

        /** The next anchor that lies between these places; absent if there is none. */
        private @Nullable Standing standing(long from, long to) {
            return sql.sql("""
                            SELECT a.first_seq, a.last_seq, a.previous, a.hash, p.cutoff
                            FROM anchor a JOIN pruning p ON p.id = a.pruning_id
                            WHERE a.first_seq BETWEEN ? AND ? AND a.last_seq <= ? ORDER BY a.first_seq LIMIT 1""")
                    .param(from)
                    .param(to)
                    .param(to)
                    .query((row, number) -> new Standing(Anchor.of(row, number), row.getLong("cutoff")))
                    .optional()
                    .orElse(null);
        }

        private void deleted(long from, long to) {
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
                gap(expected, head.seq(), head.hash());
            } else if (!head.hash().equals(previous)) {
                found(head.seq(), CHAIN, "head", Problem.ALTERED, "the head does not have the last entry's hash");
            }
        }

        private void decision(ChainEntry entry, @Nullable DecisionContent content) {
            decisions++;
            actions += content == null ? 0 : content.actions().size();
            latest = content == null ? latest : content.decidedAt();
            compare(
                    entry,
                    content == null ? null : content.digest(),
                    "its row or its signal's is missing",
                    "the decision, its signal or one of its actions is not as it was recorded",
                    content);
        }

        private void attempt(ChainEntry entry, @Nullable AttemptContent content) {
            attempts++;
            latest = content == null ? latest : content.at();
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
            } else if (!digest.equals(entry.digest()) && !rows.vouched(entry, digest)) {
                String suspects = suspect == null ? "" : RecordedContent.suspects(suspect);
                found(entry.seq(), entry.kind(), entry.rowId(), Problem.ALTERED, ifOther + suspects);
            }
        }

        private void erasure(ChainEntry entry, @Nullable ErasureContent content) {
            if (content == null) {
                found(entry.seq(), entry.kind(), entry.rowId(), Problem.DELETED, "its row is missing");
                return;
            }
            latest = content.at();
            erased = new Erased(
                    erased.erasures() + 1, erased.rows() + content.rows().size());
            if (!content.digest().equals(entry.digest())) {
                found(
                        entry.seq(),
                        entry.kind(),
                        entry.rowId(),
                        Problem.ALTERED,
                        "the record of what was erased is not as it was made");
            }
        }

        private void pruning(ChainEntry entry, @Nullable PruningContent content) {
            compare(
                    entry,
                    content == null ? null : content.digest(),
                    "its row is missing",
                    "the record of what was pruned is not as it was made",
                    null);
            if (content == null) {
                return;
            }
            latest = content.at();
            if (content.cutoff() > content.at() - LedgerProperties.SHORTEST.toMillis() + ADRIFT
                    || content.at() > now + ADRIFT) {
                found(
                        entry.seq(),
                        entry.kind(),
                        entry.rowId(),
                        Problem.INSERTED,
                        "no retention takes away what is as young as this says");
            }
            pruned = new Pruned(content.signalsInAll(), pruned.entries(), Instant.ofEpochMilli(content.at()));
            Set<String> made = new HashSet<>(List.of(content.anchors().split("\n", -1)));
            for (Anchor anchor : anchorsOf(content.id())) {
                anchorsInChain++;
                if (!made.contains(anchor.line())) {
                    found(anchor.first(), ANCHOR, anchor.places(), Problem.ALTERED, "the anchor is not as it was made");
                }
            }
        }

        private List<Anchor> anchorsOf(long pruningId) {
            return sql.sql("SELECT " + Anchor.COLUMNS + " FROM anchor WHERE pruning_id = ? ORDER BY first_seq")
                    .param(pruningId)
                    .query(Anchor::of)
                    .list();
        }

        /** An action's state is no part of the chain, since it changes; but it must be what an attempt made it. */
        private void states(List<String> signalIds) {
            rows.unproven(signalIds)
                    .keySet()
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

        /** What cannot be a number names no row, and is found to be missing. */
        private static List<Long> numbers(List<String> pruningIds) {
            return pruningIds.stream()
                    .map(id -> id.substring(id.indexOf('-') + 1))
                    .filter(number -> NUMBER.matcher(number).matches())
                    .map(Long::valueOf)
                    .toList();
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
                withoutEntry(RecordedContent.PRUNED, """
                        SELECT 'pruning-' || id AS id FROM pruning
                        EXCEPT SELECT row_id FROM chain WHERE kind = 'pruned'""");
                withoutEntry(RecordedContent.ERASED, """
                        SELECT 'erasure-' || id AS id FROM erasure
                        EXCEPT SELECT row_id FROM chain WHERE kind = 'erased'""");
                withoutEntry(PolicyRows.POLICY, """
                        SELECT 'policy-' || id AS id FROM policy_version
                        EXCEPT SELECT row_id FROM chain WHERE kind = 'policy'""");
                withoutEntry(PolicyRows.ACTIVATION, """
                        SELECT 'activation-' || number AS id FROM policy_activation
                        EXCEPT SELECT row_id FROM chain WHERE kind = 'activation'""");
            }
            if (anchorsInChain != anchors) {
                stray("""
                        NOT EXISTS (SELECT 1 FROM chain
                                    WHERE row_id = 'pruning-' || anchor.pruning_id AND kind = 'pruned')""", "no entry of the chain stands for it");
            }
            if (anchorsInGaps != anchors) {
                stray(
                        "EXISTS (SELECT 1 FROM chain WHERE seq BETWEEN anchor.first_seq AND anchor.last_seq)",
                        "entries stand where it says that they were taken away");
            }
        }

        private void stray(String condition, String detail) {
            sql.sql("SELECT " + Anchor.COLUMNS + " FROM anchor WHERE " + condition + " ORDER BY first_seq LIMIT "
                            + MOST_FINDINGS)
                    .query(Anchor::of)
                    .list()
                    .forEach(anchor -> found(anchor.first(), ANCHOR, anchor.places(), Problem.INSERTED, detail));
        }

        private boolean isAsManyRowsAsEntries() {
            return sql.sql("""
                            SELECT (SELECT count(*) FROM decision) + (SELECT count(*) FROM attempt)
                                     + (SELECT count(*) FROM pruning) + (SELECT count(*) FROM erasure)
                                     + (SELECT count(*) FROM policy_version)
                                     + (SELECT count(*) FROM policy_activation) AS in_rows,
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
