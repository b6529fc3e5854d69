package io.signalbox.act;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Step;
import io.signalbox.action.Action;
import io.signalbox.action.Inverse;
import io.signalbox.action.Outcome;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.Ledger;
import io.signalbox.wire.Wire;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one attempt at an action: opened when its message is taken from the target's queue, closed when the
 * outcome is in the ledger.
 *
 * <p>Retries are the ledger's, not the broker's. An attempt without an answer is written down with the time of the next
 * one, and its message is acknowledged; a timer puts what is due back into the queue. A target that is down for a day
 * would otherwise fill the broker's memory with messages that wait, one consumer would hold back those behind it, and
 * how a broker delays a redelivery, or whether it remembers the delay over a restart, differs from broker to broker.
 *
 * <p>The price is that a message can be there twice: sent, and sent again after a lease ran out. So each message says
 * how many attempts had been made when it was sent, and one that the ledger has overtaken is dropped.
 *
 * <p>No method here catches the ledger's failure. It rolls the message back into the queue; the attempt may then be made
 * twice, which the idempotency key hides from the target.
 */
@Step("attempts")
public class Attempts {

    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    /** As many as one timer round sends in about its second; what is left is due in the next. */
    private static final int TAKEN_AT_ONCE = 500;

    private final Ledger ledger;
    private final ConfiguredTargets targets;
    private final Breakers breakers;
    private final RateLimits rates;
    private final SampledBacklog backlog;
    private final RetrySchedule schedule;
    private final Duration lease;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Counter lost;

    Attempts(
            Ledger ledger,
            ConfiguredTargets targets,
            Breakers breakers,
            RateLimits rates,
            SampledBacklog backlog,
            TargetProperties properties,
            Clock clock,
            MeterRegistry meters) {
        this.ledger = ledger;
        this.targets = targets;
        this.breakers = breakers;
        this.rates = rates;
        this.backlog = backlog;
        this.schedule = new RetrySchedule(
                properties.act().retry(),
                properties.act().jitter(),
                properties.act().longestRetryAfter(),
                () -> ThreadLocalRandom.current().nextDouble());
        this.lease = properties.act().lease();
        this.clock = clock;
        this.meters = meters;
        // There from the start, at 0: an alert on a meter that does not exist yet never fires.
        this.lost = meters.counter("signalbox.lost", "cause", "action-not-in-ledger");
    }

    /**
     * The action of a message, if an attempt at it is to be made.
     *
     * @param actionId the message's body: what is to be done stands in the ledger alone
     * @param number how many attempts had been made when it was sent; none if absent
     * @return what to do: the action, or what takes it back; absent if the action has ended, is held, or this attempt was
     *     made already
     * @throws TargetPausedException while the target is left alone: the message is to wait where it is
     */
    public @Nullable Action open(String actionId, @Nullable Integer number) {
        Optional<ActionRecord> known = ledger.action(actionId);
        if (known.isEmpty()) {
            // Sent without having been recorded, which must never happen: nobody could see what became of it.
            lost.increment();
            LOG.error("Action {} is in its target's queue but not in the ledger; it is not carried out", actionId);
            return null;
        }
        if (overtaken(known.get(), number)) {
            repeated(known.get().action());
            return null;
        }
        if (ledger.heldBack(known.get(), clock.instant()) || cannotBeTakenBack(known.get())) {
            return null;
        }
        if (!rates.enter(known.get().action().target())) {
            throw new TargetPausedException(String.valueOf(known.get().action().target()));
        }
        // Last, so that whoever is let through makes an attempt, and the breaker hears of its end.
        Breaker breaker = breakers.of(known.get().action().target());
        if (breaker != null && !breaker.enter()) {
            throw new TargetPausedException(String.valueOf(known.get().action().target()));
        }
        return asTold(known.get());
    }

    private static Action asTold(ActionRecord known) {
        if (known.state() == ActionState.UNDOING) {
            return Inverse.action(known.action());
        }
        long again = known.attempts().stream()
                .filter(each -> each.outcome().equals(ActionRecord.AGAIN))
                .count();
        return again == 0 ? known.action() : Inverse.again(known.action(), again);
    }

