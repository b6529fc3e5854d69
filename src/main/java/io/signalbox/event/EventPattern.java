package io.signalbox.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Names event types, for those who say which of them they take: {@code caep:session-revoked}, {@code risc:*},
 * {@code scim:prov:*}, a full URI, a URI that ends in {@code *}, or {@code *} for all. A type is the same under its
 * legacy URIs, and its name is what its alias or its URI ends in.
 */
public final class EventPattern {

    private static final String ALL = "*";

    /** Family to the start of its URIs, for the types that the catalogue does not know as well. */
    private static final Map<String, String> FAMILIES = starts();

    /** Stands where a pattern is of aliases alone: no URI begins so. */
    private static final String NO_URI = " ";

    private final String text;
    private final String start;
    private final String alias;
    private final boolean open;

    private EventPattern(String text, String start, String alias, boolean open) {
        this.text = text;
        this.start = start;
        this.alias = alias;
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
            return new EventPattern(text, "", NO_URI, true);
        }
        if (name.startsWith("https://") || name.startsWith("http://") || name.startsWith("urn:")) {
            return new EventPattern(text, name, NO_URI, open);
        }
        int colon = name.indexOf(':');
        String family = colon < 0 ? "" : name.substring(0, colon);
        List<EventType> known = EventCatalog.types().stream()
                .filter(type -> type.alias().startsWith(family + "/"))
                .toList();
        String start = FAMILIES.get(family);
        if (start == null && known.isEmpty() || colon == name.length() - 1 && !open) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a URI nor like caep:* or caep:session-revoked;" + " families are "
                            + String.join(", ", families()));
        }
        String named = name.substring(colon + 1);
        EventPattern pattern =
                new EventPattern(text, start == null ? NO_URI : start + named, family + "/" + named, open);
        if (!known.isEmpty() && known.stream().noneMatch(type -> pattern.matches(type.uri()))) {
            throw new IllegalArgumentException("'" + text + "' names no event type; " + family + " has "
                    + String.join(
                            ", ",
                            known.stream()
                                    .map(type -> type.alias().substring(family.length() + 1))
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
        return fits(uri, start)
                || EventCatalog.type(uri)
                        .map(type -> fits(type.uri(), start) || fits(type.alias(), alias))
                        .orElse(false);
    }

    private boolean fits(String told, String wanted) {
        return open ? told.startsWith(wanted) : told.equals(wanted);
    }

    private static Set<String> families() {
        Set<String> families = new TreeSet<>(FAMILIES.keySet());
        EventCatalog.types()
                .forEach(type ->
                        families.add(type.alias().substring(0, type.alias().indexOf('/'))));
        return families;
    }

    private static Map<String, String> starts() {
        Map<String, String> starts = new LinkedHashMap<>();
        for (String family : List.of("caep", "risc", "ssf", "sse", "oauth")) {
            starts.put(family, "https://schemas.openid.net/secevent/" + family + "/event-type/");
        }
        starts.put("scim", "urn:ietf:params:scim:event:");
        return starts;
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
