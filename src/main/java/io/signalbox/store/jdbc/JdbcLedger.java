package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Outcome;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.Backlog;
import io.signalbox.store.Ledger;
import io.signalbox.store.Page;
import io.signalbox.store.Redrive;
import io.signalbox.store.Redriven;
import io.signalbox.store.SignalQuery;
import io.signalbox.store.SignalRecord;
import io.signalbox.store.jdbc.RecordedContent.ActionContent;
import io.signalbox.store.jdbc.RecordedContent.AttemptContent;
import io.signalbox.store.jdbc.RecordedContent.DecisionContent;
import io.signalbox.store.jdbc.RecordedContent.SignalContent;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * {@link Ledger} in SQL that SQLite and PostgreSQL share. JSON is written by the callers' threads, so that the one
 * writer does nothing but talk to the database.
 */
final class JdbcLedger implements Ledger {

    private static final int MOST_DUE = 500;

    private final GroupCommit writer;
    private final Chain chain;
    private final StorageFailures failures;
    private final JdbcClient writes;
    private final JdbcOperations batches;
    private final LedgerReader reader;
    /** Sees what the unit at hand has written and not yet committed. */
    private final LedgerReader ownReader;

    private final Forgotten forgotten;
    private final PostureRows postures;
    private final PostureRows ownPostures;

    JdbcLedger(LedgerDatabase database, GroupCommit writer, Chain chain, StorageFailures failures) {
        this.writer = writer;
        this.chain = chain;
        this.failures = failures;
        this.batches = database.writesInBatches();
        this.writes = JdbcClient.create(batches);
        this.reader = new LedgerReader(database.reads());
        this.ownReader = new LedgerReader(writes);
        this.forgotten = new Forgotten(reader.sql());
        this.postures = new PostureRows(reader.sql());
        this.ownPostures = new PostureRows(writes);
    }

    @Override
    public List<ActionRecord> record(Signal signal, Decision asked) {
        Decision decision = failures.reading(() -> forgotten.heeded(signal, asked));
        SignalContent row = content(signal);
        String rules = Wire.write(decision.rules());
        List<ActionRow> actions = decision.actions().stream()
                .map(ActionRow::of)
                .sorted(Comparator.comparingInt(action -> action.action().ordinal()))
                .toList();
        List<PostureRows.Row> left = PostureRows.left(signal);
        DecisionContent content = content(row, decision, rules, actions);
        String digest = content.digest();
        return writer.write(() -> {
            boolean known = !insert(row, null, null);
            if (!insert(content)) {
                return ownReader.actionsOf(row.id()).stream()
                        .filter(JdbcLedger::toBeSent)
                        .toList();
            }
            if (known) {
                unpark(row.id());
            }
            insert(actions, decision.decidedAt());
            ownPostures.remember(left);
            // A signal that was parked is in the ledger as it came the first time.
            chain.note(
                    RecordedContent.DECISION,
                    row.id(),
                    known
                            ? content(ownReader.content(row.id()), decision, rules, actions)
                                    .digest()
                            : digest);
            return actions.stream()
                    .map(action -> action.decided(decision.decidedAt()))
                    .filter(JdbcLedger::toBeSent)
                    .toList();
        });
    }

    private static DecisionContent content(
            SignalContent signal, Decision decision, String rules, List<ActionRow> actions) {
        return new DecisionContent(
                signal,
                decision.policyVersion(),
                decision.decidedAt().toEpochMilli(),
                decision.severity().name(),
                rules,
                actions.stream().map(ActionRow::content).toList());
    }

    private static boolean toBeSent(ActionRecord action) {
        return action.action().target() != null && !action.state().ended();
    }

    private boolean insert(SignalContent row, @Nullable String parkedBecause, @Nullable Instant parkedAt) {
        return writes.sql("""
                        INSERT INTO signal (id, iss, jti, txn, subject_key, events, occurred_at, received_at, body,
                                            parked_because, parked_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING""")
                        .param(row.id())
                        .param(row.iss())
                        .param(row.jti())
                        .param(row.txn())
                        .param(row.subjectKey())
                        .param(row.events())
                        .param(row.occurredAt())
                        .param(row.receivedAt())
                        .param(row.body())
                        .param(parkedBecause)
                        .param(parkedAt == null ? null : parkedAt.toEpochMilli())
                        .update()
                == 1;
    }

