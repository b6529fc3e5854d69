package io.signalbox.store;

import io.signalbox.set.SubjectIdentifier;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One subject whom targets did not know.
 *
 * @param subjectKey see {@link SubjectIdentifier#key()}
 * @param subject as one of the actions has it; absent if that was erased
 * @param targets where nobody matched, in the order of their names
 * @param since when the first of the actions ended so
 * @param actions how many wait for a mapping
 * @param reason which step found what, of one of them
 */
public record Unmatched(
        String subjectKey,
        @Nullable SubjectIdentifier subject,
        List<String> targets,
        Instant since,
        long actions,
        String reason) {}
