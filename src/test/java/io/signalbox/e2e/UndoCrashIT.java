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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process ends, as if it was killed, while many accounts are given back: the target did so, the ledger does not know.
 * After the next start each one is given back, and by its key only once.
 */
class UndoCrashIT {

    private static final int USERS = 20;
    /** Behind some that the ledger knows of, before others that were not begun. */
    private static final int PASS = 7;

    private static final String ALL = "{\"target\": \"desk\", \"why\": \"a false alarm\"}";

    @TempDir
    Path folder;

    @Test
    void whatWasTakenIsGivenBackOnceWhenANodeEndsMeanwhile() throws Exception {
        try (FakeTransmitter transmitter = FakeTransmitter.start();
                KeyedTarget desk = new KeyedTarget()) {
            String configuration = RunningJar.configuration(folder, transmitter, desk.url());
            Set<String> expected = new TreeSet<>();
            try (RunningJar first =
                    start(configuration, CrashPoint.DURING_UNDO.option(folder.resolve("agent.jar"), PASS))) {
                Gateway gateway = gateway(first);
                push(gateway, transmitter);
                for (int user = 0; user < USERS; user++) {
                    for (JsonNode action :
                            story(gateway, transmitter, user, "done").path("actions")) {
                        String id = action.path("id").asText();
                        expected.add(id);
                        if (isDisable(action)) {
                            expected.add(id + "-undo");
                        }
                    }
                }
                undoAll(gateway);
                assertThat(first.exitCode(Duration.ofMinutes(2)))
                        .as(first.log())
                        .isEqualTo(HaltAgent.EXIT_CODE);
            }
            assertThat(desk.done()).as("it ended in the midst of it").isNotEqualTo(expected);
            try (RunningJar second = start(configuration, "")) {
                Gateway gateway = gateway(second);
                // Whoever asked was not answered, and asks again.
                undoAll(gateway);
                for (int user = 0; user < USERS; user++) {
                    story(gateway, transmitter, user, "undone");
                }
            }
            assertThat(desk.done()).isEqualTo(expected);
            assertThat(desk.wrong()).isEmpty();
            RunningJar.Ended proof = RunningJar.command(folder, List.of("ledger", "verify"));
            assertThat(proof.exitCode()).as(proof.output()).isZero();
        }
    }

    private static void push(Gateway gateway, FakeTransmitter transmitter) {
        for (int user = 0; user < USERS; user++) {
            String set = transmitter
                    .set(Instant.now())
                    .with("jti", jti(user))
                    .with("sub_id", Map.of("format", "email", "email", "user" + user + "@acme.example"))
                    .compact();
            assertThat(gateway.push(set).statusCode()).isEqualTo(202);
        }
    }

    /** The user's story, once everything that can be given back is in this state and everything else is done. */
    private static JsonNode story(Gateway gateway, FakeTransmitter transmitter, int user, String state) {
        return Awaitility.await(jti(user) + " is " + state)
                .atMost(Duration.ofMinutes(2))
                .until(() -> gateway.story(transmitter.issuer(), jti(user)), story -> {
                    JsonNode actions = story.path("actions");
                    for (JsonNode action : actions) {
                        if (!action.path("state").asText().equals(isDisable(action) ? state : "done")) {
                            return false;
                        }
                    }
                    return !actions.isEmpty();
                });
    }

    private static void undoAll(Gateway gateway) {
        try {
            assertThat(gateway.post("/api/undo", ALL).statusCode()).isEqualTo(200);
        } catch (UncheckedIOException e) {
            // The process may end before it answers; what is to be seen is seen afterwards.
            assertThat(e).hasCauseInstanceOf(IOException.class);
        }
    }

    private static boolean isDisable(JsonNode action) {
        return action.path("kind").asText().equals("account.disable");
    }

    private static String jti(int user) {
        return "undo-" + user;
    }

    private RunningJar start(String configuration, String option) throws IOException {
        // An action that was taken for its next attempt when the process ended comes back after this.
        return RunningJar.start(
                folder, configuration, Map.of("JAVA_TOOL_OPTIONS", option), "--signalbox.act.lease=10s");
    }

    private Gateway gateway(RunningJar jar) throws IOException {
        return new Gateway(
                jar.url(), Files.readString(folder.resolve("data/admin-token")).strip());
    }
}
