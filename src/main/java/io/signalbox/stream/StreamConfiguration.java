package io.signalbox.stream;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stream as its transmitter describes it.
 *
 * @param streamId unique among the transmitter's streams
 * @param iss the transmitter's issuer, character for character
 * @param aud by which names SETs of this stream address us; at least one
 * @param delivery how and where it delivers
 * @param eventsSupported what this receiver may ask for; empty if the transmitter does not say
 * @param eventsRequested what was asked for, unknown ones included
 * @param eventsDelivered what will come
 * @param description as kept; the transmitter may have cut it
 * @param minVerificationInterval how often at most a verification may be asked for; absent if it may always
 * @param inactivityTimeout after which time without a call the stream may be stopped; absent if never
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.1">SSF 1.0, section
 *     8.1.1</a>
 */
public record StreamConfiguration(
        String streamId,
        String iss,
        List<String> aud,
        Delivery delivery,
        List<String> eventsSupported,
        List<String> eventsRequested,
        List<String> eventsDelivered,
        @Nullable String description,
        @Nullable Duration minVerificationInterval,
        @Nullable Duration inactivityTimeout) {

    /** Methods of transmitters that are older than the final text (T-M): read, never written. */
    private static final Map<String, DeliveryMethod> LEGACY = Map.of(
            "https://schemas.openid.net/secevent/risc/delivery-method/push", DeliveryMethod.PUSH,
            "https://schemas.openid.net/secevent/risc/delivery-method/poll", DeliveryMethod.POLL);

    static StreamConfiguration read(Map<?, ?> json) {
        Members members = new Members(json, "SSF 8.1.1");
        return new StreamConfiguration(
                members.needed("stream_id"),
                members.needed("iss"),
                members.oneOrMore("aud"),
                delivery(members.object("delivery")),
                members.texts("events_supported"),
                members.texts("events_requested"),
                delivered(members),
                members.text("description"),
                members.seconds("min_verification_interval"),
                members.seconds("inactivity_timeout"));
    }

    /** Required; an empty array may be left out, and then it is one. */
    private static List<String> delivered(Members members) {
        return members.texts("events_delivered");
    }

    private static Delivery delivery(Members members) {
        String urn = members.needed("method");
        DeliveryMethod method = DeliveryMethod.of(urn).orElse(LEGACY.get(urn));
        if (method == null) {
            throw members.unfit("delivery.method", "is neither push nor poll");
        }
        URI endpoint = members.uri("endpoint_url");
        if (endpoint == null) {
            throw members.unfit("delivery.endpoint_url", "is missing");
        }
        return new Delivery(method, endpoint, members.text("authorization_header"));
    }
}
