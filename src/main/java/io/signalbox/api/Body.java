package io.signalbox.api;

import io.signalbox.store.ActionState;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, a JSON object. A member that we do not know is refused: a misspelt restriction that is passed over
 * would send again what nobody meant.
 */
final class Body {

    /** In characters. It is kept for good. */
    static final int LONGEST_NOTE = 500;

    private final Map<String, Object> members;

    Body(@Nullable String text, String... known) {
        Map<String, Object> read;
        try {
            read = text == null || text.isBlank() ? Map.of() : Wire.readObject(text);
        } catch (IllegalArgumentException e) {
            throw Problems.badParameter("body", "must be a JSON object");
        }
        this.members = new LinkedHashMap<>(read);
        Set<String> unknown = new TreeSet<>(members.keySet());
        unknown.removeAll(Set.of(known));
        if (!unknown.isEmpty()) {
            throw Problems.badParameter(
                    unknown.iterator().next(),
                    "is not known here; known are " + String.join(", ", new TreeSet<>(Set.of(known))));
        }
    }

    boolean has(String name) {
        return members.get(name) != null;
    }

    @Nullable
    String text(String name) {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text) || text.isBlank()) {
            throw Problems.badParameter(name, "must be a text");
        }
        return text.strip();
    }

    @Nullable
    Instant time(String name) {
        String text = text(name);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw Problems.badParameter(name, "must be a time like 2026-03-01T12:00:00Z");
        }
    }

    /** As {@link Parameters#subjectKey()}; a subject identifier may stand as the object it is. */
    @Nullable
    String subjectKey(String name) {
        if (members.get(name) instanceof Map<?, ?> object) {
            return Parameters.subjectKey(Wire.write(object));
        }
        String text = text(name);
        return text == null ? null : Parameters.subjectKey(text);
    }

    boolean flag(String name) {
        Object value = members.get(name);
        if (value != null && !(value instanceof Boolean)) {
            throw Problems.badParameter(name, "must be true or false");
        }
        return Boolean.TRUE.equals(value);
    }

    /** One of the states that may be sent again. */
    ActionState redrivable(String name) {
        String text = text(name);
        return ActionState.ofWord(text == null ? "" : text)
                .filter(ActionState::redrivable)
                .orElseThrow(() ->
                        Problems.badParameter(name, "must be one of not-found, refused, unmatched, dead, undo-failed"));
    }

    @Nullable
    @SuppressWarnings("unchecked")
    Map<String, Object> object(String name) {
        Object value = members.get(name);
        if (value != null && !(value instanceof Map<?, ?>)) {
            throw Problems.badParameter(name, "must be a JSON object");
        }
        return (Map<String, Object>) value;
    }

    /** An object whose members are all texts; empty if absent. */
    Map<String, String> textsByName(String name) {
        Map<String, String> texts = new TreeMap<>();
        Map<String, Object> object = object(name);
        if (object != null) {
            object.forEach((member, value) -> {
                if (!(value instanceof String text)) {
                    throw Problems.badParameter(name + "." + member, "must be a text");
                }
                texts.put(member, text);
            });
        }
        return texts;
    }

    List<String> texts(String name, int most) {
        if (!(members.get(name) instanceof List<?> list) || list.isEmpty() || list.size() > most) {
            throw Problems.badParameter(name, "must be a list of 1 to " + most + " texts");
        }
        return list.stream()
                .map(item -> {
                    if (item instanceof String text) {
                        return text;
                    }
                    throw Problems.badParameter(name, "must be a list of 1 to " + most + " texts");
                })
                .toList();
    }

    int number(String name, int usual, int least, int most) {
        Object value = members.get(name);
        if (value == null) {
            return usual;
        }
        if (!(value instanceof Integer number) || number < least || number > most) {
            throw Problems.badParameter(name, "must be a number from " + least + " to " + most);
        }
        return number;
    }

    /** An object of path to text. */
    Map<String, String> files(String name) {
        if (!(members.get(name) instanceof Map<?, ?> object) || object.isEmpty()) {
            throw Problems.badParameter(name, "must be an object of path to text");
        }
        Map<String, String> files = new LinkedHashMap<>();
        object.forEach((path, content) -> {
            if (!(content instanceof String text)) {
                throw Problems.badParameter(name, "must be an object of path to text");
            }
            files.put(String.valueOf(path), text);
        });
        return files;
    }
}
