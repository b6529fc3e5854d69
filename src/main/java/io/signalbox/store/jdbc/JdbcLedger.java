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
import io.signalbox.store.jdbc.RecordedContent.DecisionContent;
import io.signalbox.store.jdbc.RecordedContent.SignalContent;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private final ActionRows actionRows;
    private final LedgerReader reader;
    /** Sees what the unit at hand has written and not yet committed. */
    private final LedgerReader ownReader;

    private final Forgotten forgotten;
    private final PostureRows postures;
    private final PostureRows ownPostures;
    private final SessionEnds sessionEnds;

    JdbcLedger(LedgerDatabase database, GroupCommit writer, Chain chain, StorageFailures failures) {
        this.writer = writer;
        this.chain = chain;
        this.failures = failures;
        this.batches = database.writesInBatches();
        this.writes = JdbcClient.create(batches);
        this.reader = new LedgerReader(database.reads());
        this.ownReader = new LedgerReader(writes);
        this.actionRows = new ActionRows(writes, chain);
        this.forgotten = new Forgotten(reader.sql());
        this.postures = new PostureRows(reader.sql());
        this.ownPostures = new PostureRows(writes);
        this.sessionEnds = new SessionEnds(writes, ownReader);
    }

    @Override
    public List<ActionRecord> record(Signal signal, Decision asked) {
        Decision decision = failures.reading(() -> forgotten.heeded(signal, asked));
        SignalContent row = content(signal);
        Written whole = written(row, decision);
        List<PostureRows.Row> left = PostureRows.left(signal);
        SessionEnd end = SessionEnd.of(signal);
        Set<String> mentions = Mentions.besides(signal, row.subjectKey());
        return writer.write(() -> {
            boolean known = !insert(row, null, null);
            if (known && isUnderAnotherName(row)) {
                // The same issuer and jti, signed at another time: what was decided of the first one counts.
                if (!forgetParked(row)) {
                    return List.of();
                }
                known = !insert(row, null, null);
            }
            Written kept = end == null ? whole : folded(row, end, whole);
            if (!insert(kept.content())) {
                return ownReader.actionsOf(row.id()).stream()
                        .filter(JdbcLedger::toBeSent)
                        .toList();
            }
            if (known) {
                unpark(row.id());
            }
            Instant decidedAt = decision.decidedAt();
            insert(kept.actions(), decidedAt);
            mention(row.id(), mentions);
            ownPostures.remember(left);
            // A signal that was parked is in the ledger as it came the first time.
            chain.note(
                    RecordedContent.DECISION,
                    row.id(),
                    known
                            ? written(ownReader.content(row.id()), kept.decision())
                                    .digest()
                            : kept.digest());
            return kept.actions().stream()
                    .map(action -> action.decided(decidedAt))
                    .filter(JdbcLedger::toBeSent)
                    .toList();
        });
    }

    private Written folded(SignalContent row, SessionEnd end, Written whole) {
        Decision folded = sessionEnds.folded(end, whole.decision());
        return folded.equals(whole.decision()) ? whole : written(row, folded);
    }

    /** A decision as it is written; made where nobody else waits for it. */
    private record Written(Decision decision, List<ActionRow> actions, DecisionContent content, String digest) {}

    private static Written written(SignalContent row, Decision decision) {
        List<ActionRow> actions = decision.actions().stream()
                .map(ActionRow::of)
                .sorted(Comparator.comparingInt(action -> action.action().ordinal()))
                .toList();
        DecisionContent content = new DecisionContent(
                row,
                decision.policyVersion(),
                decision.decidedAt().toEpochMilli(),
                decision.severity().name(),
                Wire.write(decision.rules()),
                actions.stream().map(ActionRow::content).toList());
        return new Written(decision, actions, content, content.digest());
    }

    private boolean isUnderAnotherName(SignalContent row) {
        return writes.sql("SELECT id FROM signal WHERE jti = ? AND iss = ?")
                .param(row.jti())
                .param(row.iss())
                .query(String.class)
                .optional()
                .filter(id -> !id.equals(row.id()))
                .isPresent();
    }

    /** @return whether there was one that nothing had been decided of, and that gave way */
    private boolean forgetParked(SignalContent row) {
        return writes.sql("""
                        DELETE FROM signal
                        WHERE jti = ? AND iss = ? AND NOT EXISTS (SELECT 1 FROM decision WHERE signal_id = signal.id)""").param(row.jti()).param(row.iss()).update() == 1;
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

    /** Mostly nobody: then it costs nothing. */
    private void mention(String signalId, Set<String> subjectKeys) {
        for (String key : subjectKeys) {
            int ignored = writes.sql(
                            "INSERT INTO mention (subject_key, signal_id) VALUES (?, ?) ON CONFLICT DO NOTHING")
                    .param(key)
                    .param(signalId)
                    .update();
        }
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
        Set<String> mentions = Mentions.besides(signal, row.subjectKey());
        boolean ignored = writer.write(() -> {
            boolean parked = insert(row, storable(cause), at) || parkAgain(row.id(), cause, at);
            if (parked) {
                mention(row.id(), mentions);
            }
            return parked;
        });
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
            if (actionRows.attempted(actionId, state, attempt, next)) {
                return true;
            }
            if (ownReader.action(actionId).isEmpty()) {
                throw new IllegalArgumentException("The ledger holds no action " + actionId);
            }
            // The caller did not hear that its write was committed, and repeats it.
            return false;
        });
    }

    @Override
    public boolean settled(String actionId, int number, Outcome outcome, ActionState state, Instant at) {
        ActionRecord.Attempt last = new ActionRecord.Attempt(
                Instant.ofEpochMilli(at.toEpochMilli()), outcome.word(), storable(outcome.detail()));
        return writer.write(() -> actionRows.settled(actionId, number, state, last));
    }

    @Override
    public Optional<ActionRecord> redrive(String actionId, Instant at) {
        return writer.write(() -> actionRows.putBack(actionId, at) ? ownReader.action(actionId) : Optional.empty());
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
        if (failures.reading(() -> ActionRows.due(reader.sql(), target, now, 1)).isEmpty()) {
            return List.of();
        }
        return writer.write(
                () -> ownReader.actions(actionRows.lend(target, now, leaseUntil, Math.min(limit, MOST_DUE))));
    }

    @Override
    public List<String> redrive(Collection<String> actionIds, Instant at) {
        if (actionIds.isEmpty()) {
            return List.of();
        }
        return writer.write(() -> actionIds.stream()
                .distinct()
                .filter(id -> actionRows.putBack(id, at))
                .toList());
    }

    @Override
    public Redriven redrive(Redrive selection, Instant at) {
        return writer.write(() -> actionRows.putBack(selection, at));
    }

    @Override
    public Optional<ActionRecord> discard(String actionId, String reason, Instant at) {
        ActionRecord.Attempt end = new ActionRecord.Attempt(
                Instant.ofEpochMilli(at.toEpochMilli()), ActionState.DISCARDED.word(), storable(reason));
        return writer.write(() -> actionRows.discarded(actionId, end) ? ownReader.action(actionId) : Optional.empty());
    }

    @Override
    public List<Backlog> backlog() {
        return failures.reading(reader::backlog);
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
