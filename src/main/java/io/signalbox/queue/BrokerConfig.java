package io.signalbox.queue;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Door;
import io.signalbox.Home;
import io.signalbox.StartupFact;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.component.jms.JmsComponent;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.support.destination.DynamicDestinationResolver;

/** Sets up the broker, the connections to it, and the one component through which routes speak to it. */
@org.springframework.context.annotation.Configuration(proxyBeanMethods = false)
class BrokerConfig {

    private static final String SIGNALS = "signalbox.signals";

    private static final AtomicInteger BROKERS = new AtomicInteger(100);

    /** Of its own in a process with several: the consumers of one would take what was put into the queues of another. */
    private final String inside = "vm://" + BROKERS.getAndIncrement();

    private static final int PAGE = 1024 * 1024;

    /** Sessions kept open for senders; above this many at once, each send opens and closes its own. */
    private static final int SENDER_SESSIONS = 128;

    /** A broker in the same network answers at once or is not there; senders wait meanwhile. */
    private static final int CONNECT_MILLIS = 2_000;

    @Bean(initMethod = "start", destroyMethod = "stop")
    @ConditionalOnProperty(
            name = "signalbox.broker.url",
            havingValue = BrokerProperties.EMBEDDED,
            matchIfMissing = true)
    EmbeddedActiveMQ embeddedBroker(Home home, BrokerProperties properties) throws Exception {
        Path directory = home.resolve("broker");
        Configuration configuration = new ConfigurationImpl()
                .setName("signalbox")
                .setPersistenceEnabled(true)
                .setSecurityEnabled(false)
                .setJMXManagementEnabled(false)
                // The portable journal: the native one needs a kernel interface that containers often forbid, and would
                // make the same jar behave differently from host to host.
                .setJournalType(JournalType.NIO)
                .setJournalSyncTransactional(true)
                .setJournalSyncNonTransactional(true)
                .setJournalDirectory(directory.resolve("journal").toString())
                .setBindingsDirectory(directory.resolve("bindings").toString())
                .setPagingDirectory(directory.resolve("paging").toString())
                .setLargeMessagesDirectory(directory.resolve("large-messages").toString())
                // Files that a burst has left behind are deleted, not kept for the next one.
                .setJournalPoolFiles(10)
                .setGlobalMaxSize(properties.maxMemory().toBytes())
                .setMaxDiskUsage(properties.maxDiskUsage())
                .setDiskScanPeriod(1_000)
                .addAcceptorConfiguration("in-vm", inside)
                .addAddressSetting(
                        "#",
                        new AddressSettings()
                                .setAutoCreateQueues(true)
                                .setAutoDeleteQueues(false)
                                .setAutoCreateAddresses(true)
                                .setAutoDeleteAddresses(false)
                                // What does not fit into memory goes to disk; Room says when that is too much. To
                                // block would hang the sender, to fail would also refuse what is already ours.
                                .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
                                .setPageSizeBytes(PAGE)
                                // Of each queue, so much is read ahead; a dozen targets may be behind at once.
                                .setMaxReadPageBytes(2 * PAGE)
                                .setPrefetchPageBytes(PAGE)
                                // A rolled back message is one that we could not work on now (the ledger is away). It
                                // must wait, not be given up: what can never be worked on is parked by the route.
                                .setMaxDeliveryAttempts(-1)
                                .setRedeliveryDelay(1_000)
                                .setRedeliveryMultiplier(2)
                                .setMaxRedeliveryDelay(60_000)
                                // Never used; without them the broker warns that there are none.
                                .setDeadLetterAddress(SimpleString.of("signalbox.dead"))
                                .setExpiryAddress(SimpleString.of("signalbox.dead")));
        return new EmbeddedActiveMQ().setConfiguration(configuration);
    }

    /** @param embedded unused: named so that the broker, where it is in this process, starts first and stops last */
    @Bean
    CachingConnectionFactory brokerConnections(BrokerProperties properties, Optional<EmbeddedActiveMQ> embedded)
            throws IOException {
        CachingConnectionFactory connections =
                new CachingConnectionFactory(new SparingConnectionFactory(target(properties)));
        connections.setSessionCacheSize(SENDER_SESSIONS);
        connections.setCacheConsumers(false);
        connections.setReconnectOnException(true);
        return connections;
    }

