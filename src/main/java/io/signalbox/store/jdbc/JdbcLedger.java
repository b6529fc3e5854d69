package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Hindrance;
import io.signalbox.action.Inverse;
import io.signalbox.action.Outcome;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.Backlog;
import io.signalbox.store.GuardBook;
import io.signalbox.store.Ledger;
import io.signalbox.store.OutboundSet;
import io.signalbox.store.Page;
import io.signalbox.store.Precautions;
import io.signalbox.store.Redrive;
import io.signalbox.store.Redriven;
import io.signalbox.store.Relay;
import io.signalbox.store.SignalQuery;
import io.signalbox.store.SignalRecord;
import io.signalbox.store.Stop;
import io.signalbox.store.jdbc.RecordedContent.DecisionContent;
import io.signalbox.store.jdbc.RecordedContent.SignalContent;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
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
    private final ContainmentRows containments;
    private final GuardRows guard;
    private final Rulings rulings;
    private final AddedNotices notices;
    private final StopSwitch stopSwitch;
    private final LedgerReader reader;
    /** Sees what the unit at hand has written and not yet committed. */
    private final LedgerReader ownReader;

    private final OutboundRows outbound;
    private final Supplier<@Nullable Relay> relay;
    private final Forgotten forgotten;
    private final PostureRows postures;
    private final PostureRows ownPostures;
    private final SessionEnds sessionEnds;

    /** One that sends nothing on. */
    JdbcLedger(LedgerDatabase database, GroupCommit writer, Chain chain, StorageFailures failures) {
        this(database, writer, chain, failures, new OutboundRows(database), () -> null);
    }

    /** @param relay asked for at each decision that sends something on; null if nothing is sent on here */
    JdbcLedger(
            LedgerDatabase database,
            GroupCommit writer,
            Chain chain,
            StorageFailures failures,
            OutboundRows outbound,
            Supplier<@Nullable Relay> relay) {
        this.outbound = outbound;
        this.relay = relay;
        this.writer = writer;
        this.chain = chain;
        this.failures = failures;
        this.batches = database.writesInBatches();
        this.writes = JdbcClient.create(batches);
        this.reader = new LedgerReader(database.reads());
        this.ownReader = new LedgerReader(writes);
        this.actionRows = new ActionRows(writes, chain);
        this.containments = new ContainmentRows(writes, actionRows);
        this.guard = new GuardRows(writes, containments);
        this.rulings = new Rulings(guard, containments, actionRows);
        this.notices = new AddedNotices(writes, actionRows);
        this.stopSwitch = new StopSwitch(reader.sql(), failures);
        this.forgotten = new Forgotten(reader.sql());
        this.postures = new PostureRows(reader.sql());
        this.ownPostures = new PostureRows(writes);
        this.sessionEnds = new SessionEnds(writes, ownReader);
    }

    @Override
    public List<ActionRecord> record(Signal signal, Decision asked) {
        return record(signal, asked, Precautions.NONE);
    }

    @Override
    public List<ActionRecord> record(Signal signal, Decision asked, Precautions precautions) {
        Decision decision = failures.reading(() -> forgotten.heeded(signal, asked));
        SignalContent row = content(signal);
        Written whole = written(row, decision);
        List<PostureRows.Row> left = PostureRows.left(signal);
        SessionEnd end = SessionEnd.of(signal);
        Set<String> mentions = Mentions.besides(signal, row.subjectKey());
        // Made before the writer's turn, as all that is written is.
        Relay sendsOn = relay.get();
        List<OutboundSet> relayed =
                sendsOn != null && decision.actions().stream().anyMatch(JdbcLedger::isRelayed)
                        ? sendsOn.of(signal, decision, this::posture)
                        : List.of();
        Stop stop = decision.actions().isEmpty() ? Stop.NOT_THROWN : stopSwitch.read();
        List<Precautions.Ruled> heard = new ArrayList<>();
        List<OutboundSet> sent = new ArrayList<>();
        List<ActionRecord> toSend = writer.write(() -> {
            heard.clear();
            sent.clear();
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
            List<DecidedAction> ruled = rulings.on(
                    signal,
                    decision,
                    kept.actions(),
                    precautions,
                    stop.thrown() ? StopSwitch.read(writes) : stop,
                    heard);
            insert(ruled, decidedAt);
            mention(row.id(), mentions);
            ownPostures.remember(left);
            // What was folded into an earlier end of the same session was told with that.
            if (kept.decision().actions().stream().anyMatch(JdbcLedger::isRelayed)) {
                sent.addAll(outbound.insert(relayed));
            }
            // A signal that was parked is in the ledger as it came the first time; what tells of a held action was
            // added.
            boolean asMade = !known && ruled.size() == kept.actions().size();
            chain.note(
                    RecordedContent.DECISION,
                    row.id(),
                    asMade
                            ? kept.digest()
                            : written(known ? ownReader.content(row.id()) : row, kept.decision(), ruled)
                                    .digest());
            rulings.keep(ruled, precautions, decidedAt);
            return ruled.stream()
                    .map(action -> action.decided(decidedAt))
                    .filter(JdbcLedger::toBeSent)
                    .toList();
        });
        outbound.tell(sent);
        precautions.ears().heard(List.copyOf(heard));
        return toSend;
    }

    /** What is in shadow is recorded only. */
    private static boolean isRelayed(Action action) {
        return action.kind().equals(Relay.KIND) && !action.shadow();
    }

    private Written folded(SignalContent row, SessionEnd end, Written whole) {
        Decision folded = sessionEnds.folded(end, whole.decision());
        return folded.equals(whole.decision()) ? whole : written(row, folded);
    }

    /** A decision as it is written; made where nobody else waits for it. */
    private record Written(Decision decision, List<DecidedAction> actions, DecisionContent content, String digest) {}

    private Written written(SignalContent row, Decision decision) {
        boolean sendsOn = relay.get() != null;
        List<DecidedAction> actions = decision.actions().stream()
                .map(action -> DecidedAction.of(action, sendsOn && isRelayed(action)))
                .sorted(Comparator.comparingInt(action -> action.action().ordinal()))
                .toList();
        return written(row, decision, actions);
    }

    private static Written written(SignalContent row, Decision decision, List<DecidedAction> actions) {
        DecisionContent content = new DecisionContent(
                row,
                decision.policyVersion(),
                decision.decidedAt().toEpochMilli(),
                decision.severity().name(),
                Wire.write(decision.rules()),
                actions.stream().map(DecidedAction::content).toList(),
                decision.grounds().isEmpty() ? null : Wire.write(decision.grounds()));
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
        return action.action().target() != null && action.state().underWay();
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
                        INSERT INTO decision (signal_id, policy_version, decided_at, severity, rules, facts)
                        VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING""")
                        .param(decision.signal().id())
                        .param(decision.policyVersion())
                        .param(decision.decidedAt())
                        .param(decision.severity())
                        .param(decision.rules())
                        .param(decision.facts())
                        .update()
                == 1;
    }

    private void insert(List<DecidedAction> rows, Instant decidedAt) {
        if (rows.isEmpty()) {
            return;
        }
        // In one go: over a network, each statement of its own would be a round trip.
        int[] ignored = batches.batchUpdate(
                """
                INSERT INTO action (id, signal_id, ordinal, kind, target, state, tries, attempts, updated_at, body)
                VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?)""", rows.stream().map(row -> row.columns(decidedAt)).toList());
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
    public List<Signal> recent(String subjectKey, Instant from, Instant to, String beforeId) {
        return failures.reading(() -> reader.recent(subjectKey, from, to, beforeId));
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
        Long next = !state.ended() && nextAttemptAt != null ? nextAttemptAt.toEpochMilli() : null;
        ActionRecord.Attempt attempt = attempt(outcome, state, at);
        List<OutboundSet> tellsOf = told(actionId, state, at);
        List<OutboundSet> sent = new ArrayList<>();
        boolean ignored = writer.write(() -> {
            sent.clear();
            if (actionRows.attempted(actionId, state, attempt, next)) {
                ownReader.action(actionId).ifPresent(now -> {
                    contained(now, outcome, state, attempt.at());
                    if (now.state() == state) {
                        sent.addAll(outbound.insert(tellsOf));
                    }
                });
                return true;
            }
            if (ownReader.action(actionId).isEmpty()) {
                throw new IllegalArgumentException("The ledger holds no action " + actionId);
            }
            // The caller did not hear that its write was committed, and repeats it.
            return false;
        });
        outbound.tell(sent);
    }

    /** Made before the writer's turn. What a receiver is told twice, the outbox knows by its name. */
    private List<OutboundSet> told(String actionId, ActionState state, Instant at) {
        Relay tells = relay.get();
        if (tells == null || !tells.tellsOf(state)) {
            return List.of();
        }
        return action(actionId)
                .map(ActionRecord::action)
                .flatMap(action -> signal(action.signalId())
                        .map(cause -> tells.of(action, cause.signal(), state, at, this::posture)))
                .orElse(List.of());
    }

    @Override
    public boolean settled(String actionId, int number, Outcome outcome, ActionState state, Instant at) {
        ActionRecord.Attempt last = attempt(outcome, state, at);
        List<OutboundSet> tellsOf = told(actionId, state, at);
        List<OutboundSet> sent = new ArrayList<>();
        boolean settled = writer.write(() -> {
            sent.clear();
            Optional<String> kind = actionRows.settled(actionId, number, state, last);
            if (kind.isPresent()) {
                sent.addAll(outbound.insert(tellsOf));
            }
            kind.filter(ContainmentPlaces::concerns)
                    .flatMap(contained -> ownReader.action(actionId))
                    .ifPresent(now -> contained(now, outcome, state, last.at()));
            return kind.isPresent();
        });
        outbound.tell(sent);
        return settled;
    }

    @Override
    public boolean suppressed(
            String actionId, int number, Outcome.Suppressed outcome, Collection<String> tell, Instant at) {
        ActionRecord.Attempt last = attempt(outcome, ActionState.SUPPRESSED, at);
        return writer.write(() -> {
            boolean ended = actionRows
                    .settled(actionId, number, ActionState.SUPPRESSED, last)
                    .isPresent();
            if (ended) {
                ActionRecord now = ownReader.action(actionId).orElseThrow();
                contained(now, outcome, ActionState.SUPPRESSED, last.at());
                notices.tell(HeldNotice.ofUntouched(now.action(), outcome.detail(), tell), last.at());
            }
            return ended;
        });
    }

    @Override
    public void located(Action action, String identity, Instant at) {
        if (Inverse.isUndo(action) || !ContainmentPlaces.concerns(action.kind())) {
            return;
        }
        Instant millis = Instant.ofEpochMilli(at.toEpochMilli());
        boolean ignored = writer.write(() -> containments.located(action, identity, millis));
    }

    /** What takes an action back has an end of its own: the words of the two must not be taken for one another. */
    private static ActionRecord.Attempt attempt(Outcome outcome, ActionState state, Instant at) {
        String word = state == ActionState.UNDONE || state == ActionState.UNDO_FAILED ? state.word() : outcome.word();
        return new ActionRecord.Attempt(Instant.ofEpochMilli(at.toEpochMilli()), word, storable(outcome.detail()));
    }

    /** @param told the state that the attempt led to by its caller's word; the action may have ended before it */
    private void contained(ActionRecord now, Outcome outcome, ActionState told, Instant at) {
        if (!ContainmentPlaces.concerns(now.action().kind())) {
            return;
        }
        if (told == ActionState.DISCARDED && outcome instanceof Outcome.Done) {
            containments.doneLate(now.action(), at);
        } else if (told == ActionState.UNDONE || told == now.state()) {
            boolean heard =
                    now.attempts().stream().noneMatch(each -> each.outcome().equals(Outcome.NoAnswer.WORD));
            containments.attempted(now.action(), told, heard, at);
        }
    }

    @Override
    public boolean heldBack(ActionRecord action, Instant at) {
        Stop stop = stopSwitch.read();
        if (!stop.thrown()) {
            return false;
        }
        Instant millis = Instant.ofEpochMilli(at.toEpochMilli());
        String id = action.action().id();
        return writer.write(() -> {
            if (!StopSwitch.read(writes).thrown()) {
                // Let go since this node last looked.
                return false;
            }
            boolean held = actionRows.move(
                    id,
                    EnumSet.of(ActionState.WAITING, ActionState.RETRYING),
                    ActionState.HELD,
                    null,
                    new ActionRecord.Attempt(
                            millis,
                            ActionState.HELD.word(),
                            Hindrance.STOP.word() + ": the stop switch was thrown before it was done"));
            if (held) {
                guard.ask(id, Hindrance.STOP, null, millis);
            } else {
                // What is being taken back is owed to somebody: it goes on by itself once all goes on.
                actionRows.postpone(id, millis.plus(GuardBook.STOP_REACHES_ALL));
            }
            return true;
        });
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
        return writer.write(() -> {
            if (!actionRows.discarded(actionId, end)) {
                return Optional.empty();
            }
            boolean ignored = guard.answered(actionId);
            containments.end(actionId, end.at());
            return ownReader.action(actionId);
        });
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
}
