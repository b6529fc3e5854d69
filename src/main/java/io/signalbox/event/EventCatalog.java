package io.signalbox.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every event type we know, found by URI. The families' sealed interfaces are the registry: a new record is known by
 * being permitted there.
 */
public final class EventCatalog {

    private static final List<EventType> TYPES = typesOf(KnownEvent.class);
    private static final Map<String, EventType> BY_URI = byUri();

    private EventCatalog() {}

    /** What reading one member of {@code events} gave. */
    public sealed interface Reading {

        /** Read, or of a type we do not know: then an {@link UnknownEvent}. */
        record Read(EventPayload payload) implements Reading {}

        /**
         * Does not fit the definition of its type.
         *
         * @param alias of the type
         * @param claim the offending claim
         * @param why what is wrong with it; holds no value of the payload
         */
        record Malformed(String alias, String claim, String why) implements Reading {}
    }

    /**
     * Reads one member of a SET's {@code events}.
     *
     * @param uri the type, as specified or by one of its legacy URIs
     * @param payload the claims as received
     */
    public static Reading read(String uri, Map<String, Object> payload) {
        EventType type = BY_URI.get(uri);
        return type == null ? new Reading.Read(new UnknownEvent(uri, payload)) : type.read(payload);
    }

    /** The type with this URI or legacy URI; empty if we do not know it. */
    public static Optional<EventType> type(String uri) {
        return Optional.ofNullable(BY_URI.get(uri));
    }

    /** All types, in the order in which their families list them. */
    public static List<EventType> types() {
        return TYPES;
    }

    private static List<EventType> typesOf(Class<?> family) {
        List<EventType> types = new ArrayList<>();
        for (Class<?> payload : family.getPermittedSubclasses()) {
            if (payload.isSealed()) {
                types.addAll(typesOf(payload));
            } else {
                types.add(typeOf(payload));
            }
        }
        return List.copyOf(types);
    }

    private static EventType typeOf(Class<?> payload) {
        try {
            return (EventType) payload.getDeclaredField("TYPE").get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(payload.getName() + " needs a static EventType named TYPE", e);
        }
    }

    private static Map<String, EventType> byUri() {
        Map<String, EventType> byUri = new HashMap<>();
        for (EventType type : TYPES) {
            put(byUri, type.uri(), type);
            type.legacyUris().forEach(legacy -> put(byUri, legacy, type));
        }
        put(byUri, ScimNotification.TYPE.uri(), ScimNotification.TYPE);
        return Map.copyOf(byUri);
    }

    private static void put(Map<String, EventType> byUri, String uri, EventType type) {
        EventType before = byUri.put(uri, type);
        if (before != null) {
            throw new IllegalStateException(uri + " means both " + before + " and " + type);
        }
    }
}
