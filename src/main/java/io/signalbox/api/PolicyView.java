package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.policy.PassedCheck;
import io.signalbox.policy.PolicyActivation;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicyStatus;
import io.signalbox.policy.PolicyVersion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The policy that decides.
 *
 * @param version its id
 * @param since when it was made active
 * @param by who did it
 * @param cause {@code first}, {@code folder}, {@code activate} or {@code rollback}
 * @param activation the number of this change
 * @param note why
 * @param check what its checks found
 * @param files paths of its files
 * @param source {@code folder} or {@code ledger}
 * @param folder what the rules folder holds that does not decide; absent if it holds what decides
 * @param behind why this node does not follow the others; absent if it does
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PolicyView(
        String version,
        Instant since,
        String by,
        String cause,
        long activation,
        String note,
        PassedCheck check,
        List<String> files,
        String source,
        @Nullable FolderView folder,
        @Nullable String behind) {

    static PolicyView of(PolicyStatus status) {
        PolicyActivation activation = status.activation();
        PolicyStatus.Folder folder = status.folder();
        return new PolicyView(
                status.version().id(),
                activation.at(),
                activation.by(),
                activation.cause().word(),
                activation.number(),
                activation.note(),
                status.version().check(),
                status.files(),
                status.source(),
                folder == null ? null : new FolderView(folder.versionId(), folder.since(), problems(folder.problems())),
                status.behind());
    }

    static List<Map<String, Object>> problems(List<PolicyProblem> problems) {
        return problems.stream().map(PolicyProblem::toJson).toList();
    }

    /**
     * What the folder holds.
     *
     * @param problems why it does not decide; empty if it was put aside by somebody who asked for another
     */
    record FolderView(String version, Instant since, List<Map<String, Object>> problems) {}

    /**
     * A version that is kept.
     *
     * @param files path to text; absent in lists
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record VersionView(
            String id,
            Instant publishedAt,
            String author,
            String note,
            PassedCheck check,
            @Nullable Map<String, String> files) {

        static VersionView of(PolicyVersion version) {
            return with(version, null);
        }

        static VersionView with(PolicyVersion version, @Nullable Map<String, String> files) {
            return new VersionView(
                    version.id(), version.publishedAt(), version.author(), version.note(), version.check(), files);
        }
    }

    /** One change of the active policy. */
    record ActivationView(long number, String version, Instant at, String by, String cause, String note) {

        static ActivationView of(PolicyActivation activation) {
            return new ActivationView(
                    activation.number(),
                    activation.versionId(),
                    activation.at(),
                    activation.by(),
                    activation.cause().word(),
                    activation.note());
        }
    }
}
