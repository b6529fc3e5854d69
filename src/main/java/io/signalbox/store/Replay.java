package io.signalbox.store;

import io.signalbox.policy.Replayed;
import java.time.Instant;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Reads signals again in the order in which they came, with what was decided of them. */
public interface Replay {

    /**
     * Signals that were received from one time to before another, oldest first. Actions are as they were decided.
     *
     * @param limit rows on a page, 1 to 500
     * @throws CursorException if {@code after} did not end a page of this list
     */
    Page<Replayed> signals(Instant from, Instant to, @Nullable String after, int limit);

    /** The same, one after the other; read a page at a time, so that memory does not grow with the ledger. */
    default Iterator<Replayed> signals(Instant from, Instant to) {
        return new ReplayedSignals(this, from, to);
    }

    long count(Instant from, Instant to);
}
