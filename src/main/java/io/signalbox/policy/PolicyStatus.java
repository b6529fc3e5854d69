package io.signalbox.policy;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The policy that decides on this node, and what stands against it.
 *
 * @param activation since when, and why
 * @param version what decides
 * @param files the paths of its files
 * @param source {@code folder} or {@code ledger}: whether the folder is looked at
 * @param folder how the rules folder differs from it; absent if it does not, or is not looked at
 * @param behind why this node could not follow the others; absent if it did
 */
public record PolicyStatus(
        PolicyActivation activation,
        PolicyVersion version,
        List<String> files,
        String source,
        @Nullable Folder folder,
        @Nullable String behind) {

    /**
     * What the folder holds that does not decide.
     *
     * @param versionId of what it holds
     * @param since when this node saw it first
     * @param problems why it does not; empty if it was put aside by somebody who asked for another
     */
    public record Folder(String versionId, Instant since, List<PolicyProblem> problems) {}

    /** Whether somebody has to look at it. */
    public boolean needsAttention() {
        return behind != null || folder != null && !folder.problems().isEmpty();
    }
}
