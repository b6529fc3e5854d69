package io.signalbox.ingest.push;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Step;
import io.signalbox.set.RawSet;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the HTTP request: the right media type, not too long, text. Nothing of the token is looked at.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2.1">RFC 8935, section 2.1</a>
 */
@Step("pushRequest")
public final class PushRequest {

    static final String MEDIA_TYPE = "application/secevent+jwt";

    private static final Logger LOG = LoggerFactory.getLogger(PushRequest.class);

    private final Clock clock;
    private final MeterRegistry meters;
    private final long cap;

    PushRequest(Clock clock, MeterRegistry meters, PushProperties properties) {
        this.clock = clock;
        this.meters = meters;
        this.cap = properties.maxBodySize().toBytes();
    }

    /** Gives a {@link RawSet} to be verified, or a {@link Verdict.Refused} to be answered at once. */
    public Object read(@Nullable String contentType, byte @Nullable [] body) {
        if (!isSet(contentType)) {
            return refused("the Content-Type must be " + MEDIA_TYPE);
        }
        if (body == null || body.length == 0) {
            return refused("the body is empty; it must be one SET in compact form");
        }
        if (body.length > cap) {
            return refused("the body is longer than " + cap + " bytes");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return new RawSet(text, clock.instant());
        } catch (CharacterCodingException e) {
            return refused("the body is not a SET in compact form");
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

    private Verdict.Refused refused(String description) {
        Verdict.Refused refused = new Verdict.Refused(SetError.INVALID_REQUEST, description);
        meters.counter(
                        "signalbox.sets",
                        "verdict",
                        "refused",
                        "code",
                        refused.error().code())
                .increment();
        LOG.atWarn()
                .addKeyValue("code", refused.error().code())
                .log("Refused a pushed request before reading a SET: {}", description);
        return refused;
    }
}
