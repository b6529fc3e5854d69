package io.signalbox.event;

import io.signalbox.set.SubjectIdentifier;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event of a type that the catalogue knows. Each family is one sealed interface in a file of its own, whose nested
 * records are its types: permitting a family here, or a record there, is all it takes to make it known.
 */
public sealed interface KnownEvent extends EventPayload
        permits CaepEvent, RiscEvent, SsfEvent, ScimEvent, OAuthEvent, LogoutEvent {

    /** What the catalogue knows of this event's type. */
    EventType type();

    /** Claims that the type does not know, as received; among them {@code subject}, where a transmitter puts it there. */
    Map<String, Object> others();

    @Override
    default @Nullable SubjectIdentifier subjectInside() {
        return subjectAmong(others());
    }

    /** What stands where texts before the final ones had the subject; null if nobody is named there. */
    static @Nullable SubjectIdentifier subjectAmong(Map<String, Object> claims) {
        return claims.get("subject") instanceof Map<?, ?> json ? subject(json) : null;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable SubjectIdentifier subject(Map<?, ?> json) {
        return SubjectIdentifier.of((Map<String, Object>) json)
                .filter(subject -> subject.flaw().isEmpty())
                .orElse(null);
    }

    @Override
    default String uri() {
        return type().uri();
    }

    @Override
    default String alias() {
        return type().alias();
    }
}
