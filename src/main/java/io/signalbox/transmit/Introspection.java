package io.signalbox.transmit;

import com.nimbusds.jwt.SignedJWT;
import io.signalbox.http.GuardedHttp;
import io.signalbox.http.GuardedHttp.Result;
import io.signalbox.wire.Wire;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access tokens of which their server says what they are good for. What it said counts for a short while: so long, a token
 * that was taken back still lets its client in.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7662#section-2">RFC 7662, section 2</a>
 */
final class Introspection implements OutsideServer {

    private static final Logger LOG = LoggerFactory.getLogger(Introspection.class);

    private static final Duration REMEMBERED = Duration.ofSeconds(30);
    private static final int MOST_REMEMBERED = 10_000;

    /** Anybody can show any number of tokens: so many are asked for at a time, and no more. */
    private static final int MOST_AT_ONCE = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MAX_BYTES = 64 * 1024;

    private final TokenRules rules;
    private final GuardedHttp http;
    private final URI place;
    private final String clientId;
    private final Reference secret;
    private final Clock clock;
    private final Semaphore permits = new Semaphore(MOST_AT_ONCE);

    /** By digest: no token is kept. */
    private final Map<String, Said> remembered = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Said> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    private record Said(Access access, Instant until) {}

    Introspection(TokenRules rules, GuardedHttp http, URI place, String clientId, Reference secret, Clock clock) {
        this.rules = rules;
        this.http = http;
        this.place = place;
        this.clientId = clientId;
        this.secret = secret;
        this.clock = clock;
    }

    @Override
    public String name() {
        return rules.server();
    }

    @Override
    public String issuer() {
        return rules.issuer();
    }

    @Override
    public Access of(String token, String digest, @Nullable SignedJWT jwt) {
        Instant now = clock.instant();
        Said said;
        synchronized (remembered) {
            said = remembered.get(digest);
        }
        if (said != null && said.until().isAfter(now)) {
            return said.access();
        }
        if (!permits.tryAcquire()) {
            return Access.NOT_NOW;
        }
        Said heard;
        try {
            heard = asked(token, now);
        } finally {
            permits.release();
        }
        if (heard == null) {
            return Access.NOT_NOW;
        }
        synchronized (remembered) {
            remembered.put(digest, heard);
        }
        return heard.access();
    }

    /** Absent if it gave no answer that means anything. */
    private @Nullable Said asked(String token, Instant now) {
        Map<String, Object> told = told(token);
        if (told == null || !(told.get("active") instanceof Boolean active)) {
            LOG.warn("The authorization server {} does not say what a token is good for", rules.server());
            return null;
        }
        Object issuer = told.get("iss");
        Access access =
                active && (issuer == null || issuer.equals(rules.issuer())) ? rules.of(told, true) : Access.UNKNOWN;
        Instant until = now.plus(REMEMBERED);
        if (access instanceof Access.Granted && told.get("exp") instanceof Number seconds) {
            Instant expiry = Instant.ofEpochSecond(seconds.longValue()).plus(TokenRules.SKEW);
            until = expiry.isBefore(until) ? expiry : until;
        }
        return new Said(access, until);
    }

    private @Nullable Map<String, Object> told(String token) {
        String pair = encoded(clientId) + ":" + encoded(secret.value());
        Result result = http.exchange(new GuardedHttp.Request(
                "POST",
                place,
                Map.of(
                        "Content-Type",
                        "application/x-www-form-urlencoded",
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))),
                ("token=" + encoded(token) + "&token_type_hint=access_token").getBytes(StandardCharsets.US_ASCII),
                MAX_BYTES,
                PATIENCE));
        if (!(result instanceof Result.Answered answered) || answered.status() != 200) {
            return null;
        }
        try {
            return Wire.readObject(new String(answered.body(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