    private boolean insert(DecisionContent decision) {
        return writes.sql("""
                        INSERT INTO decision (signal_id, policy_version, decided_at, severity, rules)
                        VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING""")
                        .param(decision.signal().id())
                        .param(decision.policyVersion())
                        .param(decision.decidedAt())
                        .param(decision.severity())
                        .param(decision.rules())
                        .update()
                == 1;
    }

    private void insert(List<ActionRow> rows, Instant decidedAt) {
        if (rows.isEmpty()) {
            return;
        }
        // In one go: over a network, each statement of its own would be a round trip.
        int[] ignored = batches.batchUpdate(
                """
                INSERT INTO action (id, signal_id, ordinal, kind, target, state, tries, attempts, updated_at, body)
                VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?, ?)""", rows.stream().map(row -> row.columns(decidedAt)).toList());
    }

    private void unpark(String signalId) {
        int ignored = writes.sql("UPDATE signal SET parked_because = NULL, parked_at = NULL WHERE id = ?")
                .param(signalId)
                .update();
    }

    @Override
    public Map<String, Posture> posture(Signal signal) {
        return failures.reading(() -> postures.before(signal));
    }

    @Override
    public Map<String, List<Posture.Known>> posture(String subjectKey) {
        return failures.reading(() -> postures.byIssuer(subjectKey));
    }

    @Override
    public void park(Signal signal, String cause, Instant at) {
        SignalContent row = content(signal);
        boolean ignored = writer.write(() -> insert(row, storable(cause), at) || parkAgain(row.id(), cause, at));
    }

    private boolean parkAgain(String signalId, String cause, Instant at) {
        return writes.sql("""
                        UPDATE signal SET parked_because = ?, parked_at = ?
                        WHERE id = ? AND NOT EXISTS (SELECT 1 FROM decision WHERE signal_id = signal.id)""")
                        .param(storable(cause))
                        .param(at.toEpochMilli())
                        .param(signalId)
                        .update()
                == 1;
    }

    @Override
    public void attempted(
            String actionId, Outcome outcome, ActionState state, Instant at, @Nullable Instant nextAttemptAt) {
        Long next = state == ActionState.RETRYING && nextAttemptAt != null ? nextAttemptAt.toEpochMilli() : null;
        ActionRecord.Attempt attempt = new ActionRecord.Attempt(
                Instant.ofEpochMilli(at.toEpochMilli()), outcome.word(), storable(outcome.detail()));
        boolean ignored = writer.write(() -> {
            Integer number = advance(actionId, state, attempt, next);
            if (number == null) {
                if (ownReader.action(actionId).isEmpty()) {
                    throw new IllegalArgumentException("The ledger holds no action " + actionId);
                }
                // The caller did not hear that its write was committed, and repeats it.
                return false;
            }
            append(new AttemptContent(
                    actionId, number, attempt.at().toEpochMilli(), attempt.outcome(), attempt.detail()));
            return true;
        });
    }

    @Override
    public boolean settled(String actionId, int number, Outcome outcome, ActionState state, Instant at) {
        long end = at.toEpochMilli();
        String detail = storable(outcome.detail());
        return writer.write(() -> {
            Optional<Integer> made = writes.sql("""
                            UPDATE action SET attempts = attempts + 1, tries = tries + 1, next_attempt_at = NULL,
                                              updated_at = ?, state = ?
                            WHERE id = ? AND attempts <= ? AND state IN ('waiting', 'retrying')
                            RETURNING attempts""")
                    .param(end)
                    .param(state.word())
                    .param(actionId)
                    .param(number)
                    .query(Integer.class)
                    .optional();
            made.ifPresent(n -> append(new AttemptContent(actionId, n, end, outcome.word(), detail)));
            return made.isPresent();
        });
    }

