package io.signalbox.deliver;

import io.signalbox.wire.Wire;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Bodies of the administration API, and the answers that say no. A member that we do not know is refused. */
final class ApiProblems {

    private ApiProblems() {}

    static Map<String, Object> object(@Nullable String text, Set<String> known) {
        Map<String, Object> body;
        try {
            body = text == null || text.isBlank() ? Map.of() : Wire.readObject(text);
        } catch (IllegalArgumentException e) {
            throw bad("body", "must be a JSON object");
        }
        if (body == null) {
            throw bad("body", "must be a JSON object");
        }
        Set<String> unknown = new TreeSet<>(body.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw bad(
                    unknown.iterator().next(),
                    "is not known here; known are " + String.join(", ", new TreeSet<>(known)));
        }
        return body;
    }

    static @Nullable String text(Map<String, Object> body, String member) {
        Object value = body.get(member);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text) || text.isBlank() || text.length() > 1_000) {
            throw bad(member, "must be a text");
        }
        return text.strip();
    }

    static @Nullable Instant time(Map<String, Object> body, String member) {
        String text = text(body, member);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw bad(member, "must be a time like 2026-03-01T12:00:00Z");
        }
    }

    static ErrorResponseException bad(String member, String why) {
        ErrorResponseException problem = problem(HttpStatus.BAD_REQUEST, "The parameter \"" + member + "\" " + why);
        problem.getBody().setProperty("parameter", member);
        return problem;
    }

    static ErrorResponseException problem(HttpStatus status, String detail) {
        return new ErrorResponseException(status, ProblemDetail.forStatusAndDetail(status, detail), null);
    }
}
