package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.PollingTransmitter;
import io.signalbox.testing.PostgresServer;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RunningJar;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More is promised than the gateway can work on: the ledger is away, and the queue fills up to its limit. */
class BackPressureIT {

    private static final int MOST_PUSHED = 2_000;

    @TempDir
    Path folder;

    @Test
    void aFullQueueIsSaidToSendersAndBalancersAndLosesNothingThatWasPromised() throws Exception {
        String database = PostgresServer.newDatabase();
        PostgresServer.own(database, "pressed", "a-password");
        Path password = Files.writeString(folder.resolve("password"), "a-password");
        try (FakeTransmitter transmitter = FakeTransmitter.start();
                RecordingTarget desk = new RecordingTarget();
                PollingTransmitter stream = new PollingTransmitter();
                RunningJar jar = RunningJar.start(
                        folder,
                        RunningJar.configuration(folder, transmitter, desk) + polled(transmitter, stream),
                        Map.of(
                                "SIGNALBOX_STORE_URL", database,
                                "SIGNALBOX_STORE_USERNAME", "pressed",
                                "SIGNALBOX_STORE_PASSWORD_FILE", password.toString(),
                                "SIGNALBOX_BROKER_MAX_SIZE", "200KB",
                                // So little that most of it lies on disk alone.
                                "SIGNALBOX_BROKER_MAX_MEMORY", "50KB"))) {
            Gateway gateway = new Gateway(
                    jar.url(),
                    Files.readString(folder.resolve("data/admin-token")).strip());
            // Connections, classes and keys are there before the clock runs.
            assertThat(push(gateway, transmitter, "first").statusCode()).isEqualTo(202);
            gateway.ended(transmitter.issuer(), "first");
            assertThat(readiness(jar)).isEqualTo(200);
            assertThat(metric(jar, "signalbox_queue_full")).isEqualTo(0);
            PostgresServer.shut(database);

            List<String> promised = pushUntilRefused(gateway, transmitter);

            assertThat(promised).hasSizeGreaterThan(10);
            for (int i = 0; i < 5; i++) {
                Instant asked = Instant.now();
                HttpResponse<String> refused = push(gateway, transmitter, "refused-" + i);
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
                assertThat(refused.body()).isEmpty();
                assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(2));
            }
            assertThat(readiness(jar)).isEqualTo(503);
            assertThat(metric(jar, "signalbox_queue_full")).isEqualTo(1);
            // What is fetched has no other door than what is pushed.
            stream.offer(
                    "polled",
                    transmitter
                            .set(Instant.now())
                            .with("jti", "polled")
                            // Of somebody else: it may be decided after what is pushed later.
                            .with("sub_id", Map.of("format", "email", "email", "bob@acme.example"))
                            .compact());
            int polls = stream.polls().size();
            Awaitility.await("no poll for longer than its interval")
                    .during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> stream.polls().size() == polls);

            PostgresServer.open(database);
            Awaitility.await("SETs are taken again")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> push(gateway, transmitter, "again").statusCode() == 202);
            promised.add("again");
            promised.add("polled");
            for (String jti : promised) {
                JsonNode story = Awaitility.await(jti)
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> gateway.story(transmitter.issuer(), jti), found -> !found.path("decision")
                                .path("decidedAt")
                                .isMissingNode());
                assertThat(story.path("parkedBecause").asText("")).isEmpty();
                assertThat(gateway.ended(transmitter.issuer(), jti).path("actions"))
                        .isNotEmpty()
                        .allSatisfy(action ->
                                assertThat(action.path("state").asText()).isEqualTo("done"));
            }
            assertThat(gateway.story(transmitter.issuer(), "refused-0").isMissingNode())
                    .isTrue();
            assertThat(stream.acknowledged()).containsOnly("polled");
            Awaitility.await("readiness").atMost(Duration.ofSeconds(20)).until(() -> readiness(jar) == 200);
            assertThat(metric(jar, "signalbox_queue_full")).isEqualTo(0);
            assertThat(metric(jar, "signalbox_lost_total")).isEqualTo(0);
            // Said once when it began and once when it ended, not for each SET.
            assertThat(jar.log()).containsOnlyOnce("No more SETs are taken").contains("SETs are taken again");
        }
    }

    private static String polled(FakeTransmitter transmitter, PollingTransmitter stream) {
        return """
                  sources:
                    - name: stream
                      transmitter: %s
                      delivery: poll
                      poll-uri: %s
                      poll-interval: 1s
                """.formatted(transmitter.issuer(), stream.url());
    }

    private static List<String> pushUntilRefused(Gateway gateway, FakeTransmitter transmitter) {
        List<String> promised = new ArrayList<>();
        for (int i = 0; i < MOST_PUSHED; i++) {
            String jti = "pressed-" + i;
            int status = push(gateway, transmitter, jti).statusCode();
            if (status == 503) {
                return promised;
            }
            assertThat(status).isEqualTo(202);
            promised.add(jti);
        }
        throw new AssertionError("all of " + MOST_PUSHED + " were taken");
    }

    private static HttpResponse<String> push(Gateway gateway, FakeTransmitter transmitter, String jti) {
        return gateway.push(transmitter
                .set(Instant.now())
                .with("jti", jti)
                .with("sub_id", Map.of("format", "email", "email", jti + "@acme.example"))
                .compact());
    }

    private static int readiness(RunningJar jar) {
        return ask(jar, "/actuator/health/readiness").statusCode();
    }

    /** The value of the first series of this name. */
    private static double metric(RunningJar jar, String name) {
        return ask(jar, "/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    private static HttpResponse<String> ask(RunningJar jar, String path) {
        return new Gateway(jar.management(), "").call(HttpRequest.newBuilder(URI.create(jar.management() + path)));
    }
}
