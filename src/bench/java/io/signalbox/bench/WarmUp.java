package io.signalbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Pushes until the rate no longer changes. The JVM compiles what is hot while it runs, which takes about a minute on
 * two cores; figures taken before are figures of the interpreter.
 */
final class WarmUp implements PushClient.Source {

    private static final long WINDOW = 5_000_000_000L;
    /** Compared with as many before them: windows one after the other differ little even while the rate still climbs. */
    private static final int WINDOWS = 4;

    private static final double NARROW = 0.05;
    private static final long LEAST = 60_000_000_000L;

    private final int size;
    private final long longest;
    private final LongSupplier progress;
    private final BooleanSupplier mayPush;
    private final List<Double> rates = new ArrayList<>();
    private final long start = System.nanoTime();
    private long windowStart = start;
    private long progressBefore;
    private int next;
    private String verdict = "";

    /**
     * @param progress counts what is to become steady
     * @param mayPush whether there is room for one more
     */
    WarmUp(int size, int seconds, LongSupplier progress, BooleanSupplier mayPush) {
        this.size = size;
        this.longest = seconds * 1_000_000_000L;
        this.progress = progress;
        this.mayPush = mayPush;
        this.progressBefore = progress.getAsLong();
    }

    @Override
    public int next(long now) {
        if (!verdict.isEmpty()) {
            return NO_MORE;
        }
        if (now - windowStart >= WINDOW) {
            long reached = progress.getAsLong();
            rates.add((reached - progressBefore) * 1e9 / (now - windowStart));
            progressBefore = reached;
            windowStart = now;
        }
        long elapsed = now - start;
        if (elapsed >= Math.min(LEAST, longest) && isSteady()) {
            verdict = "steady after %d s: the last %d windows of 5 s brought at most %.0f %% more than those before"
                    .formatted(elapsed / 1_000_000_000L, WINDOWS, NARROW * 100);
        } else if (elapsed >= longest) {
            verdict = "NOT steady after %d s".formatted(elapsed / 1_000_000_000L);
        } else if (next == size) {
            verdict = "NOT steady when the prepared SETs ran out after %d s (--expect)"
                    .formatted(elapsed / 1_000_000_000L);
        }
        if (!verdict.isEmpty()) {
            return NO_MORE;
        }
        return mayPush.getAsBoolean() ? next++ : NOT_YET;
    }

    private boolean isSteady() {
        int windows = rates.size();
        if (windows < 2 * WINDOWS) {
            return false;
        }
        double before = sum(rates.subList(windows - 2 * WINDOWS, windows - WINDOWS));
        double last = sum(rates.subList(windows - WINDOWS, windows));
        return before > 0 && last <= before * (1 + NARROW);
    }

    private static double sum(List<Double> rates) {
        return rates.stream().mapToDouble(Double::doubleValue).sum();
    }

    /** How it ended, for the report. */
    String verdict() {
        return verdict + "; a second: "
                + String.join(" ", rates.stream().map("%.0f"::formatted).toList());
    }
}
