package io.signalbox.event;

import org.jspecify.annotations.Nullable;

/**
 * Asks whether a stream works from end to end, in any of the dialects that have such an event.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.4">SSF 1.0, section
 *     8.1.4</a>
 */
public sealed interface StreamVerification
        permits SsfEvent.Verification, SsfEvent.SseVerification, RiscEvent.GoogleVerification {

    /** What the receiver gave when it asked for this; absent if it did not ask. */
    @Nullable
    String state();
}
