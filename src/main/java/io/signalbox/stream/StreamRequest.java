package io.signalbox.stream;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The three members of a stream that are the receiver's to write; a transmitter refuses all others (R-40, T-32, T-33).
 * An absent member is left out of a create and of a patch, and deleted by a replacement.
 *
 * @param delivery replaced as a whole wherever it is present
 * @param eventsRequested URIs of event types; never empty when present
 * @param description for people at the transmitter
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.1">SSF 1.0, section
 *     8.1.1</a>
 */
public record StreamRequest(
        @Nullable Delivery delivery,
        @Nullable List<String> eventsRequested,
        @Nullable String description) {

    public StreamRequest {
        if (eventsRequested != null) {
            eventsRequested = List.copyOf(eventsRequested);
            if (eventsRequested.isEmpty()) {
                throw new IllegalArgumentException("A stream of no events is no stream (R-42)");
            }
        }
    }

    /** Whether nothing is asked for. */
    public boolean isEmpty() {
        return delivery == null && eventsRequested == null && description == null;
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        if (delivery != null) {
            json.put("delivery", delivery.toJson());
        }
        if (eventsRequested != null) {
            json.put("events_requested", eventsRequested);
        }
        if (description != null) {
            json.put("description", description);
        }
        return json;
    }
}
