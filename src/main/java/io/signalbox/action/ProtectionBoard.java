package io.signalbox.action;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whom no rule may touch at each target, as this node last read it there. */
public interface ProtectionBoard {

    /** One for each target at which anybody is protected, in the order of their names. */
    List<Protection> protections();

    /**
     * Who is protected at one target.
     *
     * @param lists where they are named, in the words of the configuration
     * @param accounts how many there are; absent while nobody has asked for them
     * @param readAt when that was read
     * @param problem why it cannot be read now; absent if it can. Nothing is taken from anybody there once what was read
     *     has become too old
     */
    record Protection(
            String target,
            List<String> lists,
            @Nullable Integer accounts,
            @Nullable Instant readAt,
            @Nullable String problem) {}
}
