package io.signalbox.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which actions to send again. Absent members do not restrict.
 *
 * @param state where they stand; of one that may not be redriven, none is found
 * @param target exact
 * @param before last changed before
 * @param limit how many at most
 */
public record Redrive(
        ActionState state,
        @Nullable String target,
        @Nullable Instant before,
        int limit) {}
