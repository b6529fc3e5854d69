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
    private static final int WINDOWS = 3;
    private static final double NARROW = 0.07;
    private static final long LEAST = 30_000_000_000L;

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
            verdict = "steady after %d s: the last %d windows of 5 s were within %.0f %% of each other"
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
        if (rates.size() < WINDOWS) {
            return false;
        }
        List<Double> last = rates.subList(rates.size() - WINDOWS, rates.size());
        double low = last.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double high = last.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        return low > 0 && (high - low) / high <= NARROW;
    }

    /** How it ended, for the report. */
    String verdict() {
        return verdict + "; a second: "
                + String.join(" ", rates.stream().map("%.0f"::formatted).toList());
    }
}
