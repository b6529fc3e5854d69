package io.signalbox.ingest.push;

import io.signalbox.Step;
import io.signalbox.set.Verdict;
import io.signalbox.wire.Wire;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells the sender what became of its SET: 202 with nothing, 400 with an error of RFC 8935, or 503 with a time to come
 * back. Descriptions are in English, which is what the RFC asks for where nothing better is known.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2.2">RFC 8935, sections 2.2 and 2.3</a>
 */
@Step("pushAnswer")
public final class PushAnswer {

    /** What Camel reads the status line from. */
    private static final String RESPONSE_CODE = "CamelHttpResponseCode";

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Whether the SET may be kept. */
    public boolean accepted(Object verdict) {
        return verdict instanceof Verdict.Accepted;
    }

    /** To be called for an accepted SET only after it was kept. */
    public @Nullable String answer(Object verdict, Map<String, Object> headers) {
        headers.clear();
        if (verdict instanceof Verdict.Accepted) {
            headers.put(RESPONSE_CODE, 202);
            return null;
        }
        if (verdict instanceof Verdict.Refused refused) {
            Map<String, String> error = new LinkedHashMap<>();
            error.put("err", refused.error().code());
            error.put("description", refused.description());
            headers.put(RESPONSE_CODE, 400);
            headers.put("Content-Type", "application/json");
            headers.put("Content-Language", "en");
            return Wire.write(error);
        }
        return verdict instanceof Verdict.Undecided undecided
                ? unavailable(undecided.retryAfter(), headers)
                : unavailable(headers);
    }

    /** There is no such door; a stranger is told no more than that. */
    public @Nullable String unknown(Map<String, Object> headers) {
        headers.clear();
        headers.put(RESPONSE_CODE, 404);
        return null;
    }

    /** The SET could not be kept: it is still the sender's, who shall try again. */
    public @Nullable String unavailable(Map<String, Object> headers) {
        headers.clear();
        return unavailable(RETRY_AFTER, headers);
    }

    private static @Nullable String unavailable(Duration retryAfter, Map<String, Object> headers) {
        headers.put(RESPONSE_CODE, 503);
        headers.put("Retry-After", String.valueOf(Math.max(1, retryAfter.toSeconds())));
        return null;
    }
}
