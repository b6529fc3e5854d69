package io.signalbox.stream;

import java.util.Map;

/**
 * What a poll brought.
 *
 * @param sets jti to SET in compact form, none of it verified
 * @param moreAvailable whether others wait
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8936#section-2.3">RFC 8936, section 2.3</a>
 */
public record Polled(Map<String, String> sets, boolean moreAvailable) {

    public Polled {
        sets = Map.copyOf(sets);
    }

    /** Tokens belong in no log. */
    @Override
    public String toString() {
        return "Polled[" + sets.keySet() + ", moreAvailable=" + moreAvailable + "]";
    }
}
