package io.signalbox.api;

import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.SubjectNotation;
import io.signalbox.store.ActionState;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * The query of a request. A name that we do not know is refused: a misspelt restriction that is passed over would show
 * the rows of everybody. An empty value is no restriction.
 */
final class Parameters {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST_ROWS = 500;

    private final MultiValueMap<String, String> query;

    Parameters(MultiValueMap<String, String> query, String... known) {
        Set<String> unknown = new TreeSet<>(query.keySet());
        unknown.removeAll(Set.of(known));
        if (!unknown.isEmpty()) {
            throw Problems.badParameter(
                    unknown.iterator().next(),
                    "is not known here; known are " + String.join(", ", new TreeSet<>(Set.of(known))));
        }
        this.query = query;
    }

    /** For a list that cannot be restricted. */
    static void none(MultiValueMap<String, String> query) {
        if (!query.isEmpty()) {
            throw Problems.badParameter(query.keySet().iterator().next(), "is not known here; none is");
        }
    }

    @Nullable
    String text(String name) {
        List<String> values = query.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw Problems.badParameter(name, "is given more than once");
        }
        return values.isEmpty() || values.get(0).isBlank() ? null : values.get(0);
    }

    @Nullable
    Instant time(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw Problems.badParameter(name, "must be a time like 2026-03-01T12:00:00Z");
        }
    }

    boolean flag(String name) {
        String text = text(name);
        if (text != null && !text.equals("true") && !text.equals("false")) {
            throw Problems.badParameter(name, "must be true or false");
        }
        return "true".equals(text);
    }

    int limit() {
        String text = text("limit");
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        if (!text.matches("\\d{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST_ROWS) {
            throw Problems.badParameter("limit", "must be a number from 1 to " + MOST_ROWS);
        }
        return Integer.parseInt(text);
    }

    ActionState state() {
        String text = text("state");
        return ActionState.ofWord(text == null ? "" : text)
                .orElseThrow(() -> Problems.badParameter(
                        "state",
                        "must be one of "
                                + Arrays.stream(ActionState.values())
                                        .map(ActionState::word)
                                        .collect(Collectors.joining(", "))));
    }

    /** The key of an e-mail address, of a subject in JSON, or the key itself. */
    @Nullable
    String subjectKey() {
        String text = text("subject");
        return text == null ? null : subjectKey(text);
    }

    static String subjectKey(String text) {
        if (text.matches("sub-[0-9a-f]{32}")) {
            return text;
        }
        if (text.startsWith("{")) {
            return subject(text).key();
        }
        if (text.indexOf('@') > 0) {
            return new SubjectIdentifier("email", Map.of("email", text)).key();
        }
        throw badSubject();
    }

    /** A subject in JSON, or as people write one. */
    SubjectIdentifier subject() {
        String text = text("subject");
        if (text != null && text.startsWith("{")) {
            return subject(text);
        }
        return SubjectNotation.read(text == null ? "" : text)
                .orElseThrow(() -> Problems.badParameter(
                        "subject",
                        "must be a subject such as email:alice@acme.example or iss_sub:https://idp.example.com,8f3a,"
                                + " or a subject identifier as JSON"));
    }

    private static SubjectIdentifier subject(String json) {
        try {
            return SubjectIdentifier.of(Wire.readObject(json)).orElseThrow(Parameters::badSubject);
        } catch (IllegalArgumentException e) {
            throw badSubject();
        }
    }

    private static RuntimeException badSubject() {
        return Problems.badParameter(
                "subject", "must be an e-mail address, a subject key (sub-…) or a subject identifier as JSON");
    }
}
