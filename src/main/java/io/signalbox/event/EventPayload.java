package io.signalbox.event;

import io.signalbox.set.SubjectIdentifier;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one member of a SET's {@code events} says, read into the type that its URI names. */
public sealed interface EventPayload permits KnownEvent, UnknownEvent {

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

    /** Whom it is about, if the event says so itself; null if that stands in the token alone. */
    default @Nullable SubjectIdentifier subjectInside() {
        return null;
    }

    /**
     * Whether it is too late for the event once something later is known of the same aspect. An event that tells of a state
     * perishes; one that tells what somebody did is acted upon whenever it comes.
     */
    default boolean perishes() {
        return true;
    }

    /** By whom and why, as far as the event says so. */
    default CaepContext context() {
        return CaepContext.NONE;
    }

    /** Why, in a word that a program can act upon, such as {@code hijacking}; null if the event has none. */
    default @Nullable String reasonCode() {
        return null;
    }

    /** When it happened, by the event's own word; null if the event does not say. */
    default @Nullable Instant ownTime() {
        return null;
    }
}
