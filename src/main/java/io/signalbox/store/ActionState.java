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
    DISCARDED("discarded", true);

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

    /** An operator may send it again: it ended, and not well. */
    public boolean redrivable() {
        return this == NOT_FOUND || this == REFUSED || this == UNMATCHED || this == DEAD;
    }
}
