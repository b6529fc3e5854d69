package io.signalbox.ingest.logout;

import io.signalbox.Step;
import io.signalbox.set.Verdict;
import io.signalbox.wire.Wire;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells the provider what became of its logout token: 200 with nothing once it is kept, 400 with an error in the form of
 * OAuth, or 503 with a time to come back (E-33).
 *
 * @see <a href="https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse">OpenID Connect Back-Channel Logout
 *     1.0, section 2.8</a>
 */
@Step("logoutAnswer")
public final class LogoutAnswer {

    /** What Camel reads the status line from. */
    private static final String RESPONSE_CODE = "CamelHttpResponseCode";

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Whether the token may be kept. */
    public boolean accepted(Object verdict) {
        return verdict instanceof Verdict.Accepted;
    }

    /** To be called for an accepted token only after it was kept. */
    public @Nullable String answer(Object verdict, Map<String, Object> headers) {
        begin(headers);
        if (verdict instanceof Verdict.Accepted) {
            headers.put(RESPONSE_CODE, 200);
            return null;
        }
        if (verdict instanceof Verdict.Refused refused) {
            Map<String, String> error = new LinkedHashMap<>();
            error.put("error", "invalid_request");
            error.put("error_description", refused.description());
            headers.put(RESPONSE_CODE, 400);
            headers.put("Content-Type", "application/json");
            return Wire.write(error);
        }
        return unavailable(
                verdict instanceof Verdict.Undecided undecided ? undecided.retryAfter() : RETRY_AFTER, headers);
    }

    /** At the door of a source that is not there, or of one whose SETs come another way: nothing more is told. */
    public @Nullable String unknown(Map<String, Object> headers) {
        begin(headers);
        headers.put(RESPONSE_CODE, 404);
        return null;
    }

    private static @Nullable String unavailable(Duration retryAfter, Map<String, Object> headers) {
        headers.put(RESPONSE_CODE, 503);
        headers.put("Retry-After", String.valueOf(Math.max(1, retryAfter.toSeconds())));
        return null;
    }

    private static void begin(Map<String, Object> headers) {
        headers.clear();
        headers.put("Cache-Control", "no-store");
    }
}
