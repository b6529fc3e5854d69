package io.signalbox.stream;

/**
 * How we say who we are to a transmitter. Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-2.1">RFC 6750, section 2.1</a>
 */
public interface Authorization {

    /** The value of the {@code Authorization} header, or why there is none at the moment. Never empty when done. */
    Answer<String> header();

    /**
     * Told that a value was answered with 401.
     *
     * @return whether asking again for a value may give another one; then one more try is worth it, and only one
     */
    boolean refused(String header);

    /** A token that somebody else made and renews. */
    static Authorization bearer(String token) {
        return new Authorization() {
            @Override
            public Answer<String> header() {
                return new Answer.Done<>("Bearer " + token);
            }

            @Override
            public boolean refused(String header) {
                return false;
            }

            @Override
            public String toString() {
                return "a static token";
            }
        };
    }
}
