package io.signalbox.store;

import java.time.Instant;
import java.util.Optional;

/**
 * Who does now what one node at a time does for all. Time is that of the nodes' clocks: one that is ahead by more than a
 * lease takes it too early, so what is done under a lease must do no harm when two do it.
 *
 * <p>Each method throws {@link LedgerUnavailableException} if the ledger cannot be asked.
 */
public interface Leases {

    /**
     * Takes a lease that nobody has, that has expired, or that this owner has already, which renews it.
     *
     * @return empty if somebody else has it
     */
    Optional<Lease> claim(String name, String owner, Instant now, Instant until);

    /**
     * Makes a lease last longer.
     *
     * @return empty if somebody else took it meanwhile: it is lost
     */
    Optional<Lease> renew(Lease lease, Instant until);

    /** Lets a lease expire now, so that others need not wait for it. Does nothing if it is lost already. */
    void release(Lease lease, Instant now);

    /** Who has it, or had it last. */
    Optional<Lease> find(String name);
}
