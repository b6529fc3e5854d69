package io.signalbox.stream;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The members of a JSON object that a transmitter answered with, read by kind. Unknown ones are passed over. */
final class Members {

    private final Map<?, ?> json;
    private final String rule;

    /**
     * @param json as it came
     * @param rule named where a member is not what it must be
     */
    Members(Map<?, ?> json, String rule) {
        this.json = json;
        this.rule = rule;
    }

    /** A member is not what it must be. Never leaves the package: {@link StreamClient} turns it into its answer. */
    static final class Unfit extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final String rule;

        Unfit(String rule, String why) {
            super(why, null, false, false);
            this.rule = rule;
        }

        <T> Answer<T> answer() {
            return new Answer.Malformed<>(rule, String.valueOf(getMessage()));
        }
    }

    boolean has(String name) {
        return json.get(name) != null;
    }

    @Nullable
    String text(String name) {
        Object value = json.get(name);
        if (value != null && !(value instanceof String)) {
            throw unfit(name, "is no string");
        }
        return (String) value;
    }

    String needed(String name) {
        String value = text(name);
        if (value == null || value.isEmpty()) {
            throw unfit(name, "is missing");
        }
        return value;
    }

    /** Absent is empty: they mean the same. */
    List<String> texts(String name) {
        Object value = json.get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof Collection<?> items) || !items.stream().allMatch(String.class::isInstance)) {
            throw unfit(name, "is no array of strings");
        }
        return items.stream().map(String.class::cast).toList();
    }

    /** A string or an array of strings, not empty. */
    List<String> oneOrMore(String name) {
        if (json.get(name) instanceof String one && !one.isEmpty()) {
            return List.of(one);
        }
        List<String> many = texts(name);
        if (many.isEmpty()) {
            throw unfit(name, "is missing");
        }
        return many;
    }

    @Nullable
    Duration seconds(String name) {
        Object value = json.get(name);
        if (value == null) {
            return null;
        }
        if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= 0) {
            return Duration.ofSeconds(((Number) value).longValue());
        }
        throw unfit(name, "is no whole number of seconds");
    }

    @Nullable
    URI uri(String name) {
        String value = text(name);
        if (value == null) {
            return null;
        }
        try {
            URI uri = URI.create(value);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (uri.getHost() != null && (scheme.equals("https") || scheme.equals("http"))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Falls through: what is wrong with it is a quotation of it.
        }
        throw unfit(name, "is no URL");
    }

    Members object(String name) {
        if (json.get(name) instanceof Map<?, ?> map) {
            return new Members(map, rule);
        }
        throw unfit(name, json.get(name) == null ? "is missing" : "is no object");
    }

    Unfit unfit(String name, String why) {
        return new Unfit(rule, "The member " + name + " " + why);
    }
}
