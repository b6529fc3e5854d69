package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.CrashPoint;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.HaltAgent;
import io.signalbox.testing.KeyedTarget;
import io.signalbox.testing.RunningJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process ends, as if it was killed, while an edit of the rules goes live (invariant I-7): before the ledger says so,
 * and before the process itself does. Each time one policy is active after that, and what was promised is decided once.
 */
class SwapCrashIT {

    @TempDir
    Path folder;

    private final List<String> promised = new ArrayList<>();

    @Test
    void onePolicyIsActiveWhenANodeEndsWhileItIsSwapped() throws Exception {
        try (FakeTransmitter transmitter = FakeTransmitter.start();
                KeyedTarget desk = new KeyedTarget()) {
            String configuration = RunningJar.configuration(folder, transmitter, desk.url());
            edit("one");
            // The first start activates once, and so does each edit.
            endsAt(CrashPoint.BEFORE_ACTIVATION, 2, "two", configuration, transmitter);
            // That start activates what the first one could not, and then the next edit.
            endsAt(CrashPoint.DURING_SWAP, 2, "three", configuration, transmitter);
            try (RunningJar jar = start(configuration, "")) {
                Gateway gateway = gateway(jar);
                push(gateway, transmitter);
                JsonNode active = Gateway.json(gateway.get("/api/policy").body());
                assertThat(active.path("activation").asInt()).isEqualTo(3);
                assertThat(active.path("cause").asText()).isEqualTo("folder");
                assertThat(active.has("folder")).isFalse();
                assertThat(note(gateway, transmitter, promised.get(promised.size() - 1)))
                        .isEqualTo("three");
                for (String jti : promised) {
                    JsonNode story = gateway.ended(transmitter.issuer(), jti);
                    assertThat(story.path("actions")).as("of %s", jti).hasSize(1);
                }
                assertThat(gateway.ledger()).hasSize(promised.size());
            }
            RunningJar.Ended proof = RunningJar.command(folder, List.of("ledger", "verify"));
            assertThat(proof.exitCode()).as(proof.output()).isZero();
        }
    }

    private void endsAt(CrashPoint point, int pass, String text, String configuration, FakeTransmitter transmitter)
            throws Exception {
        try (RunningJar jar = start(configuration, point.option(folder.resolve("agent.jar"), pass))) {
            Gateway gateway = gateway(jar);
            push(gateway, transmitter);
            edit(text);
            assertThat(jar.exitCode(Duration.ofMinutes(1))).as(jar.log()).isEqualTo(HaltAgent.EXIT_CODE);
        }
    }

    private void push(Gateway gateway, FakeTransmitter transmitter) {
        String jti = UUID.randomUUID().toString();
        assertThat(gateway.push(transmitter.set(Instant.now()).with("jti", jti).compact())
                        .statusCode())
                .isEqualTo(202);
        promised.add(jti);
    }

    private static String note(Gateway gateway, FakeTransmitter transmitter, String jti) {
        return gateway.ended(transmitter.issuer(), jti)
                .path("actions")
                .path(0)
                .path("parameters")
                .path("text")
                .asText();
    }

    private RunningJar start(String configuration, String option) throws IOException {
        return RunningJar.start(
                folder, configuration, Map.of("JAVA_TOOL_OPTIONS", option), "--signalbox.policy.watch=500ms");
    }

    private Gateway gateway(RunningJar jar) throws IOException {
        return new Gateway(
                jar.url(), Files.readString(folder.resolve("data/admin-token")).strip());
    }

    private void edit(String text) throws IOException {
        Path rules = Files.createDirectories(folder.resolve("rules/policy"));
        Files.writeString(rules.resolve("note.drl"), """
                package policy
                import io.signalbox.event.*
                import io.signalbox.event.CaepEvent.*
                global io.signalbox.action.Actions actions
                rule "Note a HIGH risk" when RiskLevelChange( currentLevel == RiskLevel.HIGH ) then actions.note("%s"); end
                """.formatted(text));
        Files.writeString(rules.resolve("note.cases.yaml"), """
                - case: a HIGH risk is noted
                  given: {event: caep/risk-level-change, principal: USER, current_level: HIGH}
                  then: [ticket.note]
                - case: a LOW one is not
                  given: {event: caep/risk-level-change, principal: USER, current_level: LOW}
                  near-miss: "Note a HIGH risk"
                  then: []
                """);
    }
}
