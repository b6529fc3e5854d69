package io.signalbox.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.set.Verdict;
import io.signalbox.set.VerifiedSet;
import io.signalbox.testing.MovableClock;
import io.signalbox.testing.Quiet;
import io.signalbox.testing.Recorded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.server.files.FileStoreMonitor;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.util.unit.DataSize;

/** The embedded broker when more comes in than goes out; a real one, with its journal and pages on disk. */
class RoomTest {

    private static final String SIGNALS = "signalbox.signals";

    @TempDir
    Path folder;

    private final BrokerProperties properties =
            new BrokerProperties(null, null, null, DataSize.ofMegabytes(3), 100, DataSize.ofKilobytes(500));
    private final MovableClock clock = new MovableClock();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private EmbeddedActiveMQ broker;
    private CachingConnectionFactory connections;
    private Room room;

    @BeforeEach
    void open() throws Exception {
        BrokerConfig config = new BrokerConfig();
        Quiet.brokerAudit();
        broker = config.embeddedBroker(new Home(folder), properties).start();
        connections = config.brokerConnections(properties, Optional.of(broker));
        room = config.room(Optional.of(broker), properties, clock, meters);
    }

    @AfterEach
    void close() throws Exception {
        connections.destroy();
        broker.stop();
    }

    private JmsTemplate jms() {
        JmsTemplate jms = new JmsTemplate(connections);
        jms.setReceiveTimeout(2_000);
        return jms;
    }

    private Health health() {
        return new BrokerConfig().queueHealthIndicator(connections, room).health();
    }

    private @Nullable String door() {
        return new BrokerConfig().door(room, connections).shut();
    }

    private boolean full() {
        clock.forward(Duration.ofSeconds(1));
        return room.full() != null;
    }

    private int fill() {
        String text = "x".repeat(20_000);
        int sent = 0;
        while (!full()) {
            jms().convertAndSend(SIGNALS, text);
            sent++;
            assertThat(sent).isLessThan(1_000);
        }
        return sent;
    }

    @Test
    void refusesTheNextSetWhenTooMuchWaitsAndTakesItWhenThereIsRoomAgain() throws Exception {
        VerifiedSet set = Recorded.signal("jti-1").set();
        SignalQueue queue = new SignalQueue(room);
        assertThat(queue.seal(new Verdict.Accepted(set), new HashMap<>())).contains("jti-1");
        assertThat(health().getStatus()).isEqualTo(Status.UP);

        int sent = fill();

        assertThatThrownBy(() -> queue.seal(new Verdict.Accepted(set), new HashMap<>()))
                .isInstanceOf(QueueFullException.class)
                .hasMessageContaining("signalbox.broker.max-size");
        assertThat(health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(door()).contains("signalbox.broker.max-size");
        assertThat(meters.get("signalbox.queue.full").gauge().value()).isEqualTo(1);
        assertThat(broker.getActiveMQServer()
                        .getPagingManager()
                        .getPageStore(SimpleString.of(SIGNALS))
                        .isPaging())
                .as("kept on disk, not in memory")
                .isTrue();

        // What is ours already goes on inside, however full it is.
        jms().convertAndSend("signalbox.act.idp", "y".repeat(20_000));
        close();
        open();
        assertThat(full()).as("after a restart").isTrue();

        for (int i = 0; i < sent; i++) {
            assertThat(jms().receiveAndConvert(SIGNALS)).as("message %s", i).isNotNull();
        }
        assertThat(full()).isFalse();
        assertThat(health().getStatus()).isEqualTo(Status.UP);
        assertThat(door()).isNull();
        assertThat(queue.seal(new Verdict.Accepted(set), new HashMap<>())).contains("jti-1");
    }

    @Test
    void refusesTheNextSetWhenTheDiskIsFullAndHangsNobody() throws Exception {
        FileStoreMonitor monitor = ((ActiveMQServerImpl) broker.getActiveMQServer()).getMonitor();
        monitor.setMaxUsage(0);
        Awaitility.await().until(this::full);

        assertThat(room.full()).contains("signalbox.broker.max-disk-usage");
        assertThat(health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        // More than any credit that a client may hold: a blocked sender would hang here for ever.
        for (int i = 0; i < 20; i++) {
            jms().convertAndSend(SIGNALS, "x".repeat(20_000));
        }

        monitor.setMaxUsage(1);
        Awaitility.await().until(() -> !full());
    }

    @Test
    void isUnhealthyWithoutItsBroker() throws Exception {
        assertThat(door()).isNull();
        broker.stop();

        assertThat(health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(door()).isEqualTo("the broker does not answer");
    }
}