    /**
     * What ended has ended: a second copy of a message may add its attempt, but brings nothing back to life.
     *
     * @return the number of this attempt; absent if it is the last one that was recorded, or there is no such action
     */
    private @Nullable Integer advance(
            String actionId, ActionState state, ActionRecord.Attempt attempt, @Nullable Long nextAttemptAt) {
        return writes.sql("""
                        UPDATE action SET
                          attempts = attempts + 1,
                          tries = CASE WHEN state IN ('waiting', 'retrying') THEN tries + 1 ELSE tries END,
                          next_attempt_at = CASE WHEN state IN ('waiting', 'retrying') THEN ? ELSE next_attempt_at END,
                          updated_at = CASE WHEN state IN ('waiting', 'retrying') THEN ? ELSE updated_at END,
                          state = CASE WHEN state IN ('waiting', 'retrying') THEN ? ELSE state END
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
                .optional()
                .orElse(null);
    }

    private void append(AttemptContent attempt) {
        int inserted = writes.sql("INSERT INTO attempt (action_id, n, at, outcome, detail) VALUES (?, ?, ?, ?, ?)")
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

    @Override
    public Optional<ActionRecord> redrive(String actionId, Instant at) {
        return writer.write(() -> {
            int moved = writes.sql("""
                            UPDATE action SET state = 'retrying', tries = 0, next_attempt_at = ?, updated_at = ?
                            WHERE id = ? AND state IN ('not-found', 'refused', 'dead')""")
                    .param(at.toEpochMilli())
                    .param(at.toEpochMilli())
                    .param(actionId)
                    .update();
            return moved == 0 ? Optional.empty() : ownReader.action(actionId);
        });
    }

    @Override
    public Optional<ActionRecord> action(String actionId) {
        return failures.reading(() -> reader.action(actionId));
    }

    @Override
    public Page<ActionRecord> actions(ActionState state, @Nullable String after, int limit) {
        return failures.reading(() -> reader.actions(state, Cursor.read(after), limit));
    }

    @Override
    public Optional<SignalRecord> signal(String signalId) {
        return failures.reading(() -> reader.signal(signalId));
    }

    @Override
    public Page<SignalRecord> signals(SignalQuery query) {
        return failures.reading(() -> reader.signals(query));
    }

    @Override
    public List<ActionRecord> due(String target, Instant now, Instant leaseUntil, int limit) {
        // Asked every second or so, and mostly nothing is due: that costs no write.
        if (failures.reading(() -> dueIn(reader.sql(), target, now, 1)).isEmpty()) {
            return List.of();
        }
        return writer.write(() -> {
            List<String> taken = new ArrayList<>();
            for (String id : dueIn(writes, target, now, Math.min(limit, MOST_DUE))) {
                // Asked again under the row's lock: another node may have taken it since.
                int moved = writes.sql("""
                                UPDATE action SET next_attempt_at = ?
                                WHERE id = ? AND state = 'retrying' AND next_attempt_at <= ?""")
                        .param(leaseUntil.toEpochMilli())
                        .param(id)
                        .param(now.toEpochMilli())
                        .update();
                if (moved == 1) {
                    taken.add(id);
                }
            }
            return ownReader.actions(taken);
        });
    }

    /** The state is not asked for: with it, SQLite would take the index by state and sort all that are retrying. */
    private static List<String> dueIn(JdbcClient sql, String target, Instant now, int limit) {
        return sql.sql("""
                        SELECT id FROM action WHERE target = ? AND next_attempt_at <= ?
                        ORDER BY next_attempt_at, id LIMIT ?""")
                .param(target)
                .param(now.toEpochMilli())
                .param(limit)
                .query(String.class)
                .list();
    }

    @Override
    public List<String> redrive(Collection<String> actionIds, Instant at) {
        if (actionIds.isEmpty()) {
            return List.of();
        }
        return writer.write(() -> actionIds.stream()
                .distinct()
                .filter(id -> putBack(id, at.toEpochMilli()))
                .toList());
    }

    @Override
    public Redriven redrive(Redrive selection, Instant at) {
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
        return writer.write(() -> {
            List<String> found = writes.sql(query.toString())
                    .params(parameters)
                    .query(String.class)
                    .list();
            int moved = 0;
            for (String id : found.subList(0, Math.min(found.size(), selection.limit()))) {
                moved += putBack(id, at.toEpochMilli()) ? 1 : 0;
            }
            return new Redriven(moved, moved > 0 && found.size() > selection.limit());
        });
    }

    private boolean putBack(String actionId, long at) {
        return writes.sql("""
                        UPDATE action SET state = 'retrying', tries = 0, next_attempt_at = ?, updated_at = ?
                        WHERE id = ? AND state IN ('not-found', 'refused', 'dead')""").param(at).param(at).param(actionId).update() == 1;
    }

    @Override
    public Optional<ActionRecord> discard(String actionId, String reason, Instant at) {
        ActionRecord.Attempt end = new ActionRecord.Attempt(
                Instant.ofEpochMilli(at.toEpochMilli()), ActionState.DISCARDED.word(), storable(reason));
        return writer.write(() -> {
            Optional<Integer> number = writes.sql("""
                            UPDATE action SET state = 'discarded', attempts = attempts + 1, next_attempt_at = NULL,
                                              updated_at = ?
                            WHERE id = ? AND state IN ('waiting', 'retrying', 'not-found', 'refused', 'dead', 'unassigned')
                            RETURNING attempts""")
                    .param(end.at().toEpochMilli())
                    .param(actionId)
                    .query(Integer.class)
                    .optional();
            if (number.isEmpty()) {
                return Optional.empty();
            }
            append(new AttemptContent(actionId, number.get(), end.at().toEpochMilli(), end.outcome(), end.detail()));
            return ownReader.action(actionId);
        });
    }

    @Override
    public List<Backlog> backlog() {
        // Word for word the condition of the index action_backlog, or SQLite would walk the whole table.
        return failures.reading(() -> reader.sql()
                .sql("""
                        SELECT target, state, count(*) AS actions, min(updated_at) AS since FROM action
                        WHERE state IN ('waiting', 'retrying', 'dead') AND target IS NOT NULL
                        GROUP BY target, state ORDER BY target, state""")
                .query((row, number) -> new Backlog(
                        row.getString("target"),
                        ActionState.ofWord(row.getString("state")).orElseThrow(),
                        row.getLong("actions"),
                        Instant.ofEpochMilli(row.getLong("since"))))
                .list());
    }

    /** What a target answered can hold anything; PostgreSQL takes every character but this one. */
    private static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }

    private static SignalContent content(Signal signal) {
        VerifiedSet set = signal.set();
        return new SignalContent(
                set.id(),
                set.iss(),
                set.jti(),
                set.txn(),
                set.subject() == null ? null : set.subject().key(),
                signal.events().stream().map(event -> event.payload().alias()).collect(Collectors.joining(",")),
                signal.events().stream()
                        .map(SecurityEvent::occurredAt)
                        .findFirst()
                        .orElse(set.iat())
                        .toEpochMilli(),
                set.receivedAt().toEpochMilli(),
                SignalBody.write(signal));
    }

    private record ActionRow(Action action, String body) {

        static ActionRow of(Action action) {
            return new ActionRow(action, Wire.write(action));
        }

        /** Without a target there is nothing to wait for. */
        ActionState state() {
            return action.target() == null ? ActionState.UNASSIGNED : ActionState.WAITING;
        }

        ActionContent content() {
            return new ActionContent(action.id(), action.ordinal(), action.kind(), action.target(), body);
        }

        @Nullable
        Object[] columns(Instant decidedAt) {
            return new @Nullable Object[] {
                action.id(),
                action.signalId(),
                action.ordinal(),
                action.kind(),
                action.target(),
                state().word(),
                decidedAt.toEpochMilli(),
                body
            };
        }

        ActionRecord decided(Instant at) {
            return new ActionRecord(action, state(), 0, null, at, List.of());
        }
    }
}
