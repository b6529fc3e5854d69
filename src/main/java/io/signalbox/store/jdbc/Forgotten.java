package io.signalbox.store.jdbc;

import io.signalbox.action.Decision;
import io.signalbox.event.Signal;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Signals that may have been in the ledger once and are not any more. A SET that is delivered twice is known by its row;
 * where the row was taken away, all that is left is the time at which the SET says it was issued.
 */
final class Forgotten {

    /** Stands in the decision in the place of a rule. */
    static final String RULE = "Issued before what the ledger remembers: recorded, nothing done";

    /** The furthest that a trusted issuer's clock may be ahead: it may have issued what we have received before. */
    private static final Duration AHEAD = Duration.ofMinutes(10);

    private final JdbcClient sql;

    Forgotten(JdbcClient sql) {
        this.sql = sql;
    }

    /** The decision; without its actions if they may have been done once before. */
    Decision heeded(Signal signal, Decision decision) {
        // Nothing younger was ever taken away, so hardly any signal has to ask.
        boolean old = signal.set()
                .iat()
                .isBefore(decision.decidedAt().minus(LedgerProperties.SHORTEST).plus(AHEAD));
        if (!old || signal.set().iat().minus(AHEAD).toEpochMilli() >= before()) {
            return decision;
        }
        return new Decision(
                decision.signalId(),
                decision.policyVersion(),
                decision.decidedAt(),
                decision.severity(),
                List.of(RULE),
                List.of());
    }

    private long before() {
        return sql.sql("SELECT forgotten_before FROM pruner WHERE id = 1")
                .query(Long.class)
                .single();
    }
}
