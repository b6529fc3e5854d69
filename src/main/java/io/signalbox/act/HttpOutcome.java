package io.signalbox.act;

import io.signalbox.Step;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.wire.Wire;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads an HTTP answer as an outcome. 2xx did it; 404 and 410 do not know the subject; 408, 425, 429 and 5xx settle
 * nothing and are tried again; all else is a refusal, redirects too, since none is followed (a target that moved is for
 * an operator to look at), and 501, which will be the same tomorrow (M-24).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-15">RFC 9110, section 15</a>
 */
@Step("httpOutcome")
public class HttpOutcome {

    private static final Set<Integer> NOT_FOUND = Set.of(404, 410);
    private static final Set<Integer> TRY_AGAIN = Set.of(408, 425, 429);
    private static final int NOT_IMPLEMENTED = 501;
    private static final int LONGEST_TEXT = 200;

    /** Where targets say in words what is wrong: SCIM (M-24), RFC 9457, RFC 6749, and what is common besides. */
    private static final List<String> SAID_IN =
            List.of("scimType", "title", "error", "detail", "error_description", "message");

    private static final Pattern ADDRESS = Pattern.compile("[^\\s\"'<>()\\[\\],;:]+@[^\\s\"'<>()\\[\\],;:]+");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\p{Cf}]+");

    private final Clock clock;

    HttpOutcome(Clock clock) {
        this.clock = clock;
    }

    /**
     * The outcome that an answer stands for.
     *
     * @param action whose subject is kept out of the text
     * @param status the status code; absent if there was no answer
     * @param retryAfter the Retry-After header, in either of its forms
     * @param body the answer's body, of which a JSON object's words are shown, shortened
     */
    public Outcome read(Action action, @Nullable Integer status, @Nullable String retryAfter, @Nullable String body) {
        if (status == null) {
            return new Outcome.NoAnswer("No answer", null);
        }
        String detail = "HTTP " + status + words(action, body);
        if (status >= 200 && status < 300) {
            return new Outcome.Done("HTTP " + status);
        }
        if (NOT_FOUND.contains(status)) {
            return new Outcome.NotFound(detail);
        }
        if (TRY_AGAIN.contains(status) || (status >= 500 && status != NOT_IMPLEMENTED)) {
            return new Outcome.NoAnswer(detail, wait(retryAfter).orElse(null));
        }
        return new Outcome.Refused(detail);
    }

    /**
     * The same within a connector that makes several calls.
     *
     * @param expected statuses that mean something else at this target: {@code "404=done 409=already-done"}; the words
     *     are those of outcomes; absent if there are none
     * @return absent if the call did what it should, and the route goes on; else how the action ends
     */
    public @Nullable Outcome judge(
            Action action,
            @Nullable Integer status,
            @Nullable String retryAfter,
            @Nullable String body,
            @Nullable String expected) {
        Outcome plain = read(action, status, retryAfter, body);
        for (String each : expected == null ? new String[0] : expected.strip().split("\\s+")) {
            if (each.startsWith(status + "=")) {
                String detail = "HTTP " + status + words(action, body);
                return switch (each.substring(each.indexOf('=') + 1)) {
                    case "done" -> null;
                    case "already-done" -> new Outcome.AlreadyDone(detail);
                    case "not-found" -> new Outcome.NotFound(detail);
                    case "refused" -> new Outcome.Refused(detail);
                    case "no-answer" ->
                        new Outcome.NoAnswer(detail, wait(retryAfter).orElse(null));
                    default -> throw new IllegalStateException("callExpect: " + each + " names no outcome");
                };
            }
        }
        return plain instanceof Outcome.Done ? null : plain;
    }

    /** How the action ended: as the last {@link #judge} said, or well. */
    public Outcome ended(@Nullable Outcome outcome, @Nullable Integer status) {
        return outcome != null ? outcome : new Outcome.Done(status == null ? "Done" : "HTTP " + status);
    }

    /** There was nothing left to do. */
    public Outcome already(String detail) {
        return new Outcome.AlreadyDone(detail);
    }

    /** The target does not know the subject. */
    public Outcome missing(String detail) {
        return new Outcome.NotFound(detail);
    }

    /** The target will not, whatever its status says. */
    public Outcome refused(String detail) {
        return new Outcome.Refused(detail);
    }

    /** The target did it and it is not in effect; another attempt may find that it is. */
    public Outcome notYet(String detail) {
        return new Outcome.NoAnswer(detail, null);
    }

    /** Delay seconds or a date (RFC 9110, section 10.2.3); one that cannot be read counts as none. */
    private Optional<Duration> wait(@Nullable String retryAfter) {
        if (retryAfter == null || retryAfter.isBlank()) {
            return Optional.empty();
        }
        String text = retryAfter.strip();
        try {
            if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                // Nine digits are thirty years; more would only overflow.
                return Optional.of(Duration.ofSeconds(Long.parseLong(text.substring(0, Math.min(text.length(), 9)))));
            }
            Duration wait = Duration.between(
                    clock.instant(),
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String words(Action action, @Nullable String body) {
        if (body == null || !body.stripLeading().startsWith("{")) {
            return "";
        }
        Map<String, Object> json;
        try {
            json = Wire.readObject(body);
        } catch (IllegalArgumentException e) {
            return "";
        }
        List<String> said = new ArrayList<>();
        for (String member : SAID_IN) {
            if (json.get(member) instanceof String text && !text.isBlank() && !said.contains(text)) {
                said.add(text);
            }
        }
        return said.isEmpty() ? "" : ": " + withoutSubject(action, String.join(": ", said));
    }

    /** Targets like to repeat whom they did not find; an outcome names nobody. */
    private static String withoutSubject(Action action, String text) {
        String clean = CONTROL.matcher(text).replaceAll(" ").strip();
        SubjectIdentifier subject = action.subject();
        if (subject != null) {
            List<String> names = texts(subject.members())
                    .filter(name -> name.length() > 2)
                    .sorted(Comparator.comparingInt(String::length).reversed())
                    .toList();
            for (String name : names) {
                clean = Pattern.compile(Pattern.quote(name), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                        .matcher(clean)
                        .replaceAll("(subject)");
            }
        }
        clean = ADDRESS.matcher(clean).replaceAll("(address)");
        int length = clean.codePointCount(0, clean.length());
        return length <= LONGEST_TEXT
                ? clean
                : clean.substring(0, clean.offsetByCodePoints(0, LONGEST_TEXT - 1)) + "\u2026";
    }

    private static Stream<String> texts(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().flatMap(HttpOutcome::texts);
        }
        if (value instanceof Collection<?> items) {
            return items.stream().flatMap(HttpOutcome::texts);
        }
        return value instanceof String text ? Stream.of(text) : Stream.empty();
    }
}
