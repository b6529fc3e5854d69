package io.signalbox.event;

import java.util.Map;

/** Every event type we know, found by URI. */
public final class EventCatalog {

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

    public static Reading read(String uri, Map<String, Object> payload) {
        return new Reading.Read(new UnknownEvent(uri, payload));
    }
}
