package io.signalbox.event;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What the catalogue knows of one event type. Each payload record holds its own as {@code TYPE}. */
public final class EventType {

    private static final String CAEP = "https://schemas.openid.net/secevent/caep/event-type/";

    private final String uri;
    private final String alias;
    private final List<String> legacyUris;
    private final Function<Claims, EventPayload> reader;

    private EventType(String uri, String alias, List<String> legacyUris, Function<Claims, EventPayload> reader) {
        this.uri = uri;
        this.alias = alias;
        this.legacyUris = legacyUris;
        this.reader = reader;
    }

    /**
     * A type of CAEP 1.0.
     *
     * @param name the last part of its URI
     * @param reader makes the record, or throws {@link MalformedClaimException}
     * @param legacyNames last parts of URIs that once meant the same
     */
    static EventType caep(String name, Function<Claims, EventPayload> reader, String... legacyNames) {
        List<String> legacyUris =
                List.of(legacyNames).stream().map(CAEP::concat).toList();
        return new EventType(CAEP + name, "caep/" + name, legacyUris, reader);
    }

    /** As specified. */
    public String uri() {
        return uri;
    }

    /** The short name, family and type: {@code caep/risk-level-change}. */
    public String alias() {
        return alias;
    }

    /** URIs of earlier texts with the same payload and meaning: read, never written. */
    public List<String> legacyUris() {
        return legacyUris;
    }

    EventCatalog.Reading read(Map<String, Object> payload) {
        try {
            return new EventCatalog.Reading.Read(reader.apply(new Claims(payload)));
        } catch (MalformedClaimException e) {
            return new EventCatalog.Reading.Malformed(alias, e.claim(), e.why());
        }
    }

    /** The alias; payloads belong in no log. */
    @Override
    public String toString() {
        return alias;
    }
}
