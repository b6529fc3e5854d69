package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RecordingTarget.Request;
import io.signalbox.testing.RunningJar;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users start, started as they do: the packaged jar in an empty folder. */
class JarIT {

    private static final int SETS = 40;
    /** What the shipped policy asks of a desk that does everything, for one HIGH risk. */
    private static final int ACTIONS_EACH = 4;

    @TempDir
    Path folder;

    @Test
    void whatGotA202SurvivesAKillAndReachesTheTargetOnceByItsIdempotencyKey() throws Exception {
        try (FakeTransmitter transmitter = FakeTransmitter.start();
                RecordingTarget desk = new RecordingTarget()) {
            String configuration = RunningJar.configuration(folder, transmitter, desk);
            List<String> promised = new ArrayList<>();
            try (RunningJar jar = RunningJar.start(folder, configuration)) {
                promised.addAll(pushFromMany(transmitter, new Gateway(jar.url(), token())));
                jar.kill();
            }
            assertThat(promised).hasSize(SETS);

            try (RunningJar jar = RunningJar.start(folder, configuration)) {
                Gateway gateway = new Gateway(jar.url(), token());
                for (String jti : promised) {
                    JsonNode story = gateway.ended(transmitter.issuer(), jti);
                    assertThat(story.path("actions")).hasSize(ACTIONS_EACH).allSatisfy(action -> assertThat(
                                    action.path("state").asText())
                            .isEqualTo("done"));
                }
                // By its key the target sees each action once, however often it was told.
                assertThat(desk.requests().stream()
                                .collect(Collectors.toMap(
                                        request -> request.headers().get("Idempotency-Key"),
                                        Request::text,
                                        (one, again) -> {
                                            assertThat(again).isEqualTo(one);
                                            return one;
                                        })))
                        .hasSize(SETS * ACTIONS_EACH);
            }
        }
    }

    /** Pushes from eight senders at once; gives what was promised, and returns the moment the last promise was made. */
    private static List<String> pushFromMany(FakeTransmitter transmitter, Gateway gateway) throws InterruptedException {
        ConcurrentLinkedQueue<String> promised = new ConcurrentLinkedQueue<>();
        ExecutorService senders = Executors.newFixedThreadPool(8);
        for (int i = 0; i < SETS; i++) {
            String jti = "kill-" + i;
            String email = "user" + i % 10 + "@acme.example";
            senders.execute(() -> {
                Sets set = transmitter
                        .set(Instant.now())
                        .with("jti", jti)
                        .with("sub_id", Map.of("format", "email", "email", email));
                if (gateway.push(set.compact()).statusCode() == 202) {
                    promised.add(jti);
                }
            });
        }
        senders.shutdown();
        assertThat(senders.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        return List.copyOf(promised);
    }

    @Test
    void anActionThatWaitsForItsTargetIsStillDueAfterAKill() throws Exception {
        try (FakeTransmitter transmitter = FakeTransmitter.start();
                RecordingTarget desk = new RecordingTarget()) {
            String configuration = RunningJar.configuration(folder, transmitter, desk);
            for (int i = 0; i < 2 * ACTIONS_EACH; i++) {
                desk.answer(new RecordingTarget.Answer(503));
            }
            try (RunningJar jar = RunningJar.start(folder, configuration)) {
                Gateway gateway = new Gateway(jar.url(), token());
                assertThat(gateway.push(transmitter
                                        .set(Instant.now())
                                        .with("jti", "waits")
                                        .compact())
                                .statusCode())
                        .isEqualTo(202);
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> gateway.story(
                                transmitter.issuer(), "waits")
                        .toString()
                        .contains("\"retrying\""));
                jar.kill();
            }
            try (RunningJar jar = RunningJar.start(folder, configuration)) {
                JsonNode story = new Gateway(jar.url(), token()).ended(transmitter.issuer(), "waits");
                assertThat(story.path("actions")).hasSize(ACTIONS_EACH).allSatisfy(action -> {
                    assertThat(action.path("state").asText()).isEqualTo("done");
                    assertThat(action.path("attempts").size()).isGreaterThan(1);
                });
            }
        }
    }

