package io.signalbox.event;

/**
 * A claim does not fit the definition of its event type. Stays inside this package: the catalogue answers with
 * {@link EventCatalog.Reading.Malformed}.
 */
final class MalformedClaimException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String claim;
    private final String why;

    MalformedClaimException(String claim, String why) {
        // Senders decide how often this happens: no stack trace, which would cost far more than the reading.
        super(claim + ": " + why, null, false, false);
        this.claim = claim;
        this.why = why;
    }

    String claim() {
        return claim;
    }

    /** What is expected; never what was found. */
    String why() {
        return why;
    }
}
