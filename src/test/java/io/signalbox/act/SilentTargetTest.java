package io.signalbox.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.action.Action;
import io.signalbox.store.ActionState;
import io.signalbox.testing.ActStage;
import io.signalbox.testing.Quiet;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RecordingTarget.Answer;
import io.signalbox.testing.SampleActions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one target that does not answer costs: the others nothing, itself no call too many, its actions no try. */
class SilentTargetTest {

    private static final int CONSUMERS = 4;

    private final HangingTarget hangs = new HangingTarget();
    private final RecordingTarget tickets = new RecordingTarget();
    private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    private final ActiveMQConnectionFactory connections = new ActiveMQConnectionFactory("vm://8");
    private final ActStage stage;

    /** Takes every connection and says nothing. */
    private static final class HangingTarget implements AutoCloseable {

        private final ServerSocket door;
        private final List<Socket> guests = new CopyOnWriteArrayList<>();

        HangingTarget() {
            try {
                door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            Thread host = new Thread(this::takeIn, "hanging target");
            host.setDaemon(true);
            host.start();
        }

        private void takeIn() {
            try {
                while (true) {
                    guests.add(door.accept());
                }
            } catch (IOException closed) {
                // The end of the test.
            }
        }

        @Override
        public void close() throws IOException {
            door.close();
            for (Socket guest : guests) {
                guest.close();
            }
        }
    }

    SilentTargetTest(@TempDir Path folder) throws Exception {
        Quiet.brokerAudit();
        broker.setConfiguration(new ConfigurationImpl()
                .setSecurityEnabled(false)
                .setJournalDirectory(folder.resolve("journal").toString())
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setLargeMessagesDirectory(folder.resolve("large").toString())
                .setPagingDirectory(folder.resolve("paging").toString())
                .addAcceptorConfiguration("vm", "vm://8")
                .addAddressSetting(
                        "#", new AddressSettings().setMaxDeliveryAttempts(-1).setRedeliveryDelay(50)));
        broker.start();
        Map<String, Object> properties = new TreeMap<>(Map.of(
                "SECRET", "0123456789abcdef",
                "signalbox.act.breaker.failures", "3",
                "signalbox.act.breaker.pause", "60s",
                "signalbox.targets.hangs.kind", "webhook",
                "signalbox.targets.hangs.url", "http://127.0.0.1:" + hangs.door.getLocalPort(),
                "signalbox.targets.hangs.secret-env", "SECRET",
                "signalbox.targets.hangs.consumers", CONSUMERS));
        properties.putAll(Map.of(
                "signalbox.targets.tickets.kind",
                "webhook",
                "signalbox.targets.tickets.url",
                tickets.url(),
                "signalbox.targets.tickets.secret-env",
                "SECRET",
                "signalbox.targets.tickets.consumers",
                1));
        stage = new ActStage(properties, connections);
    }

    @AfterEach
    void stop() throws Exception {
        hangs.close();
        stage.close();
        connections.close();
        broker.stop();
        tickets.close();
    }

    private List<Action> queue(String target, int count) {
        List<Action> actions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Action sample = SampleActions.of("ticket.open", target, SampleActions.email("alice@acme.example"));
            Action action = new Action(
                    "act-" + target + "-" + i,
                    sample.signalId(),
                    i,
                    sample.kind(),
                    target,
                    sample.subject(),
                    sample.event(),
                    sample.eventUri(),
                    sample.severity(),
                    sample.parameters(),
                    sample.because(),
                    null,
                    false);
            stage.ledger.add(action);
            actions.add(action);
        }
        actions.forEach(action -> stage.camel()
                .createProducerTemplate()
                .sendBodyAndHeader("jms:queue:signalbox.act." + target, action.id(), "SignalboxAttempt", 0));
        return actions;
    }

    private long in(List<Action> actions, ActionState state) {
        return actions.stream()
                .filter(action -> stage.ledger.get(action).state() == state)
                .count();
    }

    private double breaker(String target) {
        return stage.meters
                .get("signalbox.target.breaker")
                .tag("target", target)
                .gauge()
                .value();
    }

    @Test
    void aHangingTargetDelaysNoOther() {
        List<Action> stuck = queue("hangs", 5 * CONSUMERS);
        await("all of its consumers hang").until(() -> hangs.guests.size() == CONSUMERS);

        List<Action> others = queue("tickets", 50);

        await("the other target's actions end")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(in(others, ActionState.DONE)).isEqualTo(50));
        assertThat(in(stuck, ActionState.WAITING)).isEqualTo(5 * CONSUMERS);
    }

    @Test
    void aTargetThatGivesNoAnswersIsProbedAndThenGivenWhatWaited() {
        tickets.answer(new Answer(503), new Answer(503), new Answer(503), new Answer(503));
        List<Action> actions = queue("tickets", 30);

        await().until(() -> breaker("tickets") == 2);
        // Long enough for a loop through the queue to show.
        await().during(Duration.ofSeconds(2)).until(() -> tickets.requests().size() == 3);
        assertThat(in(actions, ActionState.RETRYING)).isEqualTo(3);
        assertThat(in(actions, ActionState.WAITING)).isEqualTo(27);

        stage.clock.forward(Duration.ofSeconds(60));
        await("one probe, without an answer").until(() -> tickets.requests().size() == 4 && breaker("tickets") == 2);
        await().during(Duration.ofSeconds(2)).until(() -> tickets.requests().size() == 4);

        stage.clock.forward(Duration.ofSeconds(120));
        await("nothing is lost").atMost(Duration.ofSeconds(20)).until(() -> in(actions, ActionState.DONE) == 30);
        assertThat(breaker("tickets")).isZero();
        assertThat(tickets.requests()).hasSize(34);
    }

    @Test
    void whatIsDiscardedWhileItsTargetIsLeftAloneIsNeverCarriedOut() {
        tickets.answer(new Answer(503), new Answer(503), new Answer(503));
        List<Action> actions = queue("tickets", 10);
        await().until(() -> breaker("tickets") == 2);

        for (Action action : actions) {
            stage.ledger.discard(action.id(), "a drill", stage.clock.instant());
        }

        await("the queue empties although the target is left alone")
                .atMost(Duration.ofSeconds(20))
                .until(() -> stage.meters
                                .counter("signalbox.actions.repeats", "target", "tickets")
                                .count()
                        == 7);
        assertThat(tickets.requests()).hasSize(3);
    }
}
