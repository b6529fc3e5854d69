package io.signalbox.store;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Outcome;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The book of what came in, what was decided and what became of it. A method that returns has committed, durably; one
 * that throws {@link LedgerUnavailableException} has not, and may be called again: every write is idempotent.
 */
public interface Ledger {

    /** More of one subject's signals are not looked at together. */
    int MOST_RECENT = 1_000;

    /**
     * Records a signal, its decision and its actions in one transaction (invariant I-2). A signal that was decided
     * before keeps its first decision, whatever is handed in. What its events leave known of their subjects becomes their
     * posture in the same transaction, unless something later is known (invariant I-4).
     *
     * <p>A signal that was issued so long ago that the ledger may have known and forgotten it is recorded with a decision
     * that says so and asks for nothing, whatever is handed in.
     *
     * @return the actions that still have to be sent to their targets' queues: those of the recorded decision that have
     *     a target and have not ended
     */
    List<ActionRecord> record(Signal signal, Decision decision);

    /**
     * The same with the guard's word: what it holds or suppresses is recorded as that, and is not among what is to be
     * sent. What it has counted is counted in the same transaction, so that a signal that is decided again is not counted
     * twice.
     */
    List<ActionRecord> record(Signal signal, Decision decision, Precautions precautions);

    /** Subject key to how it stood before this signal, by the word of the signal's issuer; only subjects it spoke of. */
    Map<String, Posture> posture(Signal signal);

    /** Issuer to what it left known of a subject; empty if nobody ever said how it stands. */
    Map<String, List<Posture.Known>> posture(String subjectKey);

    /**
     * Decided signals about a subject that were received in a stretch of time, the latest first. The same question gets the
     * same answer later, until retention takes signals away.
     *
     * @param from the first moment that counts
     * @param to the last moment that counts; of that very moment, only signals whose id is before {@code beforeId}
     * @param beforeId the signal that is asked for; it is not among them
     * @return at most {@link #MOST_RECENT}
     */
    List<Signal> recent(String subjectKey, Instant from, Instant to, String beforeId);

    /** Keeps a signal that could not be decided, with the cause. One that was decided meanwhile is left alone. */
    void park(Signal signal, String cause, Instant at);

    /**
     * Records how an attempt ended, and where the action stands now. The same attempt recorded again (same time, same
     * outcome) counts once. One that is recorded after the action ended is kept with it, but its first end stands.
     *
     * @param state the state after this attempt
     * @param nextAttemptAt when it will be tried again; present only with {@link ActionState#RETRYING}
     */
    void attempted(String actionId, Outcome outcome, ActionState state, Instant at, @Nullable Instant nextAttemptAt);

    /**
     * Records the attempt that ended an action, if the action still stands as it did when the attempt began. One step
     * for the ordinary case; whoever is told false looks closer and calls {@link #attempted}.
     *
     * @param number attempts that had been made before this one, as far as its caller knew
     * @param state the state after this attempt; one that is an end
     * @return false if the action has ended already, if more attempts were made meanwhile, or if there is no such action;
     *     nothing is recorded then
     */
    boolean settled(String actionId, int number, Outcome outcome, ActionState state, Instant at);

    /**
     * Puts an action that ended badly back to {@link ActionState#RETRYING}, due at once and with no tries counted.
     *
     * @return the action as it stands now; empty if there is none with this id, or it may not be redriven
     */
    Optional<ActionRecord> redrive(String actionId, Instant at);

    Optional<ActionRecord> action(String actionId);

    /**
     * Actions in a state, the one that changed last first.
     *
     * @param limit rows on a page, 1 to 500
     * @throws CursorException if {@code after} did not end a page of this list
     */
    Page<ActionRecord> actions(ActionState state, @Nullable String after, int limit);

    Optional<SignalRecord> signal(String signalId);

    /**
     * Signals, the one received last first.
     *
     * @throws CursorException if {@code query.after()} did not end a page of this list
     */
    Page<SignalRecord> signals(SignalQuery query);

    /**
     * Takes a target's actions whose next attempt is due, the longest due first; however many of another target's are
     * due, this target's are found at once (invariant I-5). Each is lent until {@code leaseUntil} and then due again, so
     * that one which was taken and never sent (a crash) is not stuck; one that was sent twice is recognised by the number
     * of its attempt.
     */
    List<ActionRecord> due(String target, Instant now, Instant leaseUntil, int limit);

    /**
     * As {@link #redrive(String, Instant)}, for several.
     *
     * @return the ids of those that were put back
     */
    List<String> redrive(Collection<String> actionIds, Instant at);

    /** As {@link #redrive(String, Instant)}, for all that the selection names, those that changed first before others. */
    Redriven redrive(Redrive selection, Instant at);

    /**
     * Ends an action as {@link ActionState#DISCARDED}. The reason is kept among its attempts.
     *
     * @return the action as it stands now; empty if there is none with this id, or it ended well or was discarded before
     */
    Optional<ActionRecord> discard(String actionId, String reason, Instant at);

    /**
     * Holds an action that is under way, if the stop switch is thrown.
     *
     * @return whether it is held, and no attempt is to be made
     */
    default boolean heldBack(ActionRecord action, Instant at) {
        return false;
    }

    /**
     * Records that the attempt which was about to be made was not made, since its subject may not be touched, and has
     * somebody told of it. As {@link #settled} otherwise.
     *
     * @param tell names of the targets that are told
     */
    default boolean suppressed(
            String actionId, int number, Outcome.Suppressed outcome, Collection<String> tell, Instant at) {
        return settled(actionId, number, outcome, ActionState.SUPPRESSED, at);
    }

    /**
     * Takes note of whose account an action falls on, before the target is asked: what is taken from one account under
     * several identifiers is given back when the last reason for it falls away. Kept as a digest, and only as long as
     * something is taken.
     *
     * @param identity whom the subject is at the action's target
     */
    default void located(Action action, String identity, Instant at) {}

    /** How many actions each target has that are waiting, retrying or dead. A target without any is not in the list. */
    List<Backlog> backlog();
}
