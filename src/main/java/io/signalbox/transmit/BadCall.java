package io.signalbox.transmit;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A call that is answered with an error. The description goes to whoever called and quotes nothing of the call. */
public final class BadCall extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final String error;
    private final @Nullable Long retryAfter;

    private BadCall(HttpStatus status, String error, String description, @Nullable Long retryAfter) {
        super(description, null, false, false);
        this.status = status;
        this.error = error;
        this.retryAfter = retryAfter;
    }

    /** The call is not what it should be. */
    public static BadCall invalid(String description) {
        return new BadCall(HttpStatus.BAD_REQUEST, "invalid_request", description, null);
    }

    /** The same for a stream that is not there and for one that is another's (T-11). */
    public static BadCall noStream() {
        return new BadCall(HttpStatus.NOT_FOUND, "not_found", "There is no such stream for this receiver", null);
    }

    static BadCall conflict(String description) {
        return new BadCall(HttpStatus.CONFLICT, "conflict", description, null);
    }

    static BadCall tooOften(String description, long seconds) {
        return new BadCall(HttpStatus.TOO_MANY_REQUESTS, "too_many_requests", description, seconds);
    }

    HttpStatus status() {
        return status;
    }

    String error() {
        return error;
    }

    /** In seconds; absent if waiting changes nothing. */
    @Nullable
    Long retryAfter() {
        return retryAfter;
    }
}
