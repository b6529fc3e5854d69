package io.signalbox.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.act.resolve.UnmatchedActions;
import io.signalbox.action.Action;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.ActionState;
import io.signalbox.testing.ActStage;
import io.signalbox.testing.Quiet;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RecordingTarget.Answer;
import io.signalbox.testing.RecordingTarget.Request;
import io.signalbox.testing.SampleActions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a target's queue to the target and back into the ledger, with a real broker. */
class TargetRouteTest {

    private final RecordingTarget tickets = new RecordingTarget();
    private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    private final ActiveMQConnectionFactory connections = new ActiveMQConnectionFactory("vm://7");
    private final Action action = SampleActions.of("ticket.open", "tickets", SampleActions.email("alice@acme.example"));
    private final ActStage stage;
    private final Path table;

    TargetRouteTest(@TempDir Path folder) throws Exception {
        Quiet.brokerAudit();
        broker.setConfiguration(new ConfigurationImpl()
                .setSecurityEnabled(false)
                .setJournalDirectory(folder.resolve("journal").toString())
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setLargeMessagesDirectory(folder.resolve("large").toString())
                .setPagingDirectory(folder.resolve("paging").toString())
                .addAcceptorConfiguration("vm", "vm://7")
                .addAddressSetting(
                        "#", new AddressSettings().setMaxDeliveryAttempts(-1).setRedeliveryDelay(50)));
        broker.start();
        table = Files.writeString(folder.resolve("vpn.csv"), "subject,identity\nemail:bob@acme.example,b-2\n");
        Map<String, Object> properties = new HashMap<>(Map.of(
                "signalbox.targets.tickets.kind",
                "webhook",
                "signalbox.targets.tickets.url",
                tickets.url(),
                "signalbox.targets.tickets.secret-env",
                "TICKETS_SECRET",
                "TICKETS_SECRET",
                "0123456789abcdef",
                "signalbox.targets.siem.kind",
                "syslog",
                "signalbox.targets.siem.url",
                "tcp://127.0.0.1:1"));
        properties.putAll(Map.of(
                "signalbox.targets.vpn.kind",
                "webhook",
                "signalbox.targets.vpn.url",
                tickets.url(),
                "signalbox.targets.vpn.secret-env",
                "TICKETS_SECRET",
                "signalbox.targets.vpn.resolve[0].by",
                "table",
                "signalbox.targets.vpn.resolve[0].file",
                table.toString(),
                "signalbox.targets.vpn.resolve[1].by",
                "ldap",
                "signalbox.targets.vpn.resolve[1].url",
                "ldap://127.0.0.1:1",
                "signalbox.targets.vpn.resolve[1].base",
                "dc=acme",
                "signalbox.targets.vpn.resolve[1].filter",
                "(uid={id})"));
        stage = new ActStage(properties, connections);
    }

    @BeforeEach
    void decided() {
        stage.ledger.add(action);
    }

    @AfterEach
    void stop() throws Exception {
        stage.close();
        connections.close();
        broker.stop();
        tickets.close();
    }

    private void send(int number) {
        send(action, number);
    }

    private void send(Action action, int number) {
        stage.camel()
                .createProducerTemplate()
                .sendBodyAndHeaders(
                        "jms:queue:signalbox.act." + action.target(),
                        action.id(),
                        Map.of("SignalboxAttempt", number, "Evil", "header"));
    }

    private void awaitState(ActionState state) {
        await().untilAsserted(() -> assertThat(stage.ledger.get(action).state()).isEqualTo(state));
    }

    @Test
    void carriesOutAnActionAndRecordsIt() {
        send(0);

        awaitState(ActionState.DONE);
        assertThat(tickets.requests()).hasSize(1);
        assertThat(tickets.requests().get(0).headers()).doesNotContainKeys("Evil", "SignalboxAttempt", "JMSMessageID");
    }

    @Test
    void opensOneRouteForEachTarget() {
        assertThat(stage.camel().getRoutes())
                .extracting(Route::getRouteId)
                .contains("act-target-tickets", "act-target-siem");
    }

    @Test
    void triesAgainWhenItIsDueUnderTheSameKey() {
        tickets.answer(new Answer(500));
        send(0);
        awaitState(ActionState.RETRYING);

        stage.clock.forward(Duration.ofSeconds(2));

        awaitState(ActionState.DONE);
        assertThat(tickets.requests())
                .hasSize(2)
                .extracting((Request request) -> request.headers().get("Idempotency-Key"))
                .containsOnly(action.id());
    }

    @Test
    void asksTheTargetOnceHoweverOftenItIsSent() {
        send(0);
        awaitState(ActionState.DONE);
        send(0);
        send(0);

        await().untilAsserted(() -> assertThat(stage.meters
                        .counter("signalbox.actions.repeats", "target", "tickets")
                        .count())
                .isEqualTo(2));
        assertThat(tickets.requests()).hasSize(1);
    }

    @Test
    void losesNothingWhileTheLedgerIsAway() {
        stage.ledger.failNext(2);
        send(0);

        awaitState(ActionState.DONE);
    }

    @Test
    void recordsWhyThereWasNoAnswer() {
        tickets.close();
        send(0);

        awaitState(ActionState.RETRYING);
        assertThat(stage.ledger.get(action).attempts().get(0).detail())
                .isEqualTo("No connection: refused or timed out");
    }

    @Test
    void keepsWhatMatchesNobodyUntilTheTableNamesThem() throws Exception {
        Action ofAlice = SampleActions.of("vpn.disconnect", "vpn", SampleActions.email("alice@acme.example"));
        stage.ledger.add(ofAlice);
        send(ofAlice, 0);

        await().untilAsserted(
                        () -> assertThat(stage.ledger.get(ofAlice).state()).isEqualTo(ActionState.UNMATCHED));
        assertThat(tickets.requests()).as("the target is not asked").isEmpty();
        assertThat(stage.ledger.get(ofAlice).attempts().get(0).detail())
                .startsWith("Nobody: table: not in the table; ldap: ")
                .doesNotContain("alice");

        UnmatchedActions again = stage.step(UnmatchedActions.class);
        again.lookAgain();
        assertThat(stage.ledger.get(ofAlice).state()).isEqualTo(ActionState.UNMATCHED);
        assertThat(stage.meters
                        .get("signalbox.actions.unmatched")
                        .tag("target", "vpn")
                        .gauge()
                        .value())
                .isEqualTo(1);

        Files.writeString(table, "subject,identity\nemail:alice@acme.example,a-1\n");
        again.lookAgain();

        await().untilAsserted(
                        () -> assertThat(stage.ledger.get(ofAlice).state()).isEqualTo(ActionState.DONE));
        assertThat(tickets.requests().get(0).text()).contains("\"resolved\":\"a-1\"");
    }

    @Test
    void triesAgainLaterWhileADirectoryDoesNotAnswer() {
        Action ofSomebody =
                SampleActions.of("vpn.disconnect", "vpn", new SubjectIdentifier("opaque", Map.of("id", "4711")));
        stage.ledger.add(ofSomebody);
        send(ofSomebody, 0);

        await().untilAsserted(
                        () -> assertThat(stage.ledger.get(ofSomebody).state()).isEqualTo(ActionState.RETRYING));
        assertThat(tickets.requests()).isEmpty();
    }
}
