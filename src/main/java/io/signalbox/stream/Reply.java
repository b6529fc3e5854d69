package io.signalbox.stream;

import io.signalbox.http.GuardedHttp.Result;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What came back from a call, still to be judged.
 *
 * @param status 0 if nothing came back
 * @param headers names in lower case
 * @param body what was read of it
 * @param nothing why nothing came back; absent if something did
 */
@SuppressWarnings("ArrayRecordComponent")
record Reply(
        int status,
        Map<String, List<String>> headers,
        byte[] body,
        @Nullable Answer<?> nothing) {

    private static final Duration LATER = Duration.ofSeconds(5);
    private static final Duration LATEST = Duration.ofHours(1);

    /** An error's name is shown to operators: a word, or it is none. */
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private static final Pattern CHALLENGE_ERROR = Pattern.compile("error=\"([A-Za-z0-9_.-]{1,64})\"");

    static Reply of(Result result) {
        if (result instanceof Result.Answered answered) {
            return new Reply(answered.status(), answered.headers(), answered.body(), null);
        }
        if (result instanceof Result.Forbidden forbidden) {
            return nothing(new Answer.Unreachable<>(forbidden.why()));
        }
        if (result instanceof Result.TooLarge large) {
            return nothing(new Answer.Malformed<>("J-17", "The answer is longer than " + large.maxBytes() + " bytes"));
        }
        return nothing(new Answer.Unreachable<>(((Result.Unreachable) result).why()));
    }

    private static Reply nothing(Answer<?> why) {
        return new Reply(0, Map.of(), new byte[0], why);
    }

    @Nullable
    String header(String name) {
        List<String> values = headers.get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    boolean isJson() {
        String type = header("content-type");
        return type != null
                && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json");
    }

    /** The body as any JSON value. */
    Object json() {
        try {
            return Wire.read(new String(body, StandardCharsets.UTF_8), Object.class);
        } catch (IllegalArgumentException e) {
            throw new Members.Unfit("SSF 8.1", "The answer's body is no JSON");
        }
    }

    Map<?, ?> object() {
        // JSON's null is a value to the parser and nothing to us.
        if (json() instanceof Map<?, ?> map) {
            return map;
        }
        throw new Members.Unfit("SSF 8.1", "The answer's body is no JSON object");
    }

    /** What a status means that is not the one we wait for, in a call where the text gives it no meaning of its own. */
    <T> Answer<T> failed(String place) {
        if (nothing != null) {
            return nothing.undone();
        }
        if (status == 429 || status == 503) {
            return new Answer.NotYet<>(status, retryAfter());
        }
        if (status >= 300 && status < 400) {
            return new Answer.Malformed<>("J-19", "Answered " + status + ", and redirects are never followed");
        }
        if (status < 400) {
            return new Answer.Malformed<>("SSF 8.1", "Answered " + status + ", which " + place + " has no meaning for");
        }
        return new Answer.Refused<>(status, code(), hint(place));
    }

    private Duration retryAfter() {
        String value = header("retry-after");
        if (value == null || !value.strip().matches("\\d{1,9}")) {
            // A date is legal too; who sends one gets our own measure.
            return LATER;
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(value.strip()));
        return asked.compareTo(LATEST) > 0 ? LATEST : asked;
    }

    private @Nullable String code() {
        String challenge = header("www-authenticate");
        if (challenge != null) {
            Matcher error = CHALLENGE_ERROR.matcher(challenge);
            if (error.find()) {
                return error.group(1);
            }
        }
        try {
            if (json() instanceof Map<?, ?> map) {
                Object code = map.get("error") == null ? map.get("err") : map.get("error");
                if (code instanceof String text && CODE.matcher(text).matches()) {
                    return text;
                }
            }
        } catch (Members.Unfit e) {
            // An error's body may be anything; most have none.
        }
        return null;
    }

    private String hint(String place) {
        if (place.equals("the token endpoint")) {
            return switch (status) {
                case 400, 401 -> "the token endpoint did not take the client's credentials or its scopes";
                default -> "";
            };
        }
        // Some answer 401 without a word where a scope is missing, too: name the scopes (I-31).
        return switch (status) {
            case 401 ->
                "the access token was not taken; is it this client's, and does it have the scopes ssf.manage and ssf.read?";
            case 403 -> "this client may not do that; does its token have the scope ssf.manage?";
            default -> "";
        };
    }
}
