package io.signalbox.ingest.push;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Step;
import io.signalbox.ingest.ConfiguredSources;
import io.signalbox.set.RawSet;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the HTTP request: the right media type, not too long, text, from a transmitter that showed who it is if its
 * source asks for that. Nothing of the token is looked at.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2.1">RFC 8935, section 2.1</a>
 */
@Step("pushRequest")
public final class PushRequest {

    static final String MEDIA_TYPE = "application/secevent+jwt";

    private static final Logger LOG = LoggerFactory.getLogger(PushRequest.class);

    private final ConfiguredSources sources;
    private final Clock clock;
    private final MeterRegistry meters;
    private final long cap;

    PushRequest(ConfiguredSources sources, Clock clock, MeterRegistry meters, PushProperties properties) {
        this.sources = sources;
        this.clock = clock;
        this.meters = meters;
        this.cap = properties.maxBodySize().toBytes();
    }

    /**
     * Gives a {@link RawSet} to be verified, or a {@link Verdict} to be answered at once.
     *
     * @param headers those of the request; {@code source} says whose door it came to, and is absent at the one for all
     */
    public Object read(Map<String, Object> headers, byte @Nullable [] body) {
        String source = headers.get("source") instanceof String name ? name : null;
        String contentType = headers.get("Content-Type") instanceof String type ? type : null;
        if (!isSet(contentType)) {
            return refused(source, SetError.INVALID_REQUEST, "the Content-Type must be " + MEDIA_TYPE);
        }
        if (body == null || body.length == 0) {
            return refused(source, SetError.INVALID_REQUEST, "the body is empty; it must be one SET in compact form");
        }
        if (body.length > cap) {
            return refused(source, SetError.INVALID_REQUEST, "the body is longer than " + cap + " bytes");
        }
        if (!sources.authenticated(source, headers.get("Authorization"))) {
            return refused(
                    source,
                    SetError.AUTHENTICATION_FAILED,
                    "the header Authorization is missing or not the one that was agreed upon");
        }
        Instant now = clock.instant();
        Verdict objection = sources.objection(source, now).orElse(null);
        if (objection != null) {
            return objection instanceof Verdict.Refused refused
                    ? refused(source, refused.error(), refused.description())
                    : objection;
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return new RawSet(text, now, sources.entrance(source));
        } catch (CharacterCodingException e) {
            return refused(source, SetError.INVALID_REQUEST, "the body is not a SET in compact form");
        }
    }

    /** Whether {@link #read} gave something to be verified. */
    public boolean readable(Object read) {
        return read instanceof RawSet;
    }

    /** Parameters after the type are allowed and say nothing here. */
    private static boolean isSet(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        int parameters = contentType.indexOf(';');
        String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
        return type.strip().toLowerCase(Locale.ROOT).equals(MEDIA_TYPE);
    }

    private Verdict.Refused refused(@Nullable String source, SetError error, String description) {
        Verdict.Refused refused = new Verdict.Refused(error, description);
        meters.counter(
                        "signalbox.sets",
                        "verdict",
                        "refused",
                        "code",
                        refused.error().code())
                .increment();
        LOG.atWarn()
                .addKeyValue("source", source == null ? "none" : source)
                .addKeyValue("code", refused.error().code())
                .log("Refused a pushed request before reading a SET: {}", description);
        return refused;
    }
}
