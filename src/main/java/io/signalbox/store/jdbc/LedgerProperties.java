package io.signalbox.store.jdbc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How long the ledger remembers.
 *
 * @param retention how long a signal is kept after it was received and after anything last happened to its actions,
 *     such as `365d`; at least 30 days. Then it goes, with its decision, actions and attempts, unless an action of it is
 *     still waiting or retrying. Default: for ever
 */
@ConfigurationProperties("signalbox.ledger")
record LedgerProperties(@Nullable Duration retention) {

    /** A transmitter may deliver again for as long; a signal that is forgotten earlier would be acted upon twice. */
    static final Duration SHORTEST = Duration.ofDays(30);

    LedgerProperties {
        if (retention != null && retention.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException("signalbox.ledger.retention must be at least 30d: a SET may be delivered"
                    + " again for as long, and is known by its row in the ledger");
        }
    }
}
