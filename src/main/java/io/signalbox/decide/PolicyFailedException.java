package io.signalbox.decide;

import org.jspecify.annotations.Nullable;

/** A policy that compiled failed while it decided. The signal is kept; nothing was decided. Holds no payload. */
final class PolicyFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PolicyFailedException(String message) {
        super(message);
    }

    PolicyFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
