package io.signalbox.store.jdbc;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventPayload;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.event.UnknownEvent;
import io.signalbox.set.Standing;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A signal as one JSON column. A SET says everything three times over (the token as signed, its claims, the events read
 * from them); here the token is kept, and of the others only what cannot be read from it again.
 */
final class SignalBody {

    private SignalBody() {}

    static String write(Signal signal) {
        VerifiedSet set = signal.set();
        boolean inToken = Objects.equals(eventsOf(set.compact()), set.events());
        List<EventForm> events = new ArrayList<>();
        for (SecurityEvent event : signal.events()) {
            EventPayload payload = event.payload();
            Map<String, Object> claimed = set.events().get(payload.uri());
            boolean asClaimed = claimed != null && read(payload.uri(), claimed).equals(payload) && isOf(set, event);
            events.add(
                    asClaimed
                            ? new EventForm(payload.uri(), event.occurredAt(), null)
                            : new EventForm(payload.uri(), event.occurredAt(), event));
        }
        return Wire.write(new Form(
                set.iss(),
                set.jti(),
                set.iat(),
                set.aud(),
                set.txn(),
                set.toe(),
                set.subject(),
                inToken ? null : set.events(),
                set.compact(),
                set.receivedAt(),
                set.standing().counts() ? null : set.standing(),
                set.logoutToken() ? true : null,
                events));
    }

    static Signal read(String body) {
        Form form = Wire.read(body, Form.class);
        Map<String, Map<String, Object>> claims = form.claims() != null ? form.claims() : eventsOf(form.compact());
        if (claims == null) {
            throw new IllegalStateException("The token of " + form.jti() + " has no events");
        }
        VerifiedSet set = new VerifiedSet(
                form.iss(),
                form.jti(),
                form.iat(),
                form.aud(),
                form.txn(),
                form.toe(),
                form.subject(),
                claims,
                form.compact(),
                form.receivedAt(),
                form.standing() == null ? Standing.ENTITLED : form.standing(),
                Boolean.TRUE.equals(form.logoutToken()));
        return new Signal(
                set, form.events().stream().map(event -> event.of(set)).toList());
    }

    /** The same without the token and without what it says of anybody: issuer, times and types of events stay. */
    static String emptied(String body) {
        Signal signal = read(body);
        VerifiedSet set = signal.set();
        Map<String, Map<String, Object>> claims = new TreeMap<>();
        set.events().keySet().forEach(uri -> claims.put(uri, Map.of()));
        VerifiedSet empty = new VerifiedSet(
                set.iss(),
                set.jti(),
                set.iat(),
                set.aud(),
                set.txn(),
                set.toe(),
                null,
                claims,
                "",
                set.receivedAt(),
                set.standing());
        return write(new Signal(
                empty,
                signal.events().stream()
                        .map(event -> new SecurityEvent(
                                empty.id(),
                                empty.iss(),
                                empty.txn(),
                                null,
                                read(event.payload().uri(), Map.of()),
                                event.occurredAt(),
                                empty.receivedAt()))
                        .toList()));
    }

    /** The same as the token's own, member by member, but for its time. */
    private static boolean isOf(VerifiedSet set, SecurityEvent event) {
        return new SecurityEvent(
                        set.id(),
                        set.iss(),
                        set.txn(),
                        set.subject(),
                        event.payload(),
                        event.occurredAt(),
                        set.receivedAt())
                .equals(event);
    }

    private static EventPayload read(String uri, Map<String, Object> payload) {
        return EventCatalog.read(uri, payload) instanceof EventCatalog.Reading.Read read
                ? read.payload()
                : new UnknownEvent(uri, payload);
    }

    /** Absent if this is no token whose events can be read. */
    @SuppressWarnings("unchecked")
    private static @Nullable Map<String, Map<String, Object>> eventsOf(String compact) {
        String[] parts = compact.split("\\.", -1);
        if (parts.length != 3) {
            return null;
        }
        try {
            String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            return Wire.readObject(claims).get("events") instanceof Map<?, ?> events
                            && events.values().stream().allMatch(Map.class::isInstance)
                    ? (Map<String, Map<String, Object>>) events
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * @param claims the token's events; absent if the token itself shows the same
     * @param standing absent if the issuer was entitled
     * @param logoutToken absent if it came as a SET
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Form(
            String iss,
            String jti,
            Instant iat,
            List<String> aud,
            @Nullable String txn,
            @Nullable Instant toe,
            @Nullable SubjectIdentifier subject,
            @Nullable Map<String, Map<String, Object>> claims,
            String compact,
            Instant receivedAt,
            @Nullable Standing standing,
            @Nullable Boolean logoutToken,
            List<EventForm> events) {}

    /** @param whole absent if the event is the claim under its URI */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record EventForm(
            String uri, Instant occurredAt, @Nullable SecurityEvent whole) {

        SecurityEvent of(VerifiedSet set) {
            return whole != null
                    ? whole
                    : new SecurityEvent(
                            set.id(),
                            set.iss(),
                            set.txn(),
                            set.subject(),
                            SignalBody.read(uri, set.events().getOrDefault(uri, Map.of())),
                            occurredAt,
                            set.receivedAt());
        }
    }
}