    @Test
    void withNothingConfiguredItServesAndSaysWhatIsMissingAndWhereToPutIt() throws Exception {
        try (RunningJar jar = RunningJar.start(folder, "", "--logging.level.root=info")) {
            assertThat(jar.log())
                    .contains("signalbox.trust", "signalbox.targets", "application.yaml")
                    .doesNotContain("TRY IT")
                    .doesNotContain(token());
            assertThat(Files.getPosixFilePermissions(folder.resolve("data/admin-token")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            Gateway gateway = new Gateway(jar.url(), token());
            assertThat(gateway.call(HttpRequest.newBuilder(URI.create(jar.management() + "/actuator/health/readiness")))
                            .statusCode())
                    .isEqualTo(200);
            try (FakeTransmitter stranger = FakeTransmitter.start()) {
                assertThat(gateway.push(stranger.set(Instant.now()).compact()).body())
                        .contains("invalid_issuer");
            }
            // The demo is not there unless it was asked for.
            assertThat(gateway.get("/demo/calls").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void theDemoSendsASignalAndShowsTheDecisionAndWhatTheTargetWasTold() throws Exception {
        try (RunningJar jar = RunningJar.start(
                folder,
                "",
                "--spring.profiles.active=demo",
                "--server.port=" + FreePorts.next(),
                "--signalbox.demo.syslog-port=" + FreePorts.next())) {
            assertThat(jar.log()).contains("TRY IT", "demo send");

            Process sender = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-jar",
                            Path.of(System.getProperty("signalbox.jar"))
                                    .toAbsolutePath()
                                    .toString(),
                            "demo",
                            "send",
                            "HIGH",
                            "alice@example.com",
                            jar.url())
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            String shown = new String(sender.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

            assertThat(sender.waitFor()).as(shown).isZero();
            assertThat(shown)
                    .contains(
                            "<- 202",
                            "account.disable",
                            "PATCH /Users/",
                            "signature is right",
                            "caep.risk-level-change");
        }
    }

    @Test
    void aBadValueStopsTheStartAndNamesItsKey() throws Exception {
        for (Map.Entry<String, String> bad : Map.of(
                        "signalbox.trust[0].jwks-uri",
                        "signalbox:\n  trust:\n    - {issuer: 'https://a.example', audiences: [b], jwks-uri: 'ftp://a.example'}\n",
                        "signalbox.targets.desk.kind",
                        "signalbox:\n  targets:\n    desk: {kind: nosuch, url: 'https://desk.example'}\n",
                        "signalbox.ingest.push.max-body-size",
                        "signalbox:\n  ingest:\n    push: {max-body-size: 10MB}\n")
                .entrySet()) {
            try (RunningJar jar = RunningJar.launch(folder, bad.getValue(), Map.of())) {
                assertThat(jar.exitCode(Duration.ofMinutes(4))).isEqualTo(1);
                assertThat(jar.log()).contains(bad.getKey());
            }
        }
    }

    @Test
    void aCommandThatDoesNotExistIsMisuse() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        Path.of(System.getProperty("signalbox.jar"))
                                .toAbsolutePath()
                                .toString(),
                        "dance")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("usage:");
        assertThat(process.waitFor()).isEqualTo(2);
    }

    private String token() throws IOException {
        return Files.readString(folder.resolve("data/admin-token")).strip();
    }

    /** Ports that nobody listened on a moment ago, for a process that must be told its port. */
    private static final class FreePorts {

        private static final TreeSet<Integer> GIVEN = new TreeSet<>();

        static synchronized int next() throws IOException {
            while (true) {
                try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
                    if (GIVEN.add(socket.getLocalPort())) {
                        return socket.getLocalPort();
                    }
                }
            }
        }
    }
}
