package io.signalbox.act.resolve;

import io.signalbox.set.SubjectIdentifier;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A text with names in braces, for each of which a subject's identifier may have a value. */
final class Placeholders {

    private static final Pattern NAME = Pattern.compile("\\{([a-z_.]+)}");

    private static final Set<String> KNOWN = new TreeSet<>(Set.of(
            "email",
            "email.local",
            "email.domain",
            "iss",
            "sub",
            "account",
            "account.local",
            "account.domain",
            "id",
            "phone_number",
            "url",
            "uri"));

    private final String text;

    private Placeholders(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException naming the key, if a name is not known, or there is none */
    static Placeholders read(String key, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException(key + ": must be given");
        }
        Matcher names = NAME.matcher(text);
        boolean any = false;
        while (names.find()) {
            any = true;
            if (!KNOWN.contains(names.group(1))) {
                throw new IllegalArgumentException(key + ": {" + names.group(1) + "} is not known; known are " + KNOWN);
            }
        }
        if (!any) {
            throw new IllegalArgumentException(
                    key + ": must hold a placeholder such as {email}, or everybody is the same");
        }
        return new Placeholders(text);
    }

    /**
     * The text with all values in their places.
     *
     * @param escape how a value is written so that it ends nothing and begins nothing
     * @return absent if the identifier lacks one of them
     */
    @Nullable
    String fill(SubjectIdentifier one, UnaryOperator<String> escape) {
        Map<String, String> values = values(one.canonical());
        Matcher names = NAME.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (names.find()) {
            String value = values.get(names.group(1));
            if (value == null || value.isEmpty()) {
                return null;
            }
            names.appendReplacement(filled, Matcher.quoteReplacement(escape.apply(value)));
        }
        return names.appendTail(filled).toString();
    }

    private static Map<String, String> values(SubjectIdentifier one) {
        Map<String, String> values = new TreeMap<>();
        switch (one.format()) {
            case "email" -> parts(values, "email", one.text("email"));
            case "account" -> {
                String uri = one.text("uri");
                parts(values, "account", uri == null ? null : uri.replaceFirst("(?i)^acct:", ""));
            }
            case "iss_sub" -> {
                put(values, "iss", one.text("iss"));
                put(values, "sub", one.text("sub"));
            }
            default -> {
                for (String member : Set.of("id", "phone_number", "url", "uri")) {
                    put(values, member, one.text(member));
                }
            }
        }
        return values;
    }

    private static void parts(Map<String, String> values, String name, @Nullable String address) {
        int at = address == null ? -1 : address.lastIndexOf('@');
        if (address != null && at > 0) {
            put(values, name, address);
            put(values, name + ".local", address.substring(0, at));
            put(values, name + ".domain", address.substring(at + 1));
        }
    }

    private static void put(Map<String, String> values, String name, @Nullable String value) {
        if (value != null) {
            values.put(name, value);
        }
    }
}
