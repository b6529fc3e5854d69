package io.signalbox.store.jdbc;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Home;
import io.signalbox.StartupFact;
import io.signalbox.store.ClientTokens;
import io.signalbox.store.Erasures;
import io.signalbox.store.GuardBook;
import io.signalbox.store.Leases;
import io.signalbox.store.Ledger;
import io.signalbox.store.LedgerAudit;
import io.signalbox.store.Outbox;
import io.signalbox.store.PolicyBook;
import io.signalbox.store.Relay;
import io.signalbox.store.Replay;
import io.signalbox.store.ScimImages;
import io.signalbox.store.SourceBook;
import io.signalbox.store.StandIns;
import io.signalbox.store.StreamBook;
import io.signalbox.store.TrialBook;
import io.signalbox.store.UnmatchedBook;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Puts the ledger together. The connections are no beans: the ledger is the only way to them.
 */
@Configuration(proxyBeanMethods = false)
class StoreConfig {

    @Bean
    LedgerDatabase ledgerDatabase(StoreProperties properties, Home home, Environment environment) {
        return LedgerDatabase.open(properties, home, environment);
    }

    @Bean
    StorageFailures storageFailures(LedgerDatabase database) {
        return new StorageFailures(database.name());
    }

    @Bean
    Chain ledgerChain(LedgerDatabase database) {
        return new Chain(database.writesInBatches());
    }

    @Bean
    GroupCommit groupCommit(
            LedgerDatabase database,
            Chain chain,
            StorageFailures failures,
            StoreProperties properties,
            MeterRegistry meters) {
        return new GroupCommit(
                database.transactions(), chain, failures, properties.writeQueue(), properties.writeWait(), meters);
    }

    @Bean
    OutboundRows outboundRows(LedgerDatabase database) {
        return new OutboundRows(database);
    }

    /** The relay is asked for when it is needed: it reads what the store holds, and so comes after it. */
    @Bean
    Ledger ledger(
            LedgerDatabase database,
            GroupCommit writer,
            Chain chain,
            StorageFailures failures,
            OutboundRows outboundRows,
            ObjectProvider<Relay> relay) {
        return new JdbcLedger(database, writer, chain, failures, outboundRows, relay::getIfAvailable);
    }

    @Bean
    StreamBook streamBook(
            LedgerDatabase database, GroupCommit writer, StorageFailures failures, OutboundRows outboundRows) {
        return new JdbcStreamBook(database, writer, failures, outboundRows);
    }

    @Bean
    Outbox outbox(
            LedgerDatabase database,
            GroupCommit writer,
            StorageFailures failures,
            OutboundRows outboundRows,
            Environment environment) {
        return new JdbcOutbox(
                database, writer, failures, outboundRows, environment.getProperty("signalbox.issuer", ""));
    }

    @Bean
    ClientTokens clientTokens(LedgerDatabase database, GroupCommit writer, StorageFailures failures) {
        return new JdbcClientTokens(database, writer, failures);
    }

    @Bean
    GuardBook guardBook(LedgerDatabase database, GroupCommit writer, Chain chain, StorageFailures failures) {
        return new JdbcGuardBook(database, writer, chain, failures);
    }

    @Bean
    UnmatchedBook unmatchedBook(LedgerDatabase database, GroupCommit writer, Chain chain, StorageFailures failures) {
        return new UnmatchedRows(database, writer, chain, failures);
    }

    @Bean
    Erasures erasures(LedgerDatabase database, GroupCommit writer, Chain chain, StorageFailures failures, Home home) {
        return new ErasureRows(database, writer, chain, failures, new Pseudonyms(home));
    }

    @Bean
    StandIns standIns(Home home) {
        return new Pseudonyms(home)::ofValue;
    }

    @Bean
    Leases leases(LedgerDatabase database, GroupCommit writer, StorageFailures failures) {
        return new JdbcLeases(database, writer, failures);
    }

    @Bean
    ScimImages scimImages(LedgerDatabase database, GroupCommit writer, StorageFailures failures) {
        return new JdbcScimImages(database, writer, failures);
    }

    @Bean
    SourceBook sourceBook(LedgerDatabase database, GroupCommit writer, StorageFailures failures) {
        return new JdbcSourceBook(database, writer, failures);
    }

    @Bean
    PolicyBook policyBook(LedgerDatabase database, GroupCommit writer, Chain chain, StorageFailures failures) {
        return new JdbcPolicyBook(database, writer, chain, failures);
    }

    @Bean
    TrialBook trialBook(LedgerDatabase database, GroupCommit writer, StorageFailures failures) {
        return new JdbcTrialBook(database, writer, failures);
    }

    @Bean
    Replay replay(LedgerDatabase database, StorageFailures failures) {
        return new JdbcReplay(database, failures);
    }

    @Bean
    LedgerAudit ledgerAudit(LedgerDatabase database, Clock clock, StorageFailures failures) {
        return new ChainAudit(database::atOneMoment, clock, failures);
    }

    /** Only where something is ever to be pruned; otherwise nothing runs. */
    @Bean
    @ConditionalOnProperty("signalbox.ledger.retention")
    Pruner pruner(
            LedgerDatabase database,
            GroupCommit writer,
            Chain chain,
            StorageFailures failures,
            LedgerProperties properties,
            Clock clock,
            MeterRegistry meters) {
        Duration retention = Objects.requireNonNull(properties.retention());
        return new Pruner(database, writer, chain, failures, retention, clock, meters, null).start();
    }

    /** Part of readiness: a node whose ledger is gone takes no signals. */
    @Bean
    HealthIndicator ledgerHealthIndicator(LedgerDatabase database, StorageFailures failures) {
        return () -> {
            try {
                Integer one = failures.reading(() ->
                        database.reads().sql("SELECT 1").query(Integer.class).single());
                return Health.up()
                        .withDetail("store", database.name())
                        .withDetail("answer", one)
                        .build();
            } catch (RuntimeException e) {
                return Health.down(e).build();
            }
        };
    }

    @Bean
    @Order(6)
    StartupFact ledgerFact(LedgerDatabase database, LedgerProperties properties) {
        Duration retention = properties.retention();
        return StartupFact.of(
                "ledger",
                () -> database.name()
                        + (retention == null ? "" : "   (signals are kept for " + retention.toDays() + " days)"));
    }
}
