package io.signalbox.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which containments to take back. Absent members do not restrict.
 *
 * @param iss by whose word they were asked for
 * @param rule that asked
 * @param target where
 * @param from decided at or after
 * @param to decided before
 * @param limit how many at most
 */
public record Undo(
        @Nullable String iss,
        @Nullable String rule,
        @Nullable String target,
        @Nullable Instant from,
        @Nullable Instant to,
        int limit) {}
