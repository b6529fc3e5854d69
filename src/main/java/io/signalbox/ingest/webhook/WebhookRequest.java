package io.signalbox.ingest.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Step;
import io.signalbox.ingest.ConfiguredSources;
import io.signalbox.ingest.ConfiguredSources.Source;
import io.signalbox.ingest.ConfiguredSources.Webhook;
import io.signalbox.ingest.SourceReports;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

/**
 * Reads the HTTP request of a vendor: who sent it, by what was agreed upon for its source, and whether it is JSON. What it
 * says is for the route in the vendor's folder.
 *
 * @see <a href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
 *     Webhooks</a>
 */
@Step("webhookRequest")
public final class WebhookRequest {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookRequest.class);

    /** What stands there twice would be read by us in one way and by a proxy before us in the other. */
    private static final ObjectReader JSON = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .readerFor(Object.class)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** What a stranger says is said back: nothing in it may be more than a word. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9 ._~:+/=?&,;@#$%!()*'-]{1,1024}");

    private final ConfiguredSources sources;
    private final Map<String, Mapping> mappings;
    private final SourceReports reports;
    private final Clock clock;
    private final MeterRegistry meters;

    WebhookRequest(
            ConfiguredSources sources,
            SourceReports reports,
            Environment environment,
            Clock clock,
            MeterRegistry meters) {
        this.sources = sources;
        this.reports = reports;
        this.clock = clock;
        this.meters = meters;
        this.mappings = Mapping.in(environment.getProperty("signalbox.routes-directory", "./routes"));
        for (Source source : sources.all()) {
            Webhook webhook = source.webhook();
            if (webhook != null && !mappings.containsKey(webhook.mapping())) {
                throw new IllegalArgumentException("signalbox.sources: the mapping '" + webhook.mapping()
                        + "' of the source " + source.name() + " is not there; routes/ingest has " + mappings.keySet());
            }
        }
    }

    /**
     * @param headers those of the request; {@code source} says whose door it came to
     * @return a {@link Hook}: an answer, or what is to be mapped
     */
    public Object read(Map<String, Object> headers, byte @Nullable [] body) {
        Source source = sources.source(String.valueOf(headers.get("source")));
        Webhook webhook = Objects.requireNonNull(source.webhook());
        Mapping mapping = Objects.requireNonNull(mappings.get(webhook.mapping()));
        String method = String.valueOf(headers.get("CamelHttpMethod"));
        Hook.Greeting greeting = greeting(mapping, method, headers);
        if (greeting != null) {
            return greeting;
        }
        if (!method.equals("POST")) {
            return refused(source, 405, SetError.INVALID_REQUEST, "the method must be POST");
        }
        byte[] octets = body == null ? new byte[0] : body;
        if (octets.length > webhook.maxBytes()) {
            return refused(
                    source, 413, SetError.INVALID_REQUEST, "the body is longer than " + webhook.maxBytes() + " bytes");
        }
        if (!sources.authenticated(source.name(), headers.get("Authorization"))) {
            return refused(
                    source,
                    401,
                    SetError.AUTHENTICATION_FAILED,
                    "the header Authorization is missing or not the one that was agreed upon");
        }
        String flaw = Hmac.flaw(webhook, mapping, headers, octets, clock.instant());
        if (flaw != null) {
            return refused(source, 401, SetError.AUTHENTICATION_FAILED, flaw);
        }
        if (!isJson(headers.get("Content-Type"))) {
            return refused(source, 415, SetError.INVALID_REQUEST, "the Content-Type must be application/json");
        }
        Object json;
        try {
            json = JSON.readValue(octets);
        } catch (IOException e) {
            json = null;
        }
        return json instanceof Map<?, ?> || json instanceof Collection<?>
                ? new Hook.Delivery(source, mapping, json, clock.instant(), Hmac.name(webhook, mapping, headers))
                : refused(source, 400, SetError.INVALID_REQUEST, "the body is neither an object nor an array of JSON");
    }

    /** Whether {@link #read} gave something to be mapped. */
    public boolean readable(Object read) {
        return read instanceof Hook.Delivery;
    }

    /** The folder whose route knows what this source sends. */
    public String mapping(Object delivery) {
        return ((Hook.Delivery) delivery).mapping().name();
    }

    /** The body, read. */
    public Object json(Object delivery) {
        return ((Hook.Delivery) delivery).json();
    }

    private static Hook.@Nullable Greeting greeting(Mapping mapping, String method, Map<String, Object> headers) {
        Mapping.Handshake handshake = mapping.handshake();
        if (handshake == null || !handshake.method().equals(method)) {
            return null;
        }
        String word = handshake.header() != null
                ? headers.get(handshake.header()) instanceof String value ? value : null
                : parameter(headers.get("CamelHttpQuery"), String.valueOf(handshake.query()));
        if (word == null || !WORD.matcher(word).matches()) {
            return null;
        }
        return handshake.answer() == null
                ? new Hook.Greeting("text/plain", word)
                : new Hook.Greeting("application/json", Wire.write(Map.of(handshake.answer(), word)));
    }

    private static @Nullable String parameter(@Nullable Object query, String name) {
        if (!(query instanceof String text)) {
            return null;
        }
        return Arrays.stream(text.split("&"))
                .filter(each -> each.startsWith(name + "="))
                .map(each -> decoded(each.substring(name.length() + 1)))
                .findFirst()
                .orElse(null);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static boolean isJson(@Nullable Object contentType) {
        String type = contentType instanceof String text
                ? text.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)
                : "";
        return type.equals("application/json") || type.startsWith("application/") && type.endsWith("+json");
    }

    private Hook.Refused refused(Source source, int status, SetError error, String detail) {
        meters.counter("signalbox.sets", "verdict", "refused", "code", error.code())
                .increment();
        reports.note(source.name(), new Verdict.Refused(error, detail));
        LOG.atWarn()
                .addKeyValue("source", source.name())
                .addKeyValue("code", error.code())
                .log("Refused a webhook before reading it: {}", detail);
        return new Hook.Refused(status, error, detail);
    }
}
