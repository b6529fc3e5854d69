package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.testing.RunningJar;
import io.signalbox.testing.StreamTransmitter;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar as a receiver: its commands, and a gateway that proves that its stream delivers. */
class StreamsIT {

    private static final String AUDIENCE = "https://receiver.example/one";

    @TempDir
    private Path folder;

    private final StreamTransmitter transmitter = StreamTransmitter.start();

    @BeforeEach
    void writeTheSecret() throws IOException {
        Files.writeString(folder.resolve("client"), StreamTransmitter.SECRET);
    }

    @AfterEach
    void stop() {
        transmitter.close();
    }

    @Test
    void aKeptStreamIsMadeByTheCommandAndVerifiedByTheGateway() throws Exception {
        int port = freePort();
        String configuration =
                """
                signalbox:
                  http:
                    allow: [127.0.0.0/8]
                  trust:
                    - issuer: %1$s
                      jwks-uri: %1$s/jwks
                      audiences: [%2$s]
                  sources:
                    - name: idp
                      transmitter: %1$s
                      delivery: push
                      endpoint-url: http://127.0.0.1:%3$d/push
                      events: [session-revoked]
                      credentials:
                        token-uri: %4$s
                        client-id: %5$s
                        client-secret-file: ./client
                """.formatted(transmitter.issuer(), AUDIENCE, port, transmitter.tokenUri(), StreamTransmitter.CLIENT);
        Files.writeString(folder.resolve("application.yaml"), configuration);

        RunningJar.Ended applied = RunningJar.command(folder, List.of("receiver", "apply", "--json"));

        assertThat(applied.exitCode()).as(applied.output()).isZero();
        assertThat(json(applied).path("sources").path(0).path("result").asText())
                .isEqualTo("done");
        assertThat(transmitter.streamIds()).hasSize(1);
        try (RunningJar jar = RunningJar.start(folder, configuration, "--server.port=" + port)) {
            assertThat(jar.log()).contains("kept at their transmitters: idp");
            Awaitility.await("the verification has come the whole way")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> metrics(jar).contains("signalbox_stream_verified{source=\"idp\"} 1.0"));
        }
        assertThat(transmitter.faults()).isEmpty();
    }

    @Test
    void commandsWriteTheirAnswerAndNothingElse() throws Exception {
        RunningJar.Ended run = RunningJar.command(
                folder,
                List.of(
                        "receiver",
                        "run",
                        "--json",
                        "--issuer=" + transmitter.issuer(),
                        "--token-uri=" + transmitter.tokenUri(),
                        "--client-id=" + StreamTransmitter.CLIENT,
                        "--client-secret-file=" + folder.resolve("client")));
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(json(run).path("result").asText()).isEqualTo("good");

        Files.writeString(folder.resolve("set"), "eyJhbGciOiJSUzI1NiJ9.e30.AA");
        Files.writeString(folder.resolve("keys"), "{\"keys\":[]}");
        RunningJar.Ended verified =
                RunningJar.command(folder, List.of("set", "verify", "set", "--jwks=keys", "--json"));
        assertThat(verified.exitCode()).as(verified.output()).isEqualTo(1);
        assertThat(json(verified).path("code").asText()).isEqualTo("invalid_request");

        RunningJar.Ended misused = RunningJar.command(folder, List.of("set", "burn", "it"));
        assertThat(misused.exitCode()).isEqualTo(2);
        assertThat(misused.output()).contains("usage:", "set decode <file|->");
    }

    private static JsonNode json(RunningJar.Ended ended) throws IOException {
        assertThat(ended.output()).hasLineCount(1);
        return new ObjectMapper().readTree(ended.output());
    }

    private static String metrics(RunningJar jar) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(jar.management() + "/actuator/prometheus"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
