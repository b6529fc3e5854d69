package io.signalbox.policy;

import io.signalbox.action.Decision;
import io.signalbox.event.Signal;
import org.jspecify.annotations.Nullable;

/**
 * A signal that is shown to a policy once more.
 *
 * @param decision what was decided of it; absent if nothing was
 */
public record Replayed(Signal signal, @Nullable Decision decision) {}
