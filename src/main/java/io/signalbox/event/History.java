package io.signalbox.event;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What was heard of the event's subject shortly before it: a fact that rules ask with
 * {@code History( count("caep/session-revoked", "10 minutes") >= 3 )}. The event at hand is not among it. It comes from
 * the ledger, so it is the same on every node, after a restart, and when the event is decided once more.
 *
 * <p>Only signals count whose issuer was entitled to say what they say; each of their events counts once.
 */
public final class History {

    /** No window reaches back further. */
    public static final Duration LONGEST = Duration.ofDays(31);

    private final List<SecurityEvent> before;
    private final Instant now;

    /**
     * @param before events of the same subject that were received earlier
     * @param now when the event at hand was received; windows end there
     */
    public History(List<SecurityEvent> before, Instant now) {
        this.before = List.copyOf(before);
        this.now = now;
    }

    /**
     * How many events of a type were received in a window that ends now.
     *
     * @param type an alias such as {@code caep/session-revoked}, a whole family such as {@code risc/*}, or {@code *}
     * @param within such as {@code 10 minutes}; see {@link SpokenDuration}
     */
    public int count(String type, String within) {
        Instant from = now.minus(SpokenDuration.parse(within)
                .orElseThrow(() -> new IllegalArgumentException("a window is " + SpokenDuration.FORM)));
        return (int) before.stream()
                .filter(event -> !event.receivedAt().isBefore(from))
                .filter(event -> fits(type, event.payload().alias()))
                .count();
    }

    private static boolean fits(String type, String alias) {
        return type.endsWith("*") ? alias.startsWith(type.substring(0, type.length() - 1)) : alias.equals(type);
    }

    /** What happened to people belongs in no log. */
    @Override
    public String toString() {
        return "History[" + before.size() + " events]";
    }
}
