package io.signalbox.ingest.poll;

import io.signalbox.ingest.ConfiguredSources;
import io.signalbox.store.Lease;
import io.signalbox.store.Leases;
import io.signalbox.store.LedgerUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's right to poll one source. Two pollers would do no harm, as repeated SETs are recognized; they would
 * do everything twice.
 */
final class SourceLease {

    private static final Logger LOG = LoggerFactory.getLogger(SourceLease.class);

    private final Leases leases;
    private final String source;
    private final String owner;
    private final Duration duration;
    private final Clock clock;
    private @Nullable Lease current;

    SourceLease(Leases leases, String source, String owner, Duration duration, Clock clock) {
        this.leases = leases;
        this.source = source;
        this.owner = owner;
        this.duration = duration;
        this.clock = clock;
    }

    /**
     * The lease, if this node has it or can take it now.
     *
     * @throws LedgerUnavailableException if that cannot be told
     */
    synchronized Optional<Lease> claim() {
        Optional<Lease> held = held();
        if (held.isPresent()) {
            return held;
        }
        current = null;
        Instant now = clock.instant();
        Optional<Lease> claimed = leases.claim(ConfiguredSources.lease(source), owner, now, now.plus(duration));
        current = claimed.orElse(null);
        claimed.ifPresent(lease -> LOG.info("This node polls the source {} from now on", source));
        return claimed;
    }

    /** To be called while it is held, more often than it expires. */
    synchronized void renew() {
        Lease held = current;
        if (held == null) {
            return;
        }
        try {
            current = leases.renew(held, clock.instant().plus(duration)).orElse(null);
            if (current == null) {
                LOG.warn("Another node has taken over the source {}", source);
            }
        } catch (LedgerUnavailableException e) {
            // It stays ours until it expires; then nobody knows, and nobody polls.
            LOG.debug("The lease of the source {} could not be renewed", source, e);
        }
    }

    /** Lets others have it, as far as they can be told. */
    synchronized void release() {
        Lease held = current;
        current = null;
        if (held == null) {
            return;
        }
        try {
            leases.release(held, clock.instant());
        } catch (LedgerUnavailableException e) {
            LOG.debug("The lease of the source {} could not be given back and will expire", source, e);
        }
    }

    /** The lease, if this node has it; nobody is asked. */
    synchronized Optional<Lease> held() {
        Lease held = current;
        return held != null && clock.instant().isBefore(held.expiresAt()) ? Optional.of(held) : Optional.empty();
    }

    /** How long to leave it alone before it is asked for again. */
    Duration patience() {
        return duration.dividedBy(3);
    }
}
