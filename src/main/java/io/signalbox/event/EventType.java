package io.signalbox.event;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What the catalogue knows of one event type. Each payload record holds its own as {@code TYPE}. */
public final class EventType {

    private static final String SECEVENT = "https://schemas.openid.net/secevent/";

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
     * One claim of a type.
     *
     * @param name as on the wire
     * @param kind what it must be, in words
     * @param required whether an event without it is malformed
     */
    public record Claim(String name, String kind, boolean required) {}

    /**
     * A type of any family.
     *
     * @param alias family and name, such as {@code scim/feed-add}
     * @param uri as specified
     * @param reader makes the record, or throws {@link MalformedClaimException}
     * @param legacyUris URIs that mean the same, with the same payload
     */
    static EventType of(String alias, String uri, Function<Claims, EventPayload> reader, String... legacyUris) {
        return new EventType(uri, alias, List.of(legacyUris), reader);
    }

    /**
     * A type of the OpenID Foundation, whose URI says family and name.
     *
     * @param family such as {@code risc}
     * @param name the last part of its URI
     * @param reader makes the record, or throws {@link MalformedClaimException}
     * @param legacyUris URIs that mean the same, with the same payload
     */
    static EventType openId(String family, String name, Function<Claims, EventPayload> reader, String... legacyUris) {
        return of(family + "/" + name, openIdUri(family, name), reader, legacyUris);
    }

    /** See {@link #openId}. */
    static String openIdUri(String family, String name) {
        return SECEVENT + family + "/event-type/" + name;
    }

    /** As specified. */
    public String uri() {
        return uri;
    }

    /** The short name, family and type: {@code caep/risk-level-change}. */
    public String alias() {
        return alias;
    }

    /** The part of the alias before the slash: {@code caep}. */
    public String family() {
        return alias.substring(0, alias.indexOf('/'));
    }

    /** URIs of earlier texts with the same payload and meaning: read, never written. */
    public List<String> legacyUris() {
        return legacyUris;
    }

    /** The claims that the type's definition names, in its order. */
    public List<Claim> claims() {
        return ask().asked();
    }

    /** A payload with each claim of the type, of values that stand for nothing: for documentation and tests. */
    public Map<String, Object> sample() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(ask().sample()));
    }

    private AskedClaims ask() {
        AskedClaims asked = new AskedClaims();
        EventPayload ignored = reader.apply(asked);
        return asked;
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
