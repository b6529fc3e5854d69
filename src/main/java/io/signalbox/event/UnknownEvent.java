package io.signalbox.event;

import java.util.Map;

/**
 * An event of a type that we have no record for. Not an error: it is kept as it came, and a rule may match it.
 *
 * @param uri the type as the transmitter wrote it
 * @param payload the claims as received
 */
public record UnknownEvent(String uri, Map<String, Object> payload) implements EventPayload {

    @Override
    public String alias() {
        return "unknown";
    }

    @Override
    public Map<String, Object> toJson() {
        return payload;
    }

    /** Payloads belong in no log. */
    @Override
    public String toString() {
        return "UnknownEvent[" + uri + "]";
    }
}
