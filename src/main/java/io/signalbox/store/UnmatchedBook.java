package io.signalbox.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The actions that ended as {@link ActionState#UNMATCHED}. Every method may throw {@link LedgerUnavailableException}, and
 * may be called again then.
 */
public interface UnmatchedBook {

    /**
     * Subjects with such actions, in the order of their keys.
     *
     * @param limit rows on a page, 1 to 500
     * @throws CursorException if {@code after} did not end a page of this list
     */
    Page<Unmatched> page(@Nullable String after, int limit);

    /** Target to how many such actions it has; those without any are not in it. */
    Map<String, Long> unmatched();

    /**
     * Sends them again, those that ended first before others.
     *
     * @param target absent for all
     * @param subjectKey absent for all
     * @param limit how many at most
     */
    Redriven replay(@Nullable String target, @Nullable String subjectKey, int limit, Instant at);

    /**
     * Those of a target for whom the mapping is to be asked again now. None of them is handed out a second time before a
     * pause is over, which doubles each time.
     *
     * @param pause the first one
     * @param longest the longest one
     */
    List<ActionRecord> due(String target, Instant now, Duration pause, Duration longest, int limit);

    /** The mapping of this target may have changed: all of its actions are due now, and their pauses begin anew. */
    void hurry(String target, Instant now);
}
