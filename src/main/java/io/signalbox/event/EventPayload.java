package io.signalbox.event;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one member of a SET's {@code events} says, read into the type that its URI names. */
public sealed interface EventPayload permits CaepEvent, UnknownEvent {

    /** The event type's URI, as specified; never an alias of it. */
    String uri();

    /** The short name used in rules' cases, in logs and in metrics, such as {@code caep/risk-level-change}. */
    String alias();

    /** The payload as it is written on the wire, claims that the type does not know included. Legacy spellings are mended. */
    Map<String, Object> toJson();

    /** How the subject stands from now on, if the event says so; null if it tells of something that happened and is over. */
    default @Nullable Aspect states() {
        return null;
    }

    /** When it happened, by the event's own word; null if the event does not say. */
    default @Nullable Instant ownTime() {
        return null;
    }
}
