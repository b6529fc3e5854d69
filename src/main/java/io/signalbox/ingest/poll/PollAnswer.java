package io.signalbox.ingest.poll;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What came of one poll. */
sealed interface PollAnswer {

    /**
     * The transmitter answered; what we told it, it has heard.
     *
     * @param sets jti to the SET in compact form, in the order of the answer; absent where it is no string
     * @param moreAvailable whether it has more than it gave
     * @see <a href="https://www.rfc-editor.org/rfc/rfc8936#section-2.3">RFC 8936, section 2.3</a>
     */
    record Sets(Map<String, @Nullable String> sets, boolean moreAvailable) implements PollAnswer {}

    /** It asks us to come less often (429). */
    record Throttled(@Nullable Duration retryAfter) implements PollAnswer {}

    /** It gave more than we read; nothing of it was looked at. */
    record TooLarge(int maxBytes) implements PollAnswer {}

    /**
     * It says that the request is wrong (400). What it objects to may be a receipt for a SET that it has forgotten.
     *
     * @param why for an operator
     */
    record Rejected(String why) implements PollAnswer {}

    /**
     * Nothing came of it.
     *
     * @param why for an operator; holds no secret and nothing that the other side said
     * @param retryAfter how long it asks us to wait; absent if it does not say
     */
    record Failed(String why, @Nullable Duration retryAfter) implements PollAnswer {}
}
