package io.signalbox.transmit;

import io.signalbox.http.AddressGuard;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Method;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a receiver wants its SETs, as it wrote it.
 *
 * @param method push or poll
 * @param endpoint where they are pushed to; absent if they are polled
 * @param authorization what is to be sent in the header {@code Authorization}, a secret; absent if nothing is
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-6.1">SSF 1.0, section
 *     6.1</a>
 */
record DeliveryWish(
        Method method, @Nullable String endpoint, @Nullable String authorization) {

    /** T-30: whoever says nothing polls. */
    static final DeliveryWish POLL = new DeliveryWish(Method.POLL, null, null);

    private static final int LONGEST_URL = 2_000;
    private static final int LONGEST_HEADER = 4_096;

    /**
     * Reads the member {@code delivery}.
     *
     * @param value what was sent; absent stands for polling
     * @param pollPlace where the stream is polled; absent if it is only being made, and then nobody can name it
     * @throws BadCall if it is not in order, or the address is none that may be called (T-20)
     */
    static DeliveryWish read(@Nullable Object value, @Nullable String pollPlace, AddressGuard guard) {
        if (value == null) {
            return POLL;
        }
        if (!(value instanceof Map<?, ?> delivery)) {
            throw BadCall.invalid("delivery must be an object");
        }
        Object method = delivery.get("method");
        if (Method.POLL.urn().equals(method)) {
            Object place = delivery.get("endpoint_url");
            if (place != null && !place.equals(pollPlace)) {
                throw BadCall.invalid("delivery.endpoint_url is the transmitter's to say when a stream is polled");
            }
            return POLL;
        }
        if (!Method.PUSH.urn().equals(method)) {
            throw BadCall.invalid("delivery.method must be " + Method.PUSH.urn() + " or " + Method.POLL.urn());
        }
        if (!(delivery.get("endpoint_url") instanceof String url) || url.length() > LONGEST_URL) {
            throw BadCall.invalid("delivery.endpoint_url is missing or no string");
        }
        check(url, guard);
        Object header = delivery.get("authorization_header");
        if (header != null
                && (!(header instanceof String text)
                        || text.length() > LONGEST_HEADER
                        || !text.matches("[\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?"))) {
            throw BadCall.invalid("delivery.authorization_header must be the value of a header, in visible ASCII");
        }
        return new DeliveryWish(Method.PUSH, url, (String) header);
    }

    /** Checked again at every delivery, since a name may mean something else by then. */
    private static void check(String url, AddressGuard guard) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw BadCall.invalid("delivery.endpoint_url is no URL");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        String host = uri.getHost();
        if (host == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw BadCall.invalid("delivery.endpoint_url must name a host, and neither a user nor a fragment");
        }
        if (!scheme.equals("https") && !(scheme.equals("http") && Tenant.isLoopback(host))) {
            throw BadCall.invalid("delivery.endpoint_url must be https");
        }
        try {
            Object ignored = guard.resolve(host);
        } catch (UnknownHostException e) {
            // The same for a name that is not there and for one that must not be called: names of ours are nobody's
            // business.
            throw BadCall.invalid("delivery.endpoint_url leads to no address that may be called");
        }
    }

    /** What the stream has now. */
    static DeliveryWish of(OutboundStream stream, Seal seal) {
        String sealed = stream.sealed();
        return new DeliveryWish(
                stream.method(), stream.endpoint(), sealed == null ? null : seal.opened(sealed, stream.id()));
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "DeliveryWish[" + method.word() + "]";
    }
}
