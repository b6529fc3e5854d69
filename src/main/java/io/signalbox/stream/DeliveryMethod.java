package io.signalbox.stream;

import java.util.Arrays;
import java.util.Optional;

/**
 * How SETs come.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-6.1">SSF 1.0, section
 *     6.1</a>
 */
public enum DeliveryMethod {
    /** The transmitter posts each SET to us. */
    PUSH("urn:ietf:rfc:8935"),
    /** We fetch them. */
    POLL("urn:ietf:rfc:8936");

    private final String urn;

    DeliveryMethod(String urn) {
        this.urn = urn;
    }

    /** As it is written in a stream's configuration. */
    public String urn() {
        return urn;
    }

    static Optional<DeliveryMethod> of(String urn) {
        return Arrays.stream(values()).filter(method -> method.urn.equals(urn)).findFirst();
    }
}
