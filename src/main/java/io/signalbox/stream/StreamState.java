package io.signalbox.stream;

import org.jspecify.annotations.Nullable;

/**
 * How a stream stands.
 *
 * @param reason the transmitter's words, where it gives any
 */
public record StreamState(
        String streamId, StreamStatus status, @Nullable String reason) {}
