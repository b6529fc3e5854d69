package io.signalbox.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A held action that waits for somebody to agree.
 *
 * @param action what is asked for
 * @param cause word of what holds it: {@code approval}, {@code budget} or {@code stop}
 * @param askedAt since when
 * @param expiresAt when it is too late; absent if it never is
 * @param assignedTo who is to answer; absent if anybody may
 */
public record Approval(
        ActionRecord action,
        String cause,
        Instant askedAt,
        @Nullable Instant expiresAt,
        @Nullable String assignedTo) {}