    private ConnectionFactory target(BrokerProperties properties) throws IOException {
        if (properties.embedded()) {
            ActiveMQConnectionFactory inside = new ActiveMQConnectionFactory(this.inside);
            // No credits: with them, a sender to a broker whose disk is full hangs until somebody clears it.
            inside.setProducerWindowSize(-1);
            return inside;
        }
        ActiveMQConnectionFactory target = new ActiveMQConnectionFactory(properties.url());
        // Otherwise each attempt that fails waits two seconds before it says so, for a next one that it does not make.
        target.setRetryInterval(1);
        for (TransportConfiguration connector : target.getStaticConnectors()) {
            connector.getParams().putIfAbsent(TransportConstants.NETTY_CONNECT_TIMEOUT, CONNECT_MILLIS);
        }
        if (properties.username() != null && properties.passwordFile() != null) {
            target.setUser(properties.username());
            target.setPassword(Files.readString(properties.passwordFile()).strip());
        }
        return target;
    }

    @Bean
    Room room(Optional<EmbeddedActiveMQ> embedded, BrokerProperties properties, Clock clock, MeterRegistry meters) {
        Room room = new Room(embedded.orElse(null), properties.maxSize().toBytes(), clock);
        if (properties.embedded()) {
            Gauge.builder("signalbox.queue.bytes", room, Room::waiting)
                    .description("bytes of messages that wait in the embedded broker")
                    .baseUnit("bytes")
                    .register(meters);
        }
        Gauge.builder("signalbox.queue.full", room, found -> found.full() == null ? 0 : 1)
                .description("1 while no SETs are taken because too much waits already")
                .register(meters);
        return room;
    }

    @Bean
    Door door(Room room, CachingConnectionFactory brokerConnections) {
        return new QueueDoor(room, brokerConnections);
    }

    /** Part of readiness: a node that cannot keep a SET is to be asked for none. */
    @Bean
    HealthIndicator queueHealthIndicator(CachingConnectionFactory brokerConnections, Room room) {
        return () -> {
            // The broker is asked whether it has the queue: it answers, or this fails.
            try (Connection connection = brokerConnections.createConnection();
                    Session session = connection.createSession();
                    QueueBrowser browser = session.createBrowser(session.createQueue(SIGNALS))) {
                String full = room.full();
                return full == null
                        ? Health.up()
                                .withDetail("queue", browser.getQueue().getQueueName())
                                .build()
                        : Health.outOfService().withDetail("full", full).build();
            } catch (JMSException | RuntimeException e) {
                return Health.down(e).build();
            }
        };
    }

    @Bean
    @Order(7)
    StartupFact brokerFact(BrokerProperties properties) {
        return StartupFact.of(
                "broker",
                () -> properties.embedded() ? "in this process, journal in the data directory" : properties.url());
    }

    @Bean
    JmsComponent jms(CachingConnectionFactory brokerConnections) {
        JmsComponent jms = JmsComponent.jmsComponent(brokerConnections);
        // A local transaction of the session: what a route sends to a queue is committed together with the message it
        // works on, so a crash repeats both or neither.
        jms.setLazyCreateTransactionManager(false);
        jms.setDeliveryPersistent(true);
        // Every queue of ours goes one way; without this, a sender inside a request would wait for a reply.
        jms.setDisableReplyTo(true);
        jms.setDestinationResolver(new KnownQueues());
        return jms;
    }

    /** A queue's name is turned into a queue once, not for each message. */
    private static final class KnownQueues extends DynamicDestinationResolver {

        private final Map<String, Queue> queues = new ConcurrentHashMap<>();

        @Override
        protected Queue resolveQueue(Session session, String name) throws JMSException {
            Queue known = queues.get(name);
            if (known == null) {
                known = super.resolveQueue(session, name);
                queues.put(name, known);
            }
            return known;
        }
    }
}
