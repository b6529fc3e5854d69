package io.signalbox.store;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one action took from one subject at one target, for as long as it holds. Others may hold the same.
 *
 * @param actionId the action
 * @param signalId the signal that caused it
 * @param subjectKey of whom
 * @param iss by whose word
 * @param rule by which rule
 * @param since when it was decided, or agreed to
 * @param until when it is given back by itself; absent: never
 * @param found how the target was found: {@code ours} (this, or another of ours, brought it about), {@code theirs} (it
 *     was so before us, and stays so after us), {@code unknown} (an attempt before may have done it, unheard),
 *     {@code nothing} (it did not come about); absent while nobody knows
 * @param liftedAt when this reason fell away; absent while it stands
 * @param liftedBy what made it fall away
 * @param releasedAt when the target was given back what was taken; absent while it was not
 */
public record Containment(
        String actionId,
        String signalId,
        String subjectKey,
        String target,
        String kind,
        String iss,
        String rule,
        Instant since,
        @Nullable Duration lasts,
        @Nullable Instant until,
        @Nullable String found,
        @Nullable Instant liftedAt,
        @Nullable String liftedBy,
        @Nullable Instant releasedAt) {

    /** Whether it is, or was, in force and no reason has fallen away. */
    public boolean stands() {
        return liftedAt == null && !"nothing".equals(found);
    }
}
