package io.signalbox.policy;

import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows signals to a policy once more and says what it would have decided. Nothing leaves, and nothing is recorded. */
public interface PolicySimulator {

    /**
     * What to compare.
     *
     * @param draft the policy that is tried, path to text
     * @param against what to compare it with; absent for what was decided at the time
     * @param names whether subjects are named; otherwise their keys stand for them
     * @param share of a processor that it may take, above 0 to 1
     */
    record Trial(Map<String, String> draft, @Nullable Map<String, String> against, boolean names, double share) {}

    /** What came of it. */
    sealed interface Simulated {

        record Done(PolicyComparison comparison) implements Simulated {}

        record Refused(Iterable<PolicyProblem> problems) implements Simulated {}
    }

    /** Hears how far it has come. */
    @FunctionalInterface
    interface Progress {

        /**
         * Told every few hundred signals.
         *
         * @return false to stop: what was found so far is the result
         */
        boolean seen(long signals);
    }

    /**
     * @param before signals of the time before, oldest first: they make known how subjects stood, and are not decided
     * @param signals oldest first
     */
    Simulated simulate(Trial trial, Iterator<Replayed> before, Iterator<Replayed> signals, Progress progress);

    /**
     * The files of a policy.
     *
     * @param folder a path
     * @throws IllegalArgumentException if there is no such folder, or it cannot be read
     */
    Map<String, String> read(String folder);
}
