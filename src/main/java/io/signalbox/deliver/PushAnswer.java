package io.signalbox.deliver;

import io.signalbox.http.GuardedHttp.Result;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What came of one push. The type says what follows (T-102, T-103).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2">RFC 8935, section 2</a>
 */
sealed interface PushAnswer {

    /** The receiver has it. */
    record Delivered() implements PushAnswer {}

    /** The receiver will not have this SET, however often it comes. */
    record Refused(String code, String cause) implements PushAnswer {}

    /**
     * Nothing is settled.
     *
     * @param code a status, a word of RFC 8935, or {@code unreachable}
     * @param cause a sentence
     * @param kind who has to do something about it
     * @param retryAfter how long the receiver asks us to wait; absent if it does not
     */
    record NotYet(
            String code, String cause, Kind kind, @Nullable Duration retryAfter) implements PushAnswer {}

    /** Why something is not settled. */
    enum Kind {
        /** Nobody answered. */
        SILENT,
        /** The receiver answered that it cannot now; maybe it cannot take this one SET. */
        BUSY,
        /** Our key is not known to it yet. */
        KEY,
        /** It does not take us for who we are: somebody must mend that. */
        IDENTITY,
        /** There is nothing at this address, or it may not be called: somebody must mend that. */
        ADDRESS
    }

    Set<String> IDENTITY_CODES = Set.of("authentication_failed", "access_denied");

    /** Of a receiver's words as much as helps an operator. */
    int LONGEST_CAUSE = 300;

    /** Reads what came back. */
    static PushAnswer of(Result result, Clock clock) {
        if (result instanceof Result.Forbidden forbidden) {
            return new NotYet("forbidden", forbidden.why(), Kind.ADDRESS, null);
        }
        if (result instanceof Result.Unreachable unreachable) {
            return new NotYet("unreachable", shortened(unreachable.why()), Kind.SILENT, null);
        }
        if (!(result instanceof Result.Answered answered)) {
            return new NotYet("too_large", "The answer was longer than an answer to a push can be", Kind.BUSY, null);
        }
        int status = answered.status();
        String code = "http_" + status;
        if (status >= 200 && status < 300) {
            return new Delivered();
        }
        if (status == 400) {
            return ofError(answered.body());
        }
        return switch (status) {
            case 401, 403 -> new NotYet(code, "The receiver does not let us in", Kind.IDENTITY, null);
            case 404, 410 -> new NotYet(code, "The receiver has nothing at this address", Kind.ADDRESS, null);
            case 408, 425, 429 ->
                new NotYet(code, "The receiver asks for patience", Kind.SILENT, retryAfter(answered.headers(), clock));
            default -> {
                if (status >= 500) {
                    yield new NotYet(code, "The receiver failed", Kind.BUSY, retryAfter(answered.headers(), clock));
                }
                if (status >= 300 && status < 400) {
                    yield new NotYet(code, "The receiver redirects, which is not followed", Kind.ADDRESS, null);
                }
                yield new Refused(code, "The receiver answered with " + status);
            }
        };
    }

    private static PushAnswer ofError(byte[] body) {
        Map<String, Object> error;
        try {
            error = Wire.readObject(new String(body, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            error = null;
        }
        if (error == null || !(error.get("err") instanceof String code) || !code.matches("[A-Za-z0-9_.:/-]{1,100}")) {
            return new Refused("invalid_request", "The receiver answered with 400 and gave no reason");
        }
        String cause = error.get("description") instanceof String text ? shortened(text) : "No reason was given";
        if (code.equals("invalid_key")) {
            return new NotYet(code, cause, Kind.KEY, null);
        }
        return IDENTITY_CODES.contains(code) ? new NotYet(code, cause, Kind.IDENTITY, null) : new Refused(code, cause);
    }

    private static String shortened(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", " ");
        return printable.length() <= LONGEST_CAUSE ? printable : printable.substring(0, LONGEST_CAUSE);
    }

    private static @Nullable Duration retryAfter(Map<String, List<String>> headers, Clock clock) {
        List<String> values = headers.getOrDefault("retry-after", List.of());
        if (values.isEmpty()) {
            return null;
        }
        String value = values.get(0).strip();
        if (value.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(clock.instant(), at);
            return wait.isNegative() ? null : wait;
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
