package io.signalbox.policy;

import java.time.Instant;

/**
 * A policy that passed its checks and is kept for good.
 *
 * @param id digest of its rules and cases; the same files have the same id wherever they lie
 * @param publishedAt when it was first kept
 * @param author who published it first; {@link #FOLDER} or {@link #JAR} if it was found there
 * @param note why; may be empty
 * @param check what its checks found
 */
public record PolicyVersion(String id, Instant publishedAt, String author, String note, PassedCheck check) {

    /** The author of what was found in the rules folder. */
    public static final String FOLDER = "rules folder";

    /** The author of what came with the jar. */
    public static final String JAR = "jar";

    /** Whether somebody published it by name. */
    public boolean isSigned() {
        return !author.equals(FOLDER) && !author.equals(JAR);
    }
}
