package io.signalbox.act;

import io.signalbox.action.Outcome;

/** An attempt ended before its call was made: there is nobody to ask about, or no way to log in. Carries how. */
final class AttemptEndedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Outcome outcome;

    AttemptEndedException(Outcome outcome) {
        super(outcome.detail(), null, false, false);
        this.outcome = outcome;
    }

    Outcome outcome() {
        return outcome;
    }
}
