package io.signalbox.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names event types, for those who say which of them they take: {@code caep:session-revoked}, {@code risc:*},
 * {@code scim:prov:*}, a full URI, a URI that ends in {@code *}, or {@code *} for all. A type is the same under its
 * legacy URIs.
 */
public final class EventPattern {

    private static final String ALL = "*";

    /** Family to the start of its URIs. */
    private static final Map<String, String> FAMILIES = families();

    private final String text;
    private final String start;
    private final boolean open;

    private EventPattern(String text, String start, boolean open) {
        this.text = text;
        this.start = start;
        this.open = open;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it is none, or names a type that its family does not have: a misspelt name
     *     would otherwise be an entitlement that nobody gets
     */
    public static EventPattern parse(String text) {
        boolean open = text.endsWith(ALL);
        String name = open ? text.substring(0, text.length() - 1) : text;
        if (name.contains(ALL) || name.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException(
                    "'" + text + "' may have one * at its end, and no white space or control characters");
        }
        if (name.isEmpty() && open) {
            return new EventPattern(text, "", true);
        }
        if (name.startsWith("https://") || name.startsWith("http://") || name.startsWith("urn:")) {
            return new EventPattern(text, name, open);
        }
        int colon = name.indexOf(':');
        String family = colon < 0 ? null : FAMILIES.get(name.substring(0, colon));
        if (family == null || colon == name.length() - 1 && !open) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a URI nor like caep:* or caep:session-revoked;" + " families are "
                            + String.join(", ", FAMILIES.keySet()));
        }
        EventPattern pattern = new EventPattern(text, family + name.substring(colon + 1), open);
        List<EventType> known = EventCatalog.types().stream()
                .filter(type -> type.uri().startsWith(family))
                .toList();
        if (!known.isEmpty() && known.stream().noneMatch(type -> pattern.matches(type.uri()))) {
            throw new IllegalArgumentException("'" + text + "' names no event type; "
                    + name.substring(0, colon) + " has "
                    + String.join(
                            ", ",
                            known.stream()
                                    .map(type -> type.uri().substring(family.length()))
                                    .toList()));
        }
        return pattern;
    }

    /**
     * Whether an event is of such a type.
     *
     * @param uri the type as a token has it: as specified, or one of its legacy URIs
     */
    public boolean matches(String uri) {
        return fits(uri) || EventCatalog.type(uri).map(type -> fits(type.uri())).orElse(false);
    }

    private boolean fits(String uri) {
        return open ? uri.startsWith(start) : uri.equals(start);
    }

    private static Map<String, String> families() {
        Map<String, String> families = new LinkedHashMap<>();
        for (String family : List.of("caep", "risc", "ssf", "sse", "oauth")) {
            families.put(family, "https://schemas.openid.net/secevent/" + family + "/event-type/");
        }
        families.put("scim", "urn:ietf:params:scim:event:");
        return families;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EventPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
