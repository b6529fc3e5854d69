package io.signalbox.bench;

import java.util.Arrays;

/** Nanoseconds, every one kept: a percentile of what was measured and not of what a histogram made of it. */
final class Latencies {

    private long[] values = new long[1 << 16];
    private int size;
    private boolean sorted;

    void add(long nanoseconds) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = nanoseconds;
        sorted = false;
    }

    int size() {
        return size;
    }

    double milliseconds(double part) {
        if (size == 0) {
            return 0;
        }
        if (!sorted) {
            Arrays.sort(values, 0, size);
            sorted = true;
        }
        return values[Math.max(0, (int) Math.ceil(part * size) - 1)] / 1e6;
    }
}
