package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
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
 * The node that polls is killed when it has been given SETs of which none is acknowledged yet.
 */
class PollCrashIT {

    private static final int SETS = 150;

    /** A life lasts seconds: code compiled for hours would cost half of each start. */
    private static final Map<String, String> SHORT_LIVED =
            Map.of("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");

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

            RunningJar first = RunningJar.start(a, configuration, SHORT_LIVED, "--signalbox.node-name=a");
            try (RunningJar second = RunningJar.start(b, configuration, SHORT_LIVED, "--signalbox.node-name=b")) {
                offer(stream, transmitter, SETS / 2);
                awaitAcknowledged(stream, 20);
                assertThat(polls(first) + polls(second)).isEqualTo(1);
                assertThat(polls(first)).isEqualTo(1);

                // Receipts that are not heard are as good as not sent: what is kept now comes again to the other node.
                stream.hearsNoReceipts(true);
                offer(stream, transmitter, SETS / 2);
                Awaitility.await("some are given")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> stream.given(offered.get(SETS / 2)) > 0);
                first.kill();
                stream.hearsNoReceipts(false);

                Awaitility.await("the other node takes over")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> polls(second) == 1);
                Awaitility.await("every SET is acknowledged")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> stream.left() == 0);
                // What the first had kept and not yet decided lies in its broker, and goes on when that is back.
                try (RunningJar again = RunningJar.start(a, configuration, SHORT_LIVED, "--signalbox.node-name=a")) {
                    compareTheBooks(again, a, transmitter, desk);
                    assertThat(polls(again) + polls(second)).isEqualTo(1);
                    assertThat(again.log() + second.log()).doesNotContain(" ERROR ");
                }
            } finally {
                first.close();
            }
        }
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
                      lease: 3s
                  sources:
                    - name: stream
                      transmitter: %s
                      delivery: poll
                      poll-uri: %s
                      max-events: 10
                """.formatted(database, password, transmitter.issuer(), stream.url());
    }

    private void offer(PollingTransmitter stream, FakeTransmitter transmitter, int count) {
        Instant now = Instant.now();
        for (int i = 0; i < count; i++) {
            String jti = "set-" + offered.size();
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

    private static void awaitAcknowledged(PollingTransmitter stream, int count) {
        Awaitility.await(count + " acknowledged")
                .atMost(Duration.ofSeconds(60))
                .until(() -> stream.acknowledged().size() >= count);
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
