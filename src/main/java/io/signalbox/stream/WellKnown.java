package io.signalbox.stream;

import java.net.URI;

/**
 * Under which name a transmitter publishes its metadata. Chosen by configuration; the older names are never tried of our
 * own accord, because a document that was forgotten there would be believed.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-7.2">SSF 1.0, section
 *     7.2</a>
 */
public enum WellKnown {
    /** The final text. */
    SSF("ssf-configuration"),
    /** Shared Signals and Events, the draft of 2021. */
    SSE("sse-configuration"),
    /** RISC, before that. */
    RISC("risc-configuration");

    private final String document;

    WellKnown(String document) {
        this.document = document;
    }

    /** The document's place: between the issuer's host and its path. */
    public URI of(URI issuer) {
        String path = issuer.getRawPath() == null ? "" : issuer.getRawPath();
        if (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return URI.create(issuer.getScheme() + "://" + issuer.getRawAuthority() + "/.well-known/" + document + path);
    }
}
