package io.signalbox.stream;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How and where a stream delivers.
 *
 * @param method push or poll
 * @param endpointUrl for push ours, for poll the transmitter's; absent where a poll stream is asked for
 * @param authorizationHeader for push, what the transmitter sends as {@code Authorization}, a secret; absent if nothing
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-6.1">SSF 1.0, section
 *     6.1</a>
 */
public record Delivery(
        DeliveryMethod method,
        @Nullable URI endpointUrl,
        @Nullable String authorizationHeader) {

    public static Delivery poll() {
        return new Delivery(DeliveryMethod.POLL, null, null);
    }

    public static Delivery push(URI endpointUrl, @Nullable String authorizationHeader) {
        return new Delivery(DeliveryMethod.PUSH, endpointUrl, authorizationHeader);
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("method", method.urn());
        if (endpointUrl != null) {
            json.put("endpoint_url", endpointUrl.toString());
        }
        if (authorizationHeader != null) {
            json.put("authorization_header", authorizationHeader);
        }
        return json;
    }

    /** The header is a secret. */
    @Override
    public String toString() {
        return method.name().toLowerCase(java.util.Locale.ROOT)
                + (endpointUrl == null ? "" : " " + endpointUrl)
                + (authorizationHeader == null ? "" : " with an Authorization header");
    }
}
