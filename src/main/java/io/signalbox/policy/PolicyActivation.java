package io.signalbox.policy;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One change of the policy that decides. The one with the highest number is in force on every node.
 *
 * @param number from 1, without gaps
 * @param versionId the version that decides from here on
 * @param by who did it
 * @param note why; may be empty
 * @param aside the version that the rules folder held while something else was made active: as long as the folder holds
 *     it, the folder does not speak. Absent if the folder was not put aside
 * @param backTo number of the activation that a rollback returns to; absent if there is none
 */
public record PolicyActivation(
        long number,
        String versionId,
        Instant at,
        String by,
        Cause cause,
        String note,
        @Nullable String aside,
        @Nullable Long backTo) {

    /** What made a version active. */
    public enum Cause {
        /** The first start of the first node. */
        FIRST,
        /** The rules folder, or the jar's where there is none, held it. */
        FOLDER,
        /** Somebody asked for it. */
        ACTIVATE,
        /** Somebody asked for the one before. */
        ROLLBACK;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @throws IllegalArgumentException if there is no such cause */
        public static Cause ofWord(String word) {
            return Arrays.stream(values())
                    .filter(cause -> cause.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(word + " is no cause of an activation"));
        }
    }
}
