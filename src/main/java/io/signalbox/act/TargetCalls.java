package io.signalbox.act;

import io.signalbox.Step;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.wire.Wire;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes one HTTP call of a connector from what its route says: a method with a path, and a body, with placeholders for
 * what differs from action to action. A value can only ever be a value: JSON is taken apart before anything is put into
 * it, and paths, forms and XML get it encoded, so no subject and no title can change what is asked for.
 *
 * <p>{@code {user}} is a value, {@code {parameter.note?}} one that may be missing, {@code {+secret}} one that goes into a
 * path as it is, {@code {#time.epoch}} one that is no text in JSON, and {@code {severity|HIGH=1|=3}} one that is
 * translated; behind a bare {@code =} stands what all others become.
 */
@Step("targetCalls")
public class TargetCalls {

    private static final Pattern PLACEHOLDER =
            Pattern.compile("\\{([+#]?)([a-zA-Z][a-zA-Z0-9_.-]*)(\\??)((?:\\|[^|{}=]*=[^|{}]*)*)}");

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\p{Zl}\\p{Zp}]");

    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    /** What programs take for the beginning of an option, or of a file that holds more of them. */
    private static final String OPTION_SIGNS = "-+@";

    private final ConfiguredTargets targets;
    private final Clock clock;

    TargetCalls(ConfiguredTargets targets, Clock clock) {
        this.targets = targets;
        this.clock = clock;
    }

    /** How a value is written, so that it stays one. */
    private enum Place {
        PATH,
        JSON,
        FORM,
        XML,
        TEXT
    }

    /**
     * Writes the call.
     *
     * @param properties what the route said: {@code call}, and if it likes {@code callBody}, {@code callType} and {@code
     *     callHeaders}
     * @param headers where method, address and headers of the call are put
     * @return the body; empty if there is none
     */
    public String write(
            Action action,
            String target,
            String url,
            Map<String, String> options,
            Map<String, Object> properties,
            Map<String, Object> headers) {
        Values values =
                new Values(action, options, properties, resolved(properties), clock, () -> targets.secret(target));
        String[] call = text(properties, "call").strip().split(" ", 2);
        if (call.length != 2) {
            throw new IllegalStateException("The property \"call\" must hold a method and a path");
        }
        String path = filled(call[1].strip(), values, Place.PATH);
        headers.put("CamelHttpMethod", filled(call[0], values, Place.TEXT));
        headers.put("CamelHttpUri", path.startsWith("/") ? url + path : url);
        headers.put("Accept", "application/json");
        for (String line : text(properties, "callHeaders").split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).strip(),
                        filled(line.substring(colon + 1).strip(), values, Place.TEXT));
            }
        }
        String template = text(properties, "callBody");
        if (template.isBlank()) {
            return "";
        }
        String type = text(properties, "callType");
        headers.put("Content-Type", type.isEmpty() ? "application/json" : type);
        return body(template.strip(), type, values);
    }

    /**
     * Fills in a text, for connectors that speak something else than HTTP.
     *
     * @param resolved whom the target's chain found the subject to be; absent if it has none
     */
    public String text(
            Action action, String target, Map<String, String> options, @Nullable String resolved, String template) {
        return filled(
                template,
                new Values(action, options, Map.of(), resolved, clock, () -> targets.secret(target)),
                Place.TEXT);
    }

    /**
     * Fills in one word of a command, for programs and protocols where a value with a space or a hyphen before it would
     * become something else than a value. What the template translates a value to is the operator's word and taken as it
     * is; every other value must be as the pattern says, and none may begin the word like an option.
     *
     * @param resolved whom the target's chain found the subject to be; absent if it has none
     * @param pattern for the whole of a value; addresses are checked as such instead
     */
    public String word(
            Action action,
            String target,
            Map<String, String> options,
            @Nullable String resolved,
            String template,
            Pattern pattern) {
        Values values = new Values(action, options, Map.of(), resolved, clock, () -> targets.secret(target));
        Matcher placeholder = PLACEHOLDER.matcher(template);
        StringBuilder word = new StringBuilder();
        while (placeholder.find()) {
            String value = value(placeholder, values);
            if (!value.isEmpty() && !(placeholder.group(4) + "|").contains("=" + value + "|")) {
                boolean fits = placeholder.group(2).equals("address")
                        ? ADDRESS.matcher(value).matches()
                        : pattern.matcher(value).matches();
                if (CONTROL.matcher(value).find()
                        || !fits
                        || (placeholder.start() == 0 && OPTION_SIGNS.indexOf(value.charAt(0)) >= 0)) {
                    throw new AttemptEndedException(new Outcome.Refused("The value for {" + placeholder.group(2)
                            + "} is not as the target's option pattern wants it"));
                }
            }
            placeholder.appendReplacement(word, Matcher.quoteReplacement(value));
        }
        return placeholder.appendTail(word).toString();
    }

    private static String body(String template, String type, Values values) {
        if (type.isEmpty() || type.contains("json")) {
            // One document a line, where a target takes several at once.
            if (type.contains("ndjson")) {
                List<String> lines = new ArrayList<>();
                template.lines().filter(line -> !line.isBlank()).forEach(line -> lines.add(json(line, values)));
                return String.join("\n", lines) + "\n";
            }
            return json(template, values);
        }
        return filled(
                template,
                values,
                type.contains("form-urlencoded") ? Place.FORM : type.contains("xml") ? Place.XML : Place.TEXT);
    }

    private static String json(String template, Values values) {
        return Wire.write(filledIn(Wire.read(template, Object.class), values));
    }

    private static Object filledIn(@Nullable Object node, Values values) {
        if (node instanceof Map<?, ?> map) {
            Map<String, Object> filled = new LinkedHashMap<>();
            map.forEach((name, value) -> filled.put(String.valueOf(name), filledIn(value, values)));
            return filled;
        }
        if (node instanceof List<?> list) {
            List<Object> filled = new ArrayList<>();
            for (Object item : list) {
                Object each = filledIn(item, values);
                // A list in a list's place joins it.
                if (item instanceof String && each instanceof List<?> several) {
                    filled.addAll(several);
                } else {
                    filled.add(each);
                }
            }
            return filled;
        }
        if (!(node instanceof String text)) {
            return node == null ? Map.of() : node;
        }
        Matcher whole = PLACEHOLDER.matcher(text);
        return whole.matches() && whole.group(1).equals("#") ? plain(whole, values) : filled(text, values, Place.JSON);
    }

    /** A number, a truth value or a whole structure, where the template wants no text. */
    private static Object plain(Matcher placeholder, Values values) {
        Object raw = values.raw(placeholder.group(2));
        if (raw == null
                && placeholder.group(2).startsWith("property.")
                && !placeholder.group(3).isEmpty()) {
            return List.of();
        }
        if (raw instanceof Map<?, ?> || raw instanceof List<?>) {
            return raw;
        }
        String value = value(placeholder, values);
        if (value.equals("true") || value.equals("false")) {
            return Boolean.valueOf(value);
        }
        return value.matches("-?[0-9]{1,18}") ? (Object) Long.valueOf(value) : value;
    }

    private static String filled(String template, Values values, Place place) {
        Matcher placeholder = PLACEHOLDER.matcher(template);
        StringBuilder filled = new StringBuilder();
        while (placeholder.find()) {
            String value = value(placeholder, values);
            placeholder.appendReplacement(
                    filled,
                    Matcher.quoteReplacement(
                            placeholder.group(1).equals("+")
                                    ? CONTROL.matcher(value).replaceAll("")
                                    : in(place, value)));
        }
        return placeholder.appendTail(filled).toString();
    }

    private static String value(Matcher placeholder, Values values) {
        String name = placeholder.group(2);
        String value = values.text(name);
        String translations = placeholder.group(4);
        if (!translations.isEmpty()) {
            String otherwise = value;
            for (String translation : translations.substring(1).split("\\|")) {
                int equals = translation.indexOf('=');
                String from = translation.substring(0, equals);
                if (from.equals(value)) {
                    return translation.substring(equals + 1);
                }
                if (from.isEmpty()) {
                    otherwise = translation.substring(equals + 1);
                }
            }
            value = otherwise;
        }
        if (value == null || value.isEmpty()) {
            if (placeholder.group(3).isEmpty()) {
                throw new AttemptEndedException(new Outcome.Refused(values.missing(name)));
            }
            return "";
        }
        return value;
    }

    private static String in(Place place, String value) {
        return switch (place) {
            case PATH -> encoded(value).replace("+", "%20").replace(".", "%2E");
            case FORM -> encoded(value);
            case JSON -> value;
            case XML ->
                CONTROL.matcher(value)
                        .replaceAll(" ")
                        .replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace("\"", "&quot;")
                        .replace("'", "&apos;");
            case TEXT -> CONTROL.matcher(value).replaceAll(" ");
        };
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** Whom the target's chain found the subject to be; its word is taken before the subject's own. */
    private static @Nullable String resolved(Map<String, Object> properties) {
        return properties.get("resolved") instanceof String resolved ? resolved : null;
    }

    private static String text(Map<String, Object> properties, String name) {
        Object value = properties.get(name);
        return value == null ? "" : String.valueOf(value);
    }
}
