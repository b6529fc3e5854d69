package io.signalbox.verify;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetBasedJWKSource;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import io.signalbox.http.GuardedHttp;
import io.signalbox.verify.KeyRing.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one issuer, and only of that one (J-13): cached, fetched again before they expire, kept over an outage,
 * and fetched at most once a while because of SETs that name keys we do not know (J-18, J-20).
 */
final class IssuerKeys implements AutoCloseable {

    /** How long a SET waits for a fetch that another one started. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final JwksDocument document;
    /** Otherwise a key that is not there is never there, and need not be looked for. */
    private final boolean changes;

    private final JWKSetSource<SecurityContext> source;
    private final Duration refetchInterval;
    private final CryptoProvider crypto;
    private final Clock clock;
    private final ReentrantLock refetching = new ReentrantLock();
    private volatile @Nullable KeyRing ring;
    private long nextRefetch = Long.MIN_VALUE;

    IssuerKeys(KeySource place, GuardedHttp http, VerifyProperties properties, CryptoProvider crypto, Clock clock) {
        this.document = new JwksDocument(place, http);
        this.changes = place.changes();
        this.refetchInterval = properties.jwksRefetch();
        this.crypto = crypto;
        this.clock = clock;
        long cache = properties.jwksCache().toMillis();
        ExecutorService ahead = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "jwks-refresh");
            thread.setDaemon(true);
            return thread;
        });
        // The source below the selector is taken, because it can be told the time and which set is known already.
        this.source = ((JWKSetBasedJWKSource<SecurityContext>) JWKSourceBuilder.<SecurityContext>create(document)
                        .cache(cache, PATIENCE.toMillis())
                        .refreshAheadCache(cache / 4, null, ahead, true, null, false)
                        .rateLimited(refetchInterval.toMillis())
                        .retrying(true)
                        .outageTolerant(properties.jwksOutage().toMillis())
                        .build())
                .getJWKSetSource();
    }

    /** What the issuer's keys say about a SET. */
    sealed interface Proof {

        record Answered(Answer answer) implements Proof {}

        /** The keys could not be asked. */
        record Unavailable(String why, Duration retryAfter) implements Proof {}
    }

    Proof ask(CompactSet set, JWSAlgorithm algorithm, @Nullable String kid) {
        try {
            KeyRing known = current();
            Answer answer = known.ask(set, algorithm, kid, clock.instant());
            return answer == Answer.UNKNOWN && changes
                    ? askAnew(known, set, algorithm, kid)
                    : new Proof.Answered(answer);
        } catch (KeySourceException e) {
            return unreachable();
        }
    }

    /**
     * Only what a freshly fetched key set does not know is refused. While the next fetch is not due, a SET with an
     * unknown key stays undecided rather than refused: a refusal is final, and a stranger who sends one random kid a
     * minute could otherwise make us refuse, for good, the genuine SETs of the minute in which the issuer changes its
     * key. They come again when we may ask; a forged one gains nothing by that but a later refusal.
     */
    private Proof askAnew(KeyRing known, CompactSet set, JWSAlgorithm algorithm, @Nullable String kid)
            throws KeySourceException {
        if (!lock()) {
            return unreachable();
        }
        try {
            KeyRing latest = current();
            if (latest != known) {
                Answer answer = latest.ask(set, algorithm, kid, clock.instant());
                if (answer != Answer.UNKNOWN) {
                    return new Proof.Answered(answer);
                }
            }
            long now = clock.millis();
            if (now < nextRefetch) {
                return new Proof.Unavailable(
                        "The key is not known yet and the issuer's keys were fetched a moment ago",
                        Duration.ofSeconds((nextRefetch - now + 999) / 1000));
            }
            nextRefetch = now + refetchInterval.toMillis();
            long before = document.fetched();
            JWKSet fresh =
                    source.getJWKSet(JWKSetCacheRefreshEvaluator.referenceComparison(latest.source()), now, null);
            if (document.fetched() == before) {
                return unreachable();
            }
            return new Proof.Answered(ring(fresh).ask(set, algorithm, kid, clock.instant()));
        } finally {
            refetching.unlock();
        }
    }

    private boolean lock() {
        try {
            return refetching.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Proof unreachable() {
        return new Proof.Unavailable("The issuer's keys cannot be fetched", refetchInterval);
    }

    private KeyRing current() throws KeySourceException {
        return ring(source.getJWKSet(JWKSetCacheRefreshEvaluator.noRefresh(), clock.millis(), null));
    }

    /** Keys are made ready once per fetched set; two threads doing it at once do no harm. */
    private KeyRing ring(JWKSet set) {
        KeyRing ready = ring;
        if (ready == null || ready.source() != set) {
            ready = KeyRing.of(set, crypto);
            ring = ready;
        }
        return ready;
    }

    @Override
    public void close() {
        try {
            source.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
