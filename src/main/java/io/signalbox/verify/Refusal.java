package io.signalbox.verify;

import io.signalbox.set.SetError;

/**
 * Ends the examination of a SET at the check that failed. Never leaves the package: {@link VerifySet} turns it into
 * its verdict. Carries no stack trace, because a sender decides how many of these are made.
 */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final SetError error;

    /**
     * @param error the code for the sender
     * @param description for the sender's developers; must hold nothing that came with the token
     */
    Refusal(SetError error, String description) {
        super(description, null, false, false);
        this.error = error;
    }

    static Refusal request(String description) {
        return new Refusal(SetError.INVALID_REQUEST, description);
    }

    SetError error() {
        return error;
    }

    String description() {
        return String.valueOf(getMessage());
    }
}
