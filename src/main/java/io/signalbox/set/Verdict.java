package io.signalbox.set;

import java.time.Duration;

/**
 * What became of a {@link RawSet}. The type says whose fault it was, so that nothing later has to inspect strings: the
 * sender's ({@link Refused}), ours ({@link Undecided}: the sender tries again), or nobody's.
 */
public sealed interface Verdict {

    /** The SET may be kept and acted upon. */
    record Accepted(VerifiedSet set) implements Verdict {}

    /**
     * The sender's fault, final: the same SET will be refused again.
     *
     * @param error the registered code
     * @param description for the transmitter's developers; never holds content of the token
     */
    record Refused(SetError error, String description) implements Verdict {}

    /**
     * Not the sender's fault: we could not tell. The sender keeps the SET and tries again.
     *
     * @param why for our own operators and for the answer; names no secret
     * @param retryAfter how long the sender should wait
     */
    record Undecided(String why, Duration retryAfter) implements Verdict {}
}
