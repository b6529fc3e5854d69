package io.signalbox.transmit;

import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Method;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stream's configuration as it is written.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.1">SSF 1.0, section
 *     8.1.1</a>
 */
final class StreamForm {

    /** Said by the transmitter alone. {@code stream_id} is as well, but has to be there to name the stream. */
    static final Set<String> OURS = Set.of(
            "stream_id",
            "iss",
            "aud",
            "events_supported",
            "events_delivered",
            "min_verification_interval",
            "inactivity_timeout");

    private final Transmitter transmitter;
    private final Seal seal;

    StreamForm(Transmitter transmitter, Seal seal) {
        this.transmitter = transmitter;
        this.seal = seal;
    }

    Map<String, Object> of(OutboundStream stream, Client client) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("stream_id", stream.id());
        form.put("iss", client.tenant().issuer());
        form.put("aud", stream.aud().size() == 1 ? stream.aud().get(0) : stream.aud());
        form.put("delivery", delivery(stream));
        form.put("events_supported", client.supported());
        if (stream.eventsRequested() != null) {
            form.put("events_requested", stream.eventsRequested());
        }
        form.put("events_delivered", transmitter.delivered(stream));
        form.put(
                "min_verification_interval",
                transmitter.minVerificationInterval().toSeconds());
        Duration inactivity = transmitter.inactivityTimeout();
        if (inactivity != null) {
            form.put("inactivity_timeout", inactivity.toSeconds());
        }
        if (stream.description() != null) {
            form.put("description", stream.description());
        }
        return form;
    }

    /** The authorization header goes back to the client that gave it, and to nobody else (T-21). */
    private Map<String, Object> delivery(OutboundStream stream) {
        Map<String, Object> delivery = new LinkedHashMap<>();
        delivery.put("method", stream.method().urn());
        delivery.put(
                "endpoint_url",
                stream.method() == Method.POLL ? transmitter.pollPlace(stream) : String.valueOf(stream.endpoint()));
        String header = DeliveryWish.of(stream, seal).authorization();
        if (header != null) {
            delivery.put("authorization_header", header);
        }
        return delivery;
    }

    /**
     * T-33: what is ours may be said, as long as it is what we say.
     *
     * @throws BadCall naming the first member that is not
     */
    void compare(Map<String, Object> told, OutboundStream stream, Client client) {
        Map<String, Object> known = of(stream, client);
        for (String member : OURS) {
            Object value = told.get(member);
            if (value != null && !isSame(value, known.get(member))) {
                throw BadCall.invalid(member + " is the transmitter's to say, and it is something else");
            }
        }
    }

    /** Of lists the order says nothing, and one audience is the same with brackets and without. */
    private static boolean isSame(Object told, @Nullable Object known) {
        if (known instanceof Number number) {
            return told instanceof Number other && other.doubleValue() == number.doubleValue();
        }
        return set(told).equals(set(known)) && (!(told instanceof Map));
    }

    private static Set<Object> set(@Nullable Object value) {
        return new HashSet<>(value instanceof Collection<?> all ? all : value == null ? List.of() : List.of(value));
    }
}
