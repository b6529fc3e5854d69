package io.signalbox.store.jdbc;

import static io.signalbox.testing.Recorded.decision;
import static io.signalbox.testing.Recorded.signal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.event.Signal;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.testing.PostgresServer;
import io.signalbox.testing.Recorded;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The production store, for real. */
class PostgresLedgerTest extends LedgerContract {

    @Override
    String newStore() {
        return PostgresServer.newDatabase();
    }

    @Override
    String username() {
        return PostgresServer.USER;
    }

    @Test
    void comesBackByItselfAfterTheServerHungUp() {
        JdbcClient writes = opened.database().writes();
        assertThatThrownBy(() -> opened.writer().write(() -> writes.sql("SELECT pg_terminate_backend(pg_backend_pid())")
                        .query()
                        .listOfRows()))
                .isInstanceOf(LedgerUnavailableException.class)
                .hasMessageContaining(opened.database().name());

        Signal signal = signal("jti-1");
        assertThat(ledger.record(signal, decision(signal, "idp"))).hasSize(1);
    }

    /** Waiting for the store to take it would hold up everything behind it for ever. */
    @Test
    void tellsAValueThatNoStoreTakesFromAStoreThatIsAway() {
        StringBuilder incompressible = new StringBuilder();
        new Random(1).ints(9_000, '!', '~').forEach(incompressible::appendCodePoint);
        Signal signal = Recorded.signal(incompressible.toString(), "jti-1", null, Recorded.NOON);

        assertThatThrownBy(() -> ledger.record(signal, decision(signal)))
                .isNotInstanceOf(LedgerUnavailableException.class)
                .hasMessageContaining("index row");
    }
}
