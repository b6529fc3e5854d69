package io.signalbox.api;

import io.signalbox.store.GuardBook.Answer;
import java.security.Principal;
import java.time.Instant;

/** Who says something, and why: kept for good with what it is said about. */
final class Why {

    private static final int LONGEST = 500;

    private Why() {}

    static Answer of(Body body, Principal who, Instant at) {
        String why = body.text("why");
        if (why == null || why.length() > LONGEST) {
            throw Problems.badParameter("why", "must say why, in 1 to " + LONGEST + " characters; it is kept for good");
        }
        return new Answer(who.getName(), why, at);
    }
}
