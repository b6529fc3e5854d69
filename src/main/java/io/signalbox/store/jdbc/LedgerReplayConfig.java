package io.signalbox.store.jdbc;

import io.signalbox.Home;
import io.signalbox.store.Replay;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * What was recorded, to read alone, for a command beside the gateway. Not marked as a configuration, so that the gateway,
 * which has its own connections, does not find it.
 */
@EnableConfigurationProperties({StoreProperties.class, Home.class})
public class LedgerReplayConfig {

    @Bean
    LedgerDatabase ledgerDatabase(StoreProperties properties, Home home, Environment environment) {
        return LedgerDatabase.openToRead(properties, home, environment);
    }

    @Bean
    Replay replay(LedgerDatabase database) {
        return new JdbcReplay(database, new StorageFailures(database.name()));
    }
}
