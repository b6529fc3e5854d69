package io.signalbox.policy;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A simulation, and how far it has come.
 *
 * @param versionId digest of the policy that is tried
 * @param against {@code recorded}, or the version that it is compared with
 * @param by who asked for it
 * @param updatedAt when its progress was last written
 * @param seen signals that were gone through
 * @param of how many there are to go through
 * @param result absent until it is done
 * @param failure why it failed; absent if it did not
 */
public record SimulationState(
        String id,
        String versionId,
        String against,
        String by,
        Instant startedAt,
        Instant updatedAt,
        Stage stage,
        long seen,
        long of,
        @Nullable PolicyComparison result,
        @Nullable String failure) {

    /** Where it stands. */
    public enum Stage {
        RUNNING,
        DONE,
        FAILED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What came of asking for one. */
    public sealed interface Asked {

        record Begun(SimulationState simulation) implements Asked {}

        /** Another one runs, on this node or another. */
        record Busy() implements Asked {}

        record Unknown(String versionId) implements Asked {}

        record Refused(List<PolicyProblem> problems) implements Asked {}
    }
}
