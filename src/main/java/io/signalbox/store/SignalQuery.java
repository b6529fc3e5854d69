package io.signalbox.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which signals to list, newest first. Absent members do not restrict.
 *
 * @param jti exact
 * @param iss exact
 * @param subjectKey see {@link io.signalbox.set.SubjectIdentifier#key()}
 * @param from received at or after
 * @param to received before
 * @param after the cursor a page before this one ended with
 * @param limit rows on a page, 1 to 500
 */
public record SignalQuery(
        @Nullable String jti,
        @Nullable String iss,
        @Nullable String subjectKey,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String after,
        int limit) {}
