package io.signalbox.stream;

import io.signalbox.http.GuardedHttp;
import java.net.URI;

/**
 * Finds out what a transmitter offers, from nothing but its issuer.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-7.2">SSF 1.0, section
 *     7.2</a>
 */
public final class TransmitterDiscovery {

    private static final int MAX_BYTES = 256 * 1024;

    private final GuardedHttp http;

    public TransmitterDiscovery(GuardedHttp http) {
        this.http = http;
    }

    /**
     * Fetches and checks the metadata. Nothing of a document that does not fit is used.
     *
     * @param issuer as configured; https, or http on loopback
     * @param wellKnown under which name it publishes them
     */
    public Answer<TransmitterMetadata> discover(String issuer, WellKnown wellKnown) {
        URI place;
        try {
            URI uri = URI.create(issuer);
            if (uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                return new Answer.Malformed<>("R-01", "The issuer is no URL without query and fragment");
            }
            place = wellKnown.of(uri);
        } catch (IllegalArgumentException e) {
            return new Answer.Malformed<>("R-01", "The issuer is no URL");
        }
        Reply reply = Reply.of(http.get(place, MAX_BYTES));
        if (reply.status() == 404) {
            return new Answer.Malformed<>("R-02", "There are no metadata at " + place);
        }
        if (reply.status() != 200) {
            return reply.failed("the metadata document");
        }
        if (!reply.isJson()) {
            return new Answer.Malformed<>("R-03", "The metadata are not of the type application/json");
        }
        try {
            TransmitterMetadata metadata = TransmitterMetadata.read(reply.object());
            if (!metadata.issuer().equals(issuer)) {
                return new Answer.Malformed<>(
                        "R-04", "The metadata's issuer is not the one that was asked for, character for character");
            }
            return new Answer.Done<>(metadata);
        } catch (Members.Unfit unfit) {
            return unfit.answer();
        }
    }
}
