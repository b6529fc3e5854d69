package io.signalbox.set;

import java.time.Instant;

/**
 * What a sender handed in, before anything in it is believed.
 *
 * @param compact the body as sent, meant to be one SET in compact form
 * @param receivedAt when its last byte arrived
 * @param entrance by which door it came in
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2.1">RFC 8935, section 2.1</a>
 */
public record RawSet(String compact, Instant receivedAt, Entrance entrance) {

    /** One that came in by no particular door. */
    public RawSet(String compact, Instant receivedAt) {
        this(compact, receivedAt, Entrance.ANY);
    }

    /** Token content belongs in no log. */
    @Override
    public String toString() {
        return "RawSet[" + compact.length() + " characters, receivedAt=" + receivedAt + "]";
    }
}
