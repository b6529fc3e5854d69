package io.signalbox.store.jdbc;

import io.signalbox.Home;
import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.PastSignals;
import io.signalbox.store.SignalQuery;
import io.signalbox.store.SignalRecord;
import java.time.Instant;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The signals of a ledger, to read. Not marked as a configuration, so that the gateway, which has its own connections,
 * does not find it.
 */
@EnableConfigurationProperties({StoreProperties.class, Home.class})
public class PastSignalsConfig {

    @Bean
    LedgerDatabase ledgerDatabase(StoreProperties properties, Home home, Environment environment) {
        return LedgerDatabase.openToRead(properties, home, environment);
    }

    @Bean
    PastSignals pastSignals(LedgerDatabase database) {
        LedgerReader reader = new LedgerReader(database.reads());
        StorageFailures failures = new StorageFailures(database.name());
        return new PastSignals() {
            @Override
            public List<Signal> named(String idOrJti) {
                return failures.reading(() -> reader
                        .signal(idOrJti)
                        .map(List::of)
                        .orElseGet(() -> reader.signals(new SignalQuery(idOrJti, null, null, null, null, null, 10))
                                .items())
                        .stream()
                        .map(SignalRecord::signal)
                        .toList());
            }

            @Override
            public List<Signal> before(Signal signal) {
                SubjectIdentifier subject = signal.set().subject();
                if (subject == null) {
                    return List.of();
                }
                String key = subject.key();
                return failures.reading(
                        () -> reader.recent(key, Instant.EPOCH, signal.set().receivedAt(), signal.id()));
            }
        };
    }
}
