package io.signalbox;

import io.signalbox.store.LedgerAudit;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Says now and then how far an audit has come. One that is over in a few seconds says nothing but its result. */
final class AuditProgress implements LedgerAudit.Progress {

    private static final long EVERY = 5_000_000_000L;

    private final PrintStream out;
    private final LongSupplier nanoTime;
    private final long start;
    private long next;

    /** @param nanoTime as {@link System#nanoTime()} */
    AuditProgress(PrintStream out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.next = start + EVERY;
    }

    @Override
    public void walked(long entries, long of) {
        long now = nanoTime.getAsLong();
        if (now - next < 0 || entries >= of) {
            return;
        }
        next = now + EVERY;
        long rate = Math.round(entries / ((now - start) / 1e9));
        out.printf(
                Locale.ROOT,
                "%d of %d entries (%d %%), %d a second, about %s to go%n",
                entries,
                of,
                100 * entries / of,
                rate,
                time((of - entries) / Math.max(1, rate)));
    }

    private static String time(long seconds) {
        return seconds < 120 ? seconds + " s" : (seconds + 30) / 60 + " min";
    }
}
