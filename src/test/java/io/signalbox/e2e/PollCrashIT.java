package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.CrashPoint;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.HaltAgent;
import io.signalbox.testing.KeyedTarget;
import io.signalbox.testing.PollingTransmitter;
import io.signalbox.testing.PostgresServer;
import io.signalbox.testing.RunningJar;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes on one PostgreSQL, each with a broker of its own, and one source that is polled (invariants I-1, I-2; R-29).
 * The node that polls ends as if it was killed when it has kept a SET and not yet acknowledged it.
 */
class PollCrashIT {

    private static final int SETS = 100;
    /** In the fourth answer: before it, receipts were heard. */
    private static final int PASS = 35;

    @TempDir
    Path folder;

    private final List<String> offered = new ArrayList<>();

    @Test
    void whatIsPolledIsDecidedOnceWhicheverNodeIsKilled() throws Exception {
        String database = PostgresServer.newDatabase();
        PostgresServer.own(database, "poller", "a-password");
        try (FakeTransmitter transmitter = FakeTransmitter.start();
                PollingTransmitter stream = new PollingTransmitter();
                KeyedTarget desk = new KeyedTarget()) {
            stream.letsPollsWait(300);
            String configuration = configuration(database, transmitter, stream, desk);
            Path a = Files.createDirectories(folder.resolve("a"));
            Path b = Files.createDirectories(folder.resolve("b"));
            Files.writeString(a.resolve("secret"), "a-secret-shared-with-the-desk");
            Files.writeString(b.resolve("secret"), "a-secret-shared-with-the-desk");

            Map<String, String> endsBeforeItAcknowledges = Map.of(
                    "JAVA_TOOL_OPTIONS", CrashPoint.AFTER_KEEP_OF_POLL.option(folder.resolve("agent.jar"), PASS));
            try (RunningJar first =
                            RunningJar.start(a, configuration, endsBeforeItAcknowledges, "--signalbox.node-name=a");
                    RunningJar second = start(b, configuration, "b")) {
                assertThat(polls(first)).isEqualTo(1);
                assertThat(polls(second)).isZero();

                offer(stream, transmitter);
                assertThat(first.exitCode(Duration.ofMinutes(1)))
                        .as(first.log())
                        .isEqualTo(HaltAgent.EXIT_CODE);

                Awaitility.await("the other node takes over")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> polls(second) == 1);
                Awaitility.await("every SET is acknowledged")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> stream.left() == 0);
                assertThat(offered)
                        .as("what was kept and not acknowledged came again")
                        .anyMatch(jti -> stream.given(jti) > 1);
                // What the first had kept and not yet decided lies in its broker, and goes on when that is back.
                try (RunningJar again = start(a, configuration, "a")) {
                    compareTheBooks(again, a, transmitter, desk);
                    assertThat(polls(again) + polls(second)).isEqualTo(1);
                    assertThat(again.log() + second.log()).doesNotContain(" ERROR ");
                }
            }
        }
    }

    private static RunningJar start(Path folder, String configuration, String name) throws IOException {
        return RunningJar.start(folder, configuration, "--signalbox.node-name=" + name);
    }

    private String configuration(
            String database, FakeTransmitter transmitter, PollingTransmitter stream, KeyedTarget desk)
            throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "a-password");
        return RunningJar.configuration(folder, transmitter, desk.url())
                + """
                  store:
                    url: %s
                    username: poller
                    password-file: %s
                  ingest:
                    poll:
                      lease: 5s
                  sources:
                    - name: stream
                      transmitter: %s
                      delivery: poll
                      poll-uri: %s
                      max-events: 10
                """.formatted(database, password, transmitter.issuer(), stream.url());
    }

    private void offer(PollingTransmitter stream, FakeTransmitter transmitter) {
        Instant now = Instant.now();
        for (int i = 0; i < SETS; i++) {
            String jti = "set-" + i;
            offered.add(jti);
            stream.offer(
                    jti,
                    transmitter
                            .set(now)
                            .with("jti", jti)
                            .with("sub_id", Map.of("format", "email", "email", "user" + i % 20 + "@acme.example"))
                            .compact());
        }
    }

    private void compareTheBooks(RunningJar jar, Path home, FakeTransmitter transmitter, KeyedTarget desk)
            throws IOException {
        Gateway gateway = new Gateway(
                jar.url(), Files.readString(home.resolve("data/admin-token")).strip());
        Set<String> actions = new TreeSet<>();
        for (String jti : offered) {
            JsonNode story = gateway.ended(transmitter.issuer(), jti);
            assertThat(story.path("parkedBecause").asText("")).isEmpty();
            story.path("actions").forEach(action -> {
                assertThat(action.path("state").asText()).isEqualTo("done");
                actions.add(action.path("id").asText());
            });
        }
        assertThat(gateway.ledger()).as("one story a SET").hasSize(offered.size());
        assertThat(actions).isNotEmpty();
        assertThat(desk.done()).isEqualTo(actions);
        assertThat(desk.wrong()).isEmpty();
        assertThat(metric(jar, "signalbox_lost_total")).isZero();
    }

    private static double polls(RunningJar jar) {
        return metric(jar, "signalbox_source_polling");
    }

    /** The sum of all series of this name. */
    private static double metric(RunningJar jar, String name) {
        return new Gateway(jar.management(), "")
                .call(HttpRequest.newBuilder(URI.create(jar.management() + "/actuator/prometheus")))
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
