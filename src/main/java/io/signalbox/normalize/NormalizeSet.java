package io.signalbox.normalize;

import io.signalbox.Step;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventPayload;
import io.signalbox.event.EventType;
import io.signalbox.event.OAuthEvent;
import io.signalbox.event.ScimEvent;
import io.signalbox.event.ScimMapping;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.event.UnknownEvent;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a verified SET into the one model that rules see.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-4.2.1">SSF 1.0, section
 *     4.2.1</a>
 */
@Step("normalizeSet")
public final class NormalizeSet {

    /**
     * Never fails: what the catalogue cannot read goes on as an {@link UnknownEvent}, because a SET that was answered
     * with 202 may not be lost to a stricter release.
     *
     * @return the set with each of its events once, in the order of the token, and what those of SCIM mean
     */
    public Signal normalize(VerifiedSet set) {
        List<SecurityEvent> events = new ArrayList<>();
        foldAliases(set.events()).forEach((uri, payload) -> events.add(event(set, read(uri, payload))));
        return new Signal(set, withMeanings(events));
    }

    /**
     * Behind each event of SCIM what it means in CAEP and RISC, so that rules need to be written once. What the token says
     * by itself, or has been said already, is not said again.
     */
    private static List<SecurityEvent> withMeanings(List<SecurityEvent> told) {
        if (told.stream().noneMatch(event -> event.payload() instanceof ScimEvent)) {
            return List.copyOf(told);
        }
        Set<EventPayload> said = new HashSet<>();
        Set<String> types = new HashSet<>();
        told.forEach(event -> types.add(event.payload().uri()));
        List<SecurityEvent> events = new ArrayList<>();
        for (SecurityEvent event : told) {
            events.add(event);
            if (event.payload() instanceof ScimEvent scim) {
                ScimMapping.fromScim(scim, event.subject()).stream()
                        .filter(meaning -> !types.contains(meaning.uri()) && said.add(meaning))
                        .forEach(meaning -> events.add(event.meaning(meaning)));
            }
        }
        return List.copyOf(events);
    }

    /** One type named by two URIs is one event; of two payloads, the one under the specified URI holds. */
    private static Map<String, Map<String, Object>> foldAliases(Map<String, Map<String, Object>> events) {
        Map<String, Map<String, Object>> folded = new LinkedHashMap<>();
        events.forEach((uri, payload) -> {
            String specified = EventCatalog.type(uri).map(EventType::uri).orElse(uri);
            if (specified.equals(uri)) {
                folded.put(uri, payload);
            } else {
                folded.putIfAbsent(specified, payload);
            }
        });
        return folded;
    }

    private static EventPayload read(String uri, Map<String, Object> payload) {
        return EventCatalog.read(uri, payload) instanceof EventCatalog.Reading.Read read
                ? read.payload()
                : new UnknownEvent(uri, payload);
    }

    private static SecurityEvent event(VerifiedSet set, EventPayload payload) {
        return new SecurityEvent(
                set.id(),
                set.iss(),
                set.txn(),
                subject(set, payload),
                payload,
                occurredAt(set, payload),
                set.receivedAt());
    }

    /** The token's own subject first, then the event's, then the client that the token is for, if it is about that. */
    private static @Nullable SubjectIdentifier subject(VerifiedSet set, EventPayload payload) {
        if (set.subject() != null) {
            return set.subject();
        }
        SubjectIdentifier inside = payload.subjectInside();
        if (inside == null
                && payload instanceof OAuthEvent oauth
                && oauth.isAboutTheAudience()
                && set.aud().size() == 1) {
            return SubjectIdentifier.ofClient(set.aud().get(0));
        }
        return inside;
    }

    private static Instant occurredAt(VerifiedSet set, EventPayload payload) {
        Instant ownTime = payload.ownTime();
        if (ownTime != null) {
            return ownTime;
        }
        Instant toe = set.toe();
        return toe != null ? toe : set.iat();
    }
}
