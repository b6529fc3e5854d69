package io.signalbox.decide;

import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.event.SpokenDuration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a {@code .cases.yaml} file.
 *
 * @param file where it stands
 * @param line from 1
 * @param sentence what it shows
 * @param event alias or URI of the event's type
 * @param signal the signal that is given
 * @param posture subject key to how that subject stood before
 * @param history what was heard of the subject before
 * @param capable kinds of action that some target does; absent if all
 * @param then the actions that are expected, in order
 * @param severity expected severity; absent if the case is not about it
 * @param nearMiss the rule that all but fires; absent if the case is not about one
 */
record PolicyCase(
        String file,
        int line,
        String sentence,
        String event,
        Signal signal,
        Map<String, Posture> posture,
        List<SecurityEvent> history,
        @Nullable Set<String> capable,
        List<Expected> then,
        @Nullable String severity,
        @Nullable String nearMiss) {

    /**
     * An action that a case expects. What is absent is not compared.
     *
     * @param target the one that {@code .at} names
     */
    record Expected(
            String kind,
            @Nullable Duration lasts,
            @Nullable String because,
            @Nullable String target,
            @Nullable Map<String, String> parameters) {

        /** For people. */
        String text() {
            return kind
                    + (target == null ? "" : " at " + target)
                    + (lasts == null ? "" : " lasting " + SpokenDuration.of(lasts))
                    + (parameters == null ? "" : " with " + parameters)
                    + (because == null ? "" : " because \"" + because + "\"");
        }
    }
}
