package io.signalbox.decide;

import io.signalbox.Step;
import io.signalbox.event.Signal;
import io.signalbox.store.Ledger;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a signal that cannot be decided, with its cause, and lets the ones behind it go on (invariant I-3). Waiting
 * would not help: the same signal under the same policy fails again.
 */
@Step("parkSignal")
public final class ParkSignal {

    private static final Logger LOG = LoggerFactory.getLogger(ParkSignal.class);

    private final Ledger ledger;
    private final Clock clock;

    ParkSignal(Ledger ledger, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    /**
     * @param signal absent if not even the queue's message could be read: then it stays in the queue, for a version
     *     that can read it
     */
    public void park(@Nullable Signal signal, Exception cause) {
        if (signal == null) {
            throw new IllegalStateException("A message of the signal queue cannot be read and stays in it", cause);
        }
        String why = cause.getClass().getSimpleName() + ": " + cause.getMessage();
        ledger.park(signal, why, clock.instant());
        LOG.atError()
                .addKeyValue("signal", signal.id())
                .addKeyValue("iss", signal.set().iss())
                .addKeyValue("jti", signal.set().jti())
                .setCause(cause)
                .log("A signal could not be decided and is parked; GET /api/signals/{} shows why", signal.id());
    }
}
