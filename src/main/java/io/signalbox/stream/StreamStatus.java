package io.signalbox.stream;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a stream flows.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.2">SSF 1.0, section
 *     8.1.2</a>
 */
public enum StreamStatus {
    /** SETs are sent. */
    ENABLED,
    /** SETs are held and should be sent once it is enabled again. */
    PAUSED,
    /** SETs are neither sent nor held. */
    DISABLED;

    /** As it is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<StreamStatus> of(String word) {
        return Arrays.stream(values())
                .filter(status -> status.word().equals(word))
                .findFirst();
    }
}
