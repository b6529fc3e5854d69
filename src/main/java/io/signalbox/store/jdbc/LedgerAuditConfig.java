package io.signalbox.store.jdbc;

import io.signalbox.Home;
import io.signalbox.store.ExportAudit;
import io.signalbox.store.LedgerAudit;
import io.signalbox.store.LedgerExport;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The audit alone, for a command beside the gateway. Not marked as a configuration, so that the gateway, which has its
 * own connections, does not find it.
 */
@EnableConfigurationProperties({StoreProperties.class, Home.class})
public class LedgerAuditConfig {

    @Bean
    LedgerDatabase ledgerDatabase(StoreProperties properties, Home home, Environment environment) {
        return LedgerDatabase.openToRead(properties, home, environment);
    }

    @Bean
    LedgerAudit ledgerAudit(LedgerDatabase database) {
        return new ChainAudit(database::atOneMoment, Clock.systemUTC(), new StorageFailures(database.name()));
    }

    @Bean
    LedgerExport ledgerExport(LedgerDatabase database) {
        return new ChainExport(database, new StorageFailures(database.name()));
    }

    /** Needs no ledger. */
    @Bean
    ExportAudit exportAudit() {
        return new ChainExportAudit();
    }
}
