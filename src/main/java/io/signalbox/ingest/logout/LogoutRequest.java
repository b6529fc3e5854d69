package io.signalbox.ingest.logout;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Step;
import io.signalbox.ingest.ConfiguredSources;
import io.signalbox.set.RawSet;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the HTTP request of a provider that tells of a logout: a form with one token in it. Nothing of the token is looked
 * at (E-32).
 *
 * @see <a href="https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest">OpenID Connect Back-Channel Logout
 *     1.0, section 2.5</a>
 */
@Step("logoutRequest")
public final class LogoutRequest {

    private static final Logger LOG = LoggerFactory.getLogger(LogoutRequest.class);

    private static final String MEDIA_TYPE = "application/x-www-form-urlencoded";
    private static final String FIELD = "logout_token";

    private final ConfiguredSources sources;
    private final Clock clock;
    private final MeterRegistry meters;

    LogoutRequest(ConfiguredSources sources, Clock clock, MeterRegistry meters) {
        this.sources = sources;
        this.clock = clock;
        this.meters = meters;
    }

    /**
     * Gives a {@link RawSet} to be verified, or a {@link Verdict} to be answered at once.
     *
     * @param headers those of the request; {@code source} says whose door it came to
     * @param body the fields of the form, as the web server's binding gives them; anything else is no form
     */
    public Object form(Map<String, Object> headers, @Nullable Object body) {
        String source = String.valueOf(headers.get("source"));
        String contentType = headers.get("Content-Type") instanceof String type ? type : "";
        if (!contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(MEDIA_TYPE)) {
            return refused(source, SetError.INVALID_REQUEST, "the Content-Type must be " + MEDIA_TYPE);
        }
        Verdict objection = sources.objection(source, clock.instant()).orElse(null);
        if (objection != null) {
            return objection instanceof Verdict.Refused refused
                    ? refused(source, refused.error(), refused.description())
                    : objection;
        }
        // A field that is there twice comes as a list.
        return body instanceof Map<?, ?> form && form.get(FIELD) instanceof String token
                ? new RawSet(token.strip(), clock.instant(), sources.entrance(source))
                : refused(source, SetError.INVALID_REQUEST, "the form must have the field " + FIELD + " once");
    }

    /** Whether {@link #form} gave something to be verified. */
    public boolean readable(Object read) {
        return read instanceof RawSet;
    }

    private Verdict.Refused refused(String source, SetError error, String description) {
        Verdict.Refused refused = new Verdict.Refused(error, description);
        meters.counter(
                        "signalbox.sets",
                        "verdict",
                        "refused",
                        "code",
                        refused.error().code())
                .increment();
        LOG.atWarn()
                .addKeyValue("source", source)
                .addKeyValue("code", refused.error().code())
                .log("Refused a logout before reading its token: {}", description);
        return refused;
    }
}
