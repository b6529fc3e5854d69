package io.signalbox.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The guard's part of the ledger: what waits for somebody to agree, what is contained, and whether all stands still. What
 * is done here becomes part of the action's story, and of the chain.
 *
 * <p>A method that throws {@link LedgerUnavailableException} has written nothing, and may be called again.
 */
public interface GuardBook {

    /**
     * What somebody says to a held action.
     *
     * @param who by name
     * @param why in their words
     */
    record Answer(String who, String why, Instant at) {}

    /** Open approvals, the one asked for first before others. */
    Page<Approval> approvals(@Nullable String after, int limit);

    /** The open approval of an action; empty if it has none. */
    Optional<Approval> approval(String actionId);

    /**
     * Lets a held action go.
     *
     * @return the action as it stands now; empty if it is not held
     */
    Optional<ActionRecord> approve(String actionId, Answer answer);

    /** Ends a held action; see {@link #approve}. */
    Optional<ActionRecord> reject(String actionId, Answer answer);

    /** Says who is to answer; see {@link #approve}. */
    Optional<ActionRecord> assign(String actionId, String to, Answer answer);

    /**
     * Lets go what the stop switch held, in the order in which it was held.
     *
     * @param actionIds those; absent: all
     * @param limit how many at most
     * @return the ids of those that go
     */
    List<String> release(@Nullable Collection<String> actionIds, Answer answer, int limit);

    /** How things stand, no older than half a second. */
    Stop stop();

    /** Throws the stop switch, or lets it go. */
    Stop stop(boolean thrown, Answer answer);

    /** The containment that an action stands for; empty if it contains nothing. */
    Optional<Containment> containment(String actionId);

    /** Containments of a subject that stand, the latest first. */
    List<Containment> containments(@Nullable String subjectKey, int limit);

    /** Those that the selection names and that stand, the latest first. */
    List<Containment> containments(Undo selection);

    /**
     * Takes away the reason that an action stands for. If it was the last one, what was taken is given back.
     *
     * @return the action as it stands now; empty if it contains nothing any more
     */
    Optional<ActionRecord> lift(String actionId, Answer answer);

    /**
     * Does what is due: lifts what has lasted long enough, ends what nobody agreed to in time.
     *
     * @return how many there were; as many as the limit means that there may be more
     */
    int pass(Instant now, int limit);

    /** Forgets uses of budgets, and effects that might come back, from before that time. */
    void forget(Instant before);

    /** Subjects that were heard of before that time, and not later than now. */
    long knownSubjects(Instant before);

    /** Budgets that are used up, with when that was first found. */
    List<Tripped> tripped();

    /**
     * A budget that is used up.
     *
     * @param counted what it is counted apart by; empty if by nothing
     */
    record Tripped(String budget, String counted, Instant since) {}

    /** The entries of the chain of hashes for these rows, in the order of the chain. */
    List<Entry> entries(Collection<String> rowIds);

    /**
     * An entry of the chain.
     *
     * @param sequence its place
     * @param row whose: a signal's for its decision; an action's, a colon and a number for one line of its story
     * @param digest of the row's content
     * @param previous the hash of the entry before
     * @param hash of all of that
     */
    record Entry(long sequence, String kind, String row, String digest, String previous, String hash) {}

    /** How long a word of the stop switch takes to reach all nodes, at most. */
    Duration STOP_REACHES_ALL = Duration.ofSeconds(2);
}
