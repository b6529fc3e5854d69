package io.signalbox.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The stop switch.
 *
 * @param since when it was thrown; absent if it is not
 * @param by who threw it
 * @param reason why
 */
public record Stop(
        @Nullable Instant since,
        @Nullable String by,
        @Nullable String reason) {

    public static final Stop NOT_THROWN = new Stop(null, null, null);

    public boolean thrown() {
        return since != null;
    }
}
