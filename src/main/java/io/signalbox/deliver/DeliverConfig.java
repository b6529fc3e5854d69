package io.signalbox.deliver;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Home;
import io.signalbox.NodeName;
import io.signalbox.http.GuardedHttp;
import io.signalbox.store.Leases;
import io.signalbox.store.Ledger;
import io.signalbox.store.Outbox;
import io.signalbox.store.Relay;
import io.signalbox.store.StreamBook;
import io.signalbox.transmit.OnlyAsTransmitter;
import io.signalbox.transmit.Outgoing;
import io.signalbox.transmit.Seal;
import io.signalbox.transmit.Transmitter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts delivery together, where there is anybody to deliver to. */
@Configuration(proxyBeanMethods = false)
@OnlyAsTransmitter
class DeliverConfig {

    @Bean
    TenantKeys tenantKeys(DeliverProperties properties, Transmitter transmitter, Home home, Clock clock) {
        return new TenantKeys(transmitter, (tenant, algorithms) -> {
            Path configured = tenant.isOurFirst() ? properties.keysFile() : tenant.keysFile();
            String name = tenant.isOurFirst() ? "transmitter-keys.json" : "transmitter-keys-" + tenant.name() + ".json";
            return new SigningKeys(
                    tenant.isOurFirst()
                            ? "signalbox.transmitter.keys-file"
                            : "signalbox.transmitter.tenants["
                                    + (transmitter.tenants().indexOf(tenant) - 1) + "].keys-file",
                    configured == null ? home.resolve(name) : configured,
                    algorithms,
                    properties.keyOverlap(),
                    clock);
        });
    }

    @Bean
    SignedSets signedSets(TenantKeys keys, Transmitter transmitter) {
        return new SignedSets(keys, transmitter);
    }

    @Bean
    Pauses pauses(StreamBook book, Outgoing outgoing, Clock clock) {
        return new Pauses(book, outgoing, clock);
    }

    @Bean
    Relay relay(Transmitter transmitter, Outgoing outgoing) {
        return new RelaySignals(transmitter, outgoing);
    }

    @Bean
    Emissions emissions(
            Transmitter transmitter, Outgoing outgoing, StreamBook book, Outbox outbox, Ledger ledger, Clock clock) {
        return new Emissions(transmitter, outgoing, book, outbox, ledger, clock);
    }

    @Bean
    PollWaiters pollWaiters(Outbox outbox, SignedSets signed, DeliverProperties properties, Clock clock) {
        return new PollWaiters(outbox, signed, properties.poll().redelivery(), clock);
    }

    @Bean
    PushStream pushStream(
            @Qualifier("pushHttp") GuardedHttp pushHttp,
            Outbox outbox,
            SignedSets signed,
            Seal seal,
            Pauses pauses,
            DeliverProperties properties,
            DeliveryMeters meters,
            Clock clock) {
        return new PushStream(pushHttp, outbox, signed, seal, pauses, properties, meters, clock);
    }

    @Bean
    DeliveryMeters deliveryMeters(
            Transmitter transmitter, StreamBook book, Outbox outbox, Clock clock, MeterRegistry meters) {
        return new DeliveryMeters(transmitter, book, outbox, clock, meters);
    }

    @Bean
    Upkeep upkeep(
            StreamBook book,
            Outbox outbox,
            Pauses pauses,
            TenantKeys keys,
            Transmitter transmitter,
            DeliverProperties properties,
            Clock clock) {
        return new Upkeep(book, outbox, pauses, keys, transmitter, properties, clock);
    }

    @Bean
    Dispatcher dispatcher(
            Outbox outbox,
            PushStream pushes,
            PollWaiters waiters,
            Upkeep upkeep,
            Leases leases,
            NodeName node,
            DeliverProperties properties,
            Clock clock,
            StreamBook book) {
        return new Dispatcher(
                outbox,
                pushes,
                waiters,
                upkeep,
                leases,
                node.text() + "/" + UUID.randomUUID(),
                properties.push().concurrency(),
                clock,
                book);
    }
}