    /** Known only now: what a target does is configured, and can change while something holds. */
    private boolean cannotBeTakenBack(ActionRecord known) {
        if (known.state() != ActionState.UNDOING) {
            return false;
        }
        Action back = Inverse.action(known.action());
        if (targets.doing(back.kind()).contains(String.valueOf(back.target()))) {
            return false;
        }
        record(known, new Outcome.Refused("The target does not do " + back.kind()), true);
        return true;
    }

    /** What an attempt that ended in an exception amounts to: nothing that settles it, so it is tried again. */
    public Outcome failed(@Nullable Throwable cause) {
        LOG.debug("An attempt failed", cause);
        return AttemptFailure.outcome(cause);
    }

    /**
     * Records how the attempt ended, and plans the next one if it got no answer.
     *
     * @param number as handed to {@link #open}
     * @param result what the connector's route ended with
     */
    public void close(Action action, @Nullable Integer number, @Nullable Object result) {
        Outcome outcome =
                result instanceof Outcome given ? given : new Outcome.Refused("The connector ended without an outcome");
        if (!settled(action, number, outcome)) {
            String id = Inverse.recordedId(action);
            Optional<ActionRecord> known = ledger.action(id);
            ActionState given = known.map(row -> endedMeanwhile(row, number, Inverse.isUndo(action)))
                    .orElse(null);
            if (given != null) {
                // The target was asked all the same; whoever reads the story must see what it said.
                ledger.attempted(id, outcome, given, clock.instant(), null);
            } else if (known.isEmpty() || overtaken(known.get(), number)) {
                // Two copies of the message were carried out side by side; the first that ended was written down.
                repeated(action);
            } else {
                record(known.get(), outcome, Inverse.isUndo(action));
            }
        }
        // After the ledger, whose failure has all of this done again.
        heard(action, outcome);
    }

    /** What most attempts come to, recorded without a look at the ledger first. */
    private boolean settled(Action action, @Nullable Integer number, Outcome outcome) {
        if (outcome.mayBeRetried()) {
            return false;
        }
        ActionState state = ended(outcome, Inverse.isUndo(action));
        String id = Inverse.recordedId(action);
        int before = number == null ? 0 : number;
        boolean recorded = outcome instanceof Outcome.Suppressed untouched
                ? ledger.suppressed(id, before, untouched, targets.doing("notify"), clock.instant())
                : ledger.settled(id, before, outcome, state, clock.instant());
        if (!recorded) {
            return false;
        }
        told(action, outcome, state, null);
        return true;
    }

    private void heard(Action action, Outcome outcome) {
        Breaker breaker = breakers.of(action.target());
        if (breaker == null) {
            return;
        }
        if (outcome.mayBeRetried()) {
            breaker.silent();
        } else {
            breaker.answered();
        }
    }

    /** Given up, or kept after all, while the attempt was under way; absent if neither. */
    private static @Nullable ActionState endedMeanwhile(ActionRecord known, @Nullable Integer number, boolean undo) {
        ActionState given = undo ? ActionState.UNDONE : ActionState.DISCARDED;
        boolean since = known.attempts().size() == (number == null ? 0 : number) + 1;
        return since && known.state() == given ? given : null;
    }

    /**
     * The actions whose next attempt is due, taken from the ledger for a while; target by target, so that a thousand
     * due at one hold up none at another. What is due at a target that is left alone stays in the ledger.
     */
    public List<ActionRecord> due() {
        Instant now = clock.instant();
        List<ActionRecord> due = new ArrayList<>();
        for (String target : targets.names()) {
            Breaker breaker = breakers.of(target);
            int room = breaker == null ? TAKEN_AT_ONCE : breaker.room(TAKEN_AT_ONCE);
            if (room > 0) {
                due.addAll(ledger.due(target, now, now.plus(lease), room));
            }
        }
        for (String target : backlog.retrying()) {
            if (!targets.has(target)) {
                // Nobody reads that queue. It goes on as if the target were down: a slip in the configuration may be
                // mended before the schedule ends.
                ledger.due(target, now, now.plus(lease), TAKEN_AT_ONCE)
                        .forEach(orphan -> record(
                                orphan,
                                new Outcome.NoAnswer("No target of this name is configured", null),
                                orphan.state() == ActionState.UNDOING));
            }
        }
        return due;
    }

