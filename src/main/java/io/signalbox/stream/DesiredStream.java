package io.signalbox.stream;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a stream is meant to be at its transmitter.
 *
 * @param source the name that the operator gave it
 * @param issuer of the transmitter
 * @param wellKnown under which name the transmitter publishes its metadata
 * @param streamId the stream, if the operator names it; absent if it is to be found or made
 * @param delivery push or poll
 * @param endpointUrl for push, where the transmitter reaches us; absent for poll
 * @param authorizationHeader for push, what the transmitter must send; absent if nothing
 * @param events URIs of types; at least one
 * @param description by which we know the stream again, as far as the transmitter keeps it
 */
public record DesiredStream(
        String source,
        String issuer,
        WellKnown wellKnown,
        @Nullable String streamId,
        DeliveryMethod delivery,
        @Nullable URI endpointUrl,
        @Nullable String authorizationHeader,
        List<String> events,
        String description) {

    public DesiredStream {
        events = List.copyOf(events);
    }

    /** What is asked for when the stream is made. */
    StreamRequest request() {
        return new StreamRequest(
                delivery == DeliveryMethod.POLL
                        ? Delivery.poll()
                        : new Delivery(delivery, endpointUrl, authorizationHeader),
                events,
                description);
    }

    /** The header is a secret. */
    @Override
    public String toString() {
        return "DesiredStream[" + source + "]";
    }
}
