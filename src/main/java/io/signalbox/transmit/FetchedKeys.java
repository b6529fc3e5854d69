package io.signalbox.transmit;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.signalbox.http.GuardedHttp;
import io.signalbox.http.GuardedHttp.Result;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keys that another server publishes, kept for a while; what was fetched last goes on counting while it is away. */
final class FetchedKeys {

    private static final Logger LOG = LoggerFactory.getLogger(FetchedKeys.class);

    private static final Duration FRESH = Duration.ofMinutes(10);

    /** Strangers name keys that are not there: each such name must not be a call. */
    private static final Duration BETWEEN = Duration.ofSeconds(10);

    /** A key that its server took away must not let anybody in for ever, because somebody keeps us from hearing of it. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private static final int MAX_BYTES = 256 * 1024;

    private final GuardedHttp http;
    private final URI place;
    private final Clock clock;
    private volatile @Nullable List<JWK> keys;
    private volatile Instant fetchedAt = Instant.MIN;
    private volatile Instant triedAt = Instant.MIN;
    private volatile boolean away;

    FetchedKeys(GuardedHttp http, URI place, Clock clock) {
        this.http = http;
        this.place = place;
        this.clock = clock;
    }

    /**
     * The keys, fetched anew if the one that is asked for is not among them.
     *
     * @param kid absent if any may be meant
     * @return absent if they cannot be had, and so nobody can say whether there is such a key
     */
    @Nullable
    List<JWK> having(@Nullable String kid) {
        List<JWK> known = keys;
        if (known != null && fetchedAt.plus(FRESH).isAfter(clock.instant()) && holds(known, kid)) {
            return known;
        }
        return fetched(kid);
    }

    private synchronized @Nullable List<JWK> fetched(@Nullable String kid) {
        Instant now = clock.instant();
        List<JWK> known = keys;
        if (known != null && fetchedAt.plus(FRESH).isAfter(now) && holds(known, kid)
                || triedAt.plus(BETWEEN).isAfter(now)) {
            return usable(known, kid, now);
        }
        triedAt = now;
        away = true;
        Result result = http.get(place, MAX_BYTES);
        if (result instanceof Result.Answered answered && answered.status() == 200) {
            try {
                known = JWKSet.parse(new String(answered.body(), StandardCharsets.UTF_8))
                        .getKeys();
                keys = known;
                fetchedAt = now;
                away = false;
            } catch (ParseException e) {
                LOG.warn("What {} publishes is no key set; receivers with its tokens may be turned away", place);
            }
        } else {
            LOG.warn("The keys at {} cannot be had now; receivers with its tokens may be turned away", place);
        }
        return usable(known, kid, now);
    }

    /** While the server is away, a key that we do not know may be there all the same: that is no reason to refuse anybody. */
    private @Nullable List<JWK> usable(@Nullable List<JWK> known, @Nullable String kid, Instant now) {
        return known == null || fetchedAt.plus(LONGEST).isBefore(now) || away && !holds(known, kid) ? null : known;
    }

    private static boolean holds(List<JWK> keys, @Nullable String kid) {
        return kid == null || keys.stream().anyMatch(key -> kid.equals(key.getKeyID()));
    }
}
