package io.signalbox.store;

import java.util.Arrays;
import java.util.Optional;

/** Where an action stands. */
public enum ActionState {
    /** Decided; on its way to the target's queue, or in it. */
    WAITING("waiting", false),
    /** Tried without an answer; waits for its next attempt. */
    RETRYING("retrying", false),
    DONE("done", true),
    ALREADY_DONE("already-done", true),
    NOT_FOUND("not-found", true),
    REFUSED("refused", true),
    /** Nobody, or not one alone, was found to be the subject at the target; sent again once somebody is. */
    UNMATCHED("unmatched", true),
    /** Tried as often as the schedule allows, without an answer. */
    DEAD("dead", true),
    /** No configured target does this kind of action. */
    UNASSIGNED("unassigned", true),
    /** Given up by an operator, who said why. */
    DISCARDED("discarded", true),
    /** Waits until somebody has agreed to it. */
    HELD("held", false),
    /** Would have gone; the guard says why it does not. */
    SUPPRESSED("suppressed", true),
    /** Nobody agreed to it in time. */
    EXPIRED("expired", true),
    /** Was done, and is being taken back. */
    UNDOING("undoing", false),
    /** Was done, and holds no more: taken back, or something else holds in its place. */
    UNDONE("undone", true),
    /** Was done, and could not be taken back. */
    UNDO_FAILED("undo-failed", true);

    private final String word;
    private final boolean ended;

    ActionState(String word, boolean ended) {
        this.word = word;
        this.ended = ended;
    }

    /** The word in the ledger and in the API. */
    public String word() {
        return word;
    }

    /** The state with this word; empty if there is none. */
    public static Optional<ActionState> ofWord(String word) {
        return Arrays.stream(values()).filter(state -> state.word.equals(word)).findFirst();
    }

    /** Nothing more happens by itself. */
    public boolean ended() {
        return ended;
    }

    /** A message in its target's queue may lead to an attempt. */
    public boolean underWay() {
        return this == WAITING || this == RETRYING || this == UNDOING;
    }

    /** An operator may send it again: it ended, and not well. */
    public boolean redrivable() {
        return this == NOT_FOUND || this == REFUSED || this == UNMATCHED || this == DEAD || this == UNDO_FAILED;
    }
}
