package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.action.Action;
import io.signalbox.action.Severity;
import io.signalbox.store.ActionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An action as operators and their scripts read it. Members may be added; none is renamed.
 *
 * @param target absent if no configured target does this kind
 * @param state its word, such as {@code done} or {@code dead}
 * @param event alias of the event that caused it
 * @param lasts how long it is to hold; absent: for good
 * @param shadow true if it was decided and recorded only
 * @param attempts oldest first, each with its outcome
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ActionView(
        String id,
        String signalId,
        String kind,
        @Nullable String target,
        String state,
        String event,
        Why because,
        Severity severity,
        Map<String, String> parameters,
        @Nullable Duration lasts,
        @Nullable Boolean shadow,
        int tries,
        @Nullable Instant nextAttemptAt,
        Instant updatedAt,
        List<ActionRecord.Attempt> attempts) {

    /** Which rule of which policy asked, and its sentence if it said one. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Why(String rule, String policyVersion, @Nullable String sentence) {}

    static ActionView of(ActionRecord row) {
        Action action = row.action();
        return new ActionView(
                action.id(),
                action.signalId(),
                action.kind(),
                action.target(),
                row.state().word(),
                action.event(),
                new Why(
                        action.because().rule(),
                        action.because().policyVersion(),
                        action.because().sentence()),
                action.severity(),
                withoutLink(action.parameters()),
                action.lasts(),
                action.shadow() ? true : null,
                row.tries(),
                row.nextAttemptAt(),
                row.updatedAt(),
                row.attempts());
    }

    /** Whoever holds the link may approve; to read is not to hold it. */
    private static Map<String, String> withoutLink(Map<String, String> parameters) {
        if (!parameters.containsKey("link")) {
            return parameters;
        }
        Map<String, String> shown = new TreeMap<>(parameters);
        shown.remove("link");
        return shown;
    }
}
