package io.signalbox.ingest.poll;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.signalbox.http.GuardedHttp;
import io.signalbox.http.GuardedHttp.Request;
import io.signalbox.http.GuardedHttp.Result;
import io.signalbox.ingest.ConfiguredSources.Polling;
import io.signalbox.set.KeptStreams;
import io.signalbox.set.KeptStreams.Access;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Speaks the protocol: one request, one answer, told apart by what has to be done about it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8936#section-2">RFC 8936, section 2</a>
 */
final class PollClient {

    /** A member that stands there twice would be two SETs under one name, and one of them would be acknowledged unseen. */
    private static final ObjectReader ANSWERS = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** After these a token, or the place, may be another than it was. */
    private static final Set<Integer> NOT_THERE = Set.of(401, 403, 404, 410);

    private final String source;
    private final Polling polling;
    private final KeptStreams kept;
    private final GuardedHttp http;
    private final Clock clock;

    PollClient(String source, Polling polling, KeptStreams kept, GuardedHttp http, Clock clock) {
        this.source = source;
        this.polling = polling;
        this.kept = kept;
        this.http = http;
        this.clock = clock;
    }

    /** Asks for at most so many SETs, and hands over the receipts. */
    PollAnswer poll(int maxEvents, Receipts receipts) {
        return ask(maxEvents, polling.returnImmediately(), receipts, polling.timeout());
    }

    /**
     * Hands over the receipts and asks for nothing. A transmitter that gives SETs all the same gives them again:
     * nobody acknowledges these.
     */
    PollAnswer acknowledge(Receipts receipts, Duration patience) {
        return ask(0, true, receipts, patience);
    }

    private PollAnswer ask(int maxEvents, boolean returnImmediately, Receipts receipts, Duration patience) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("Accept", "application/json");
        if (!receipts.refused().isEmpty()) {
            // the language of the descriptions.
            headers.put("Content-Language", "en");
        }
        Access access = access();
        if (!(access instanceof Access.Open open)) {
            Access.Shut shut = (Access.Shut) access;
            return new PollAnswer.Failed(shut.why(), shut.retryAfter());
        }
        if (open.authorization() != null) {
            headers.put("Authorization", open.authorization());
        }
        Result result = http.exchange(new Request(
                "POST",
                open.uri(),
                headers,
                body(maxEvents, returnImmediately, receipts),
                polling.maxResponseBytes(),
                patience));
        if (result instanceof Result.Answered answered) {
            if (polling.kept() && NOT_THERE.contains(answered.status())) {
                kept.refused(source, open);
            }
            return read(answered);
        }
        if (result instanceof Result.TooLarge large) {
            return new PollAnswer.TooLarge(large.maxBytes());
        }
        if (result instanceof Result.Forbidden forbidden) {
            return new PollAnswer.Failed("The poll endpoint may not be called: " + forbidden.why(), null);
        }
        return new PollAnswer.Failed(
                "The poll endpoint cannot be reached, or does not answer: "
                        + (result instanceof Result.Unreachable unreachable ? unreachable.why() : "no cause"),
                null);
    }

    private Access access() {
        if (polling.kept()) {
            return kept.access(source, polling.uri());
        }
        try {
            return new Access.Open(Objects.requireNonNull(polling.uri()), polling.credentials());
        } catch (IllegalArgumentException e) {
            // Its message names the key and never the value.
            return new Access.Shut(String.valueOf(e.getMessage()), null);
        }
    }

    private static byte[] body(int maxEvents, boolean returnImmediately, Receipts receipts) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("maxEvents", maxEvents);
        body.put("returnImmediately", returnImmediately);
        if (!receipts.kept().isEmpty()) {
            body.put("ack", receipts.kept());
        }
        if (!receipts.refused().isEmpty()) {
            Map<String, Object> errors = new LinkedHashMap<>();
            receipts.refused()
                    .forEach((jti, why) ->
                            errors.put(jti, Map.of("err", why.error().code(), "description", why.description())));
            body.put("setErrs", errors);
        }
        return Wire.write(body).getBytes(StandardCharsets.UTF_8);
    }

    private PollAnswer read(Result.Answered answer) {
        int status = answer.status();
        if (status == 200) {
            return sets(answer.body());
        }
        if (status == 429) {
            return new PollAnswer.Throttled(retryAfter(answer));
        }
        if (status == 400) {
            return new PollAnswer.Rejected("The poll endpoint answers 400: it objects to our request");
        }
        return new PollAnswer.Failed(why(status), retryAfter(answer));
    }

    private static String why(int status) {
        if (status == 401 || status == 403) {
            // Keycloak, for one, answers 401 with nothing in it where the token lacks a scope.
            return "The poll endpoint answers " + status + ": our credentials are missing, expired, not accepted there,"
                    + " or lack the right to poll (in SSF, the scope ssf.read)";
        }
        if (status == 404 || status == 410) {
            return "The poll endpoint answers " + status + ": the stream is not there, or not ours";
        }
        if (status >= 300 && status < 400) {
            return "The poll endpoint answers " + status + ": it sends us elsewhere, and redirects are not followed";
        }
        return "The poll endpoint answers " + status;
    }

    static PollAnswer sets(byte[] body) {
        JsonNode answer;
        try {
            answer = ANSWERS.readTree(body);
        } catch (IOException e) {
            // What the parser objects to is a quotation of the answer.
            return new PollAnswer.Failed("The poll endpoint answers 200 with something that is no JSON", null);
        }
        JsonNode sets = answer.path("sets");
        JsonNode more = answer.path("moreAvailable");
        if (!sets.isObject() || !(more.isMissingNode() || more.isNull() || more.isBoolean())) {
            return new PollAnswer.Failed(
                    "The poll endpoint answers 200 without an object \"sets\", or with a \"moreAvailable\" that is no"
                            + " boolean",
                    null);
        }
        Map<String, @Nullable String> read = new LinkedHashMap<>();
        sets.fields()
                .forEachRemaining(
                        member -> read.put(member.getKey(), member.getValue().textValue()));
        return new PollAnswer.Sets(read, more.asBoolean(false));
    }

    /** In seconds or as a date (RFC 9110, section 10.2.3); absent if it is neither, or past. */
    private @Nullable Duration retryAfter(Result.Answered answer) {
        List<String> values = answer.headers().getOrDefault("retry-after", List.of());
        if (values.size() != 1) {
            return null;
        }
        String value = values.get(0).strip();
        if (value.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            Duration left = Duration.between(
                    clock.instant(),
                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return left.isNegative() ? null : left;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
