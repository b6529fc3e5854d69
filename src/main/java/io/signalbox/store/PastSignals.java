package io.signalbox.store;

import io.signalbox.event.Signal;
import java.util.List;

/** What the ledger holds of decided signals, for a command beside the gateway that reads and changes nothing. */
public interface PastSignals {

    /**
     * Signals with this id, or with this {@code jti} by whatever issuer.
     *
     * @throws LedgerUnavailableException if it cannot be read
     */
    List<Signal> named(String idOrJti);

    /**
     * Decided signals about the same subject that were received earlier, the latest first; at most
     * {@link Ledger#MOST_RECENT}.
     *
     * @throws LedgerUnavailableException if it cannot be read
     */
    List<Signal> before(Signal signal);
}
