package io.signalbox.verify;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.signalbox.http.GuardedHttp;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key set as its place has it, fetched each time it is asked for. What stands between us and that is
 * Nimbus's: cache, rate limit, retry, outage.
 */
final class JwksDocument implements JWKSetSource<SecurityContext> {

    private static final Logger log = LoggerFactory.getLogger(JwksDocument.class);

    private static final int MAX_KEYS = 100;

    private final KeySource place;
    private final GuardedHttp http;
    private final AtomicLong fetched = new AtomicLong();

    JwksDocument(KeySource place, GuardedHttp http) {
        this.place = place;
        this.http = http;
    }

    /** How often a fetch has succeeded: tells keys that were fetched anew from old ones that bridge an outage. */
    long fetched() {
        return fetched.get();
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator evaluator, long now, @Nullable SecurityContext context)
            throws JWKSetUnavailableException {
        try {
            JWKSet set = parse(place.read(http));
            fetched.incrementAndGet();
            return set;
        } catch (JWKSetUnavailableException e) {
            log.atWarn()
                    .addKeyValue("keys", place.name())
                    .addKeyValue("cause", e.getMessage())
                    .log("The keys of an issuer could not be fetched");
            throw e;
        }
    }

    /**
     * A page that is no key set, such as a proxy's apology, counts as an outage. A key that we cannot read is passed
     * over (RFC 7517, section 5): it must not take the readable ones with it.
     */
    private static JWKSet parse(String text) throws JWKSetUnavailableException {
        List<JWK> keys = new ArrayList<>();
        for (Map<String, Object> entry : entries(text)) {
            try {
                JWK key = JWK.parse(entry).toPublicJWK();
                // A symmetric key has no public half, and must not verify anything once it was published (J-02).
                if (key != null) {
                    keys.add(key);
                }
            } catch (ParseException | IllegalArgumentException | IllegalStateException e) {
                log.atDebug().log("A published key is of no known kind");
            }
        }
        return new JWKSet(keys);
    }

    private static Map<String, Object>[] entries(String text) throws JWKSetUnavailableException {
        Map<String, Object>[] entries;
        try {
            entries = JSONObjectUtils.getJSONObjectArray(JSONObjectUtils.parse(text), "keys");
        } catch (ParseException e) {
            throw new JWKSetUnavailableException("The document is no key set", e);
        }
        if (entries == null || entries.length > MAX_KEYS) {
            throw new JWKSetUnavailableException("The document is no key set of at most " + MAX_KEYS + " keys");
        }
        return entries;
    }

    /**
     * Examines a key set that an operator handed us.
     *
     * @throws IllegalArgumentException if it cannot be used, or should not be here; the message goes on where a name of
     *     the value stands
     */
    static void check(String text, Set<JWSAlgorithm> algorithms) {
        try {
            for (Map<String, Object> entry : entries(text)) {
                if (entry.containsKey("d") || entry.containsKey("k")) {
                    throw new IllegalArgumentException("holds a secret key; only public keys belong there");
                }
            }
            boolean usable = parse(text).getKeys().stream()
                    .flatMap(key -> SigningKey.of(key, CryptoProvider.jdk()).stream())
                    .anyMatch(key -> algorithms.stream().anyMatch(key.algorithms()::contains));
            if (!usable) {
                throw new IllegalArgumentException("holds no key that could verify any of the entry's algorithms");
            }
        } catch (JWKSetUnavailableException e) {
            throw new IllegalArgumentException("is no key set (RFC 7517, section 5)", e);
        }
    }

    @Override
    public void close() {
        // Nothing is held; the client belongs to all.
    }
}
