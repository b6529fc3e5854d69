package io.signalbox.store;

import io.signalbox.action.Decision;
import io.signalbox.event.Signal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole story of one SET.
 *
 * @param signal the SET and its events
 * @param decision what policy made of it; absent if the signal was parked before it could be decided. Its actions are
 *     those of {@code actions}
 * @param actions each action and how far it has come
 * @param parkedBecause why we could not decide it; absent if it was decided
 */
public record SignalRecord(
        Signal signal,
        @Nullable Decision decision,
        List<ActionRecord> actions,
        @Nullable String parkedBecause) {}
