package io.signalbox.store;

import io.signalbox.policy.Replayed;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** What the ledger received in a time, a page at a time: memory does not grow with the ledger. */
final class ReplayedSignals implements Iterator<Replayed> {

    private static final int PAGE = 200;

    private final Replay replay;
    private final Instant from;
    private final Instant to;
    private Iterator<Replayed> page = List.<Replayed>of().iterator();
    private @Nullable String next;
    private boolean last;

    ReplayedSignals(Replay replay, Instant from, Instant to) {
        this.replay = replay;
        this.from = from;
        this.to = to;
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && !last) {
            Page<Replayed> read = replay.signals(from, to, next, PAGE);
            page = read.items().iterator();
            next = read.next();
            last = next == null;
        }
        return page.hasNext();
    }

    @Override
    public Replayed next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }
}