    /** The body of the message that asks for this action: its id. What is to be done stands in the ledger alone. */
    public String message(ActionRecord action) {
        return action.action().id();
    }

    /**
     * What a connector's route finds in the body: the action as JSON.
     *
     * @param resolved whom its subject is at the target, added as {@code resolved}; absent if the target finds that out
     */
    public String text(Action action, @Nullable String resolved) {
        String text = Wire.write(action);
        if (resolved == null) {
            return text;
        }
        Map<String, Object> json = Wire.readObject(text);
        json.put("resolved", resolved);
        return Wire.write(json);
    }

    /** How many attempts were made at this action so far: goes with its message. */
    public int number(ActionRecord action) {
        return action.attempts().size();
    }

    private void record(ActionRecord known, Outcome outcome, boolean undo) {
        Action action = known.action();
        Instant now = clock.instant();
        ActionState state = ended(outcome, undo);
        Instant next = null;
        if (outcome instanceof Outcome.NoAnswer none) {
            next = schedule.after(known.tries() + 1, none.retryAfter())
                    .map(now::plus)
                    .orElse(null);
            state = next == null
                    ? undo ? ActionState.UNDO_FAILED : ActionState.DEAD
                    : undo ? ActionState.UNDOING : ActionState.RETRYING;
        }
        ledger.attempted(action.id(), outcome, state, now, next);
        told(undo ? Inverse.action(action) : action, outcome, state, next);
    }

    private void told(Action action, Outcome outcome, ActionState state, @Nullable Instant next) {
        meters.counter(
                        "signalbox.actions.attempts",
                        "target",
                        String.valueOf(action.target()),
                        "kind",
                        action.kind(),
                        "outcome",
                        outcome.word())
                .increment();
        if (state == ActionState.DEAD
                || state == ActionState.REFUSED
                || state == ActionState.UNMATCHED
                || state == ActionState.SUPPRESSED
                || state == ActionState.UNDO_FAILED) {
            LOG.warn(
                    "Action {} ({} at {}, signal {}) is {}: {}",
                    action.id(),
                    action.kind(),
                    action.target(),
                    action.signalId(),
                    state.word(),
                    outcome.detail());
        } else {
            LOG.info(
                    "Action {} ({} at {}, signal {}) is {}{}",
                    action.id(),
                    action.kind(),
                    action.target(),
                    action.signalId(),
                    state.word(),
                    next == null ? "" : ": " + outcome.detail() + "; next attempt at " + next);
        }
    }

    private static ActionState ended(Outcome outcome, boolean undo) {
        if (undo) {
            boolean back = outcome instanceof Outcome.Done || outcome instanceof Outcome.AlreadyDone;
            return back ? ActionState.UNDONE : ActionState.UNDO_FAILED;
        }
        if (outcome instanceof Outcome.Done) {
            return ActionState.DONE;
        }
        if (outcome instanceof Outcome.AlreadyDone) {
            return ActionState.ALREADY_DONE;
        }
        if (outcome instanceof Outcome.Unmatched) {
            return ActionState.UNMATCHED;
        }
        if (outcome instanceof Outcome.Suppressed) {
            return ActionState.SUPPRESSED;
        }
        return outcome instanceof Outcome.NotFound ? ActionState.NOT_FOUND : ActionState.REFUSED;
    }

    /** A ledger that knows of fewer attempts than the message was restored from a backup; the action is still due. */
    private static boolean overtaken(ActionRecord known, @Nullable Integer number) {
        return !known.state().underWay()
                || (number == null ? 0 : number) < known.attempts().size();
    }

    private void repeated(Action action) {
        meters.counter("signalbox.actions.repeats", "target", String.valueOf(action.target()))
                .increment();
        LOG.debug("Action {} was asked for again and is not repeated", action.id());
    }
}
