package io.signalbox.testing;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Outcome;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.Backlog;
import io.signalbox.store.Ledger;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.Page;
import io.signalbox.store.Precautions;
import io.signalbox.store.Redrive;
import io.signalbox.store.Redriven;
import io.signalbox.store.SignalQuery;
import io.signalbox.store.SignalRecord;
import io.signalbox.store.Unmatched;
import io.signalbox.store.UnmatchedBook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The part of a ledger that attempts need, for tests of the attempts themselves; it can be made to fail. */
public final class InMemoryLedger implements Ledger, UnmatchedBook {

    private final Map<String, ActionRecord> actions = new LinkedHashMap<>();
    private final Map<String, Instant> lentUntil = new LinkedHashMap<>();
    private int failures;

    /** An action as decided and not yet tried. */
    public synchronized ActionRecord add(Action action) {
        ActionRecord record = new ActionRecord(action, ActionState.WAITING, 0, null, Instant.EPOCH, List.of());
        actions.put(action.id(), record);
        return record;
    }

    /** The next calls fail, this many. */
    public synchronized void failNext(int calls) {
        failures = calls;
    }

    public synchronized ActionRecord get(Action action) {
        return Objects.requireNonNull(actions.get(action.id()));
    }

    @Override
    public Map<String, Posture> posture(Signal signal) {
        return Map.of();
    }

    @Override
    public Map<String, List<Posture.Known>> posture(String subjectKey) {
        return Map.of();
    }

    @Override
    public List<Signal> recent(String subjectKey, Instant from, Instant to, String beforeId) {
        return List.of();
    }

    @Override
    public synchronized void attempted(
            String actionId, Outcome outcome, ActionState state, Instant at, @Nullable Instant nextAttemptAt) {
        maybeFail();
        ActionRecord before = Objects.requireNonNull(actions.get(actionId));
        List<ActionRecord.Attempt> attempts = new ArrayList<>(before.attempts());
        attempts.add(new ActionRecord.Attempt(at, outcome.word(), outcome.detail()));
        lentUntil.remove(actionId);
        ActionState after = before.state() == ActionState.DISCARDED ? before.state() : state;
        actions.put(
                actionId,
                new ActionRecord(before.action(), after, before.tries() + 1, nextAttemptAt, at, List.copyOf(attempts)));
    }

    @Override
    public synchronized boolean settled(String actionId, int number, Outcome outcome, ActionState state, Instant at) {
        maybeFail();
        ActionRecord before = actions.get(actionId);
        if (before == null || before.state().ended() || before.attempts().size() > number) {
            return false;
        }
        attempted(actionId, outcome, state, at, null);
        return true;
    }

    @Override
    public synchronized Optional<ActionRecord> redrive(String actionId, Instant at) {
        maybeFail();
        return action(actionId).filter(found -> found.state().redrivable()).map(found -> {
            ActionRecord again = new ActionRecord(found.action(), ActionState.RETRYING, 0, at, at, found.attempts());
            actions.put(actionId, again);
            return again;
        });
    }

    @Override
    public synchronized Optional<ActionRecord> action(String actionId) {
        maybeFail();
        return Optional.ofNullable(actions.get(actionId));
    }

    private void maybeFail() {
        if (failures > 0) {
            failures--;
            throw new LedgerUnavailableException("made to fail", new IllegalStateException());
        }
    }

    @Override
    public List<ActionRecord> record(Signal signal, Decision decision) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ActionRecord> record(Signal signal, Decision decision, Precautions precautions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void park(Signal signal, String cause, Instant at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Page<ActionRecord> actions(ActionState state, @Nullable String after, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<SignalRecord> signal(String signalId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Page<SignalRecord> signals(SignalQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized List<ActionRecord> due(String target, Instant now, Instant leaseUntil, int limit) {
        maybeFail();
        List<ActionRecord> due = actions.values().stream()
                .filter(record -> target.equals(record.action().target()) && isDue(record, now))
                .sorted(Comparator.comparing(record -> Objects.requireNonNull(record.nextAttemptAt())))
                .limit(limit)
                .toList();
        due.forEach(record -> lentUntil.put(record.action().id(), leaseUntil));
        return due;
    }

    private boolean isDue(ActionRecord record, Instant now) {
        Instant next = record.nextAttemptAt();
        return next != null
                && !next.isAfter(now)
                && !lentUntil.getOrDefault(record.action().id(), Instant.MIN).isAfter(now);
    }

    @Override
    public List<String> redrive(Collection<String> actionIds, Instant at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Redriven redrive(Redrive selection, Instant at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized Optional<ActionRecord> discard(String actionId, String reason, Instant at) {
        return action(actionId).map(found -> {
            List<ActionRecord.Attempt> attempts = new ArrayList<>(found.attempts());
            attempts.add(new ActionRecord.Attempt(at, "discarded", reason));
            ActionRecord ended = new ActionRecord(
                    found.action(), ActionState.DISCARDED, found.tries(), null, at, List.copyOf(attempts));
            actions.put(actionId, ended);
            return ended;
        });
    }

    @Override
    public synchronized List<Backlog> backlog() {
        maybeFail();
        return actions.values().stream()
                .filter(record ->
                        record.state() == ActionState.DEAD || !record.state().ended())
                .collect(Collectors.groupingBy(
                        record -> List.of(String.valueOf(record.action().target()), record.state())))
                .values()
                .stream()
                .map(group -> new Backlog(
                        String.valueOf(group.get(0).action().target()),
                        group.get(0).state(),
                        group.size(),
                        group.stream()
                                .map(ActionRecord::updatedAt)
                                .min(Comparator.naturalOrder())
                                .orElseThrow()))
                .toList();
    }

    @Override
    public Page<Unmatched> page(@Nullable String after, int limit) {
        throw new UnsupportedOperationException();
    }

    /** Of actions that matched nobody; the other method of this name tells of those that wait. */
    private synchronized List<ActionRecord> unmatched(@Nullable String target) {
        return actions.values().stream()
                .filter(record -> record.state() == ActionState.UNMATCHED)
                .filter(record ->
                        target == null || target.equals(record.action().target()))
                .toList();
    }

    @Override
    public Map<String, Long> unmatched() {
        return unmatched(null).stream()
                .collect(Collectors.groupingBy(
                        record -> String.valueOf(record.action().target()), Collectors.counting()));
    }

    @Override
    public synchronized Redriven replay(@Nullable String target, @Nullable String subjectKey, int limit, Instant at) {
        int moved = 0;
        for (ActionRecord record : unmatched(target)) {
            moved += redrive(record.action().id(), at).isPresent() ? 1 : 0;
        }
        return new Redriven(moved, false);
    }

    @Override
    public List<ActionRecord> due(String target, Instant now, Duration pause, Duration longest, int limit) {
        return unmatched(target);
    }

    @Override
    public void hurry(String target, Instant now) {
        // All are due at any time here.
    }
}
