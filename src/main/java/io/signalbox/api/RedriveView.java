package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request to send several actions again.
 *
 * @param redriven how many are sent again
 * @param more whether the filter names more; the same request again goes on with them
 * @param note the same in words; absent if there is nothing to say
 * @param skipped of the ids that were given, those that are unknown or may not be sent again; absent with a filter
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RedriveView(
        int redriven,
        boolean more,
        @Nullable String note,
        @Nullable List<String> skipped) {}
