package io.signalbox.set;

import java.time.Instant;

/**
 * What a sender handed in, before anything in it is believed.
 *
 * @param compact the body as sent, meant to be one SET in compact form
 * @param receivedAt when its last byte arrived
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2.1">RFC 8935, section 2.1</a>
 */
public record RawSet(String compact, Instant receivedAt) {

    /** Token content belongs in no log. */
    @Override
    public String toString() {
        return "RawSet[" + compact.length() + " characters, receivedAt=" + receivedAt + "]";
    }
}
