package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.store.Approval;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A held action that waits for somebody to agree.
 *
 * @param cause what holds it: {@code approval}, {@code budget} or {@code stop}
 * @param expiresAt when it is too late; absent if it never is
 * @param assignedTo who is to answer; absent if anybody may
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ApprovalView(
        String cause,
        Instant askedAt,
        @Nullable Instant expiresAt,
        @Nullable String assignedTo,
        ActionView action) {

    static ApprovalView of(Approval approval) {
        return new ApprovalView(
                approval.cause(),
                approval.askedAt(),
                approval.expiresAt(),
                approval.assignedTo(),
                ActionView.of(approval.action()));
    }
}
