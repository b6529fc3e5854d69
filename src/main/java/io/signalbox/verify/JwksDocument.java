package io.signalbox.verify;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.signalbox.http.GuardedHttp;
import io.signalbox.http.GuardedHttp.Result;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key set as its issuer publishes it, fetched each time it is asked for. What stands between us and that is
 * Nimbus's: cache, rate limit, retry, outage.
 */
final class JwksDocument implements JWKSetSource<SecurityContext> {

    private static final Logger log = LoggerFactory.getLogger(JwksDocument.class);

    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_KEYS = 100;

    private final URI uri;
    private final GuardedHttp http;
    private final AtomicLong fetched = new AtomicLong();

    JwksDocument(URI uri, GuardedHttp http) {
        this.uri = uri;
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
            JWKSet set = read(http.get(uri, MAX_BYTES));
            fetched.incrementAndGet();
            return set;
        } catch (JWKSetUnavailableException e) {
            log.atWarn()
                    .addKeyValue("jwksUri", uri)
                    .addKeyValue("cause", e.getMessage())
                    .log("The keys of an issuer could not be fetched");
            throw e;
        }
    }

    private JWKSet read(Result result) throws JWKSetUnavailableException {
        if (result instanceof Result.Answered answer) {
            if (answer.status() != 200) {
                throw new JWKSetUnavailableException("Answered with status " + answer.status());
            }
            return parse(new String(answer.body(), StandardCharsets.UTF_8));
        }
        if (result instanceof Result.Forbidden forbidden) {
            throw new JWKSetUnavailableException(forbidden.why());
        }
        if (result instanceof Result.Unreachable unreachable) {
            throw new JWKSetUnavailableException(unreachable.why());
        }
        throw new JWKSetUnavailableException("The document is larger than " + MAX_BYTES + " bytes");
    }

    /**
     * A page that is no key set, such as a proxy's apology, counts as an outage. A key that we cannot read is passed
     * over (RFC 7517, section 5): it must not take the readable ones with it.
     */
    private JWKSet parse(String text) throws JWKSetUnavailableException {
        Map<String, Object>[] entries;
        try {
            entries = JSONObjectUtils.getJSONObjectArray(JSONObjectUtils.parse(text), "keys");
        } catch (ParseException e) {
            throw new JWKSetUnavailableException("The document is no key set", e);
        }
        if (entries == null || entries.length > MAX_KEYS) {
            throw new JWKSetUnavailableException("The document is no key set of at most " + MAX_KEYS + " keys");
        }
        List<JWK> keys = new ArrayList<>();
        for (Map<String, Object> entry : entries) {
            try {
                JWK key = JWK.parse(entry).toPublicJWK();
                // A symmetric key has no public half, and must not verify anything once it was published (J-02).
                if (key != null) {
                    keys.add(key);
                }
            } catch (ParseException | IllegalArgumentException | IllegalStateException e) {
                log.atDebug().addKeyValue("jwksUri", uri).log("A published key is of no known kind");
            }
        }
        return new JWKSet(keys);
    }

    @Override
    public void close() {
        // Nothing is held; the client belongs to all.
    }
}
