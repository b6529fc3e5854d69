package io.signalbox.stream;

import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventType;
import java.util.List;
import java.util.Map;

/** The short names under which people write event types: {@code caep:session-revoked}, or only {@code session-revoked}. */
public final class EventNames {

    static final String VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification";
    static final String STREAM_UPDATED = "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";

    private static final String CAEP = "https://schemas.openid.net/secevent/caep/event-type/";

    private static final Map<String, String> FAMILIES =
            Map.of("caep", CAEP, "risc", "https://schemas.openid.net/secevent/risc/event-type/");

    private EventNames() {}

    /** The URIs of all types of CAEP: what a transmitter is asked for when nobody chose. Some take no long lists. */
    public static List<String> caep() {
        return EventCatalog.types().stream()
                .map(EventType::uri)
                .filter(uri -> uri.startsWith(CAEP))
                .toList();
    }

    /**
     * The URI that a name stands for; a URI stands for itself.
     *
     * @throws IllegalArgumentException if it stands for none that we know of
     */
    public static String uri(String name) {
        if (name.startsWith("https://") || name.startsWith("http://") || name.startsWith("urn:")) {
            return name;
        }
        String[] parts = name.replace('/', ':').split(":", 2);
        if (parts.length == 2 && FAMILIES.containsKey(parts[0]) && !parts[1].isEmpty()) {
            return FAMILIES.get(parts[0]) + parts[1];
        }
        return EventCatalog.types().stream()
                .filter(type -> type.alias().endsWith("/" + name))
                .map(EventType::uri)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + name + "' is no event type; write its URI, or caep:... or risc:..."));
    }

    /** The last part of a URI, for people. */
    static String shortly(String uri) {
        return uri.substring(uri.lastIndexOf('/') + 1);
    }
}
