package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.CrashPoint;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.HaltAgent;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RunningJar;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The outbox when the gateway ends in the middle of a push, as if it was killed: what was promised reaches the receiver, in
 * order; what comes twice is the same token.
 */
class OutboxCrashIT {

    private static final int SETS = 60;

    /** Behind the receipts of some and in the midst of others. */
    private static final int PASS = 25;

    private static final String TOKEN = "the-token-of-the-receiver";

    @TempDir
    Path folder;

    private final List<String> promised = new ArrayList<>();

    @Test
    void whatWasPromisedIsPushedInOrderThoughTheGatewayIsKilled() throws Exception {
        Files.writeString(folder.resolve("token"), TOKEN);
        String configuration = """
                signalbox:
                  issuer: https://signals.example.com
                  http:
                    allow: [127.0.0.0/8]
                  transmitter:
                    clients:
                      - id: receiver
                        token-file: ./token
                        subjects: ["*"]
                """;
        try (RecordingTarget receiver = new RecordingTarget()) {
            Map<String, String> endsAfterAPush = Map.of(
                    "JAVA_TOOL_OPTIONS", CrashPoint.AFTER_PUSH_TO_RECEIVER.option(folder.resolve("agent.jar"), PASS));
            String stream;
            try (RunningJar first = RunningJar.start(folder, configuration, endsAfterAPush)) {
                stream = make(first, receiver);
                emit(first, stream);
                assertThat(first.exitCode(Duration.ofMinutes(1)))
                        .as(first.log())
                        .isEqualTo(HaltAgent.EXIT_CODE);
            }
            int before = receiver.requests().size();
            assertThat(before).isGreaterThanOrEqualTo(PASS);
            try (RunningJar second = RunningJar.start(folder, configuration)) {
                Awaitility.await("everything that was promised")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> firstTimes(receiver).containsAll(promised));
                emit(second, stream);
                Awaitility.await("everything").atMost(Duration.ofSeconds(60)).until(() -> firstTimes(receiver)
                        .containsAll(promised));
                assertThat(second.log()).doesNotContain(" ERROR ");
            }
            // One that was written and not promised, as its answer was on its way, may be among them.
            List<String> arrived = firstTimes(receiver);
            assertThat(arrived.stream().filter(promised::contains)).containsExactlyElementsOf(promised);
            assertThat(arrived).hasSizeLessThanOrEqualTo(promised.size() + 1);
            assertThat(receiver.requests().size())
                    .as("some came twice: their receipts were lost")
                    .isGreaterThan(arrived.size());
            Map<String, String> tokens = new HashMap<>();
            receiver.requests()
                    .forEach(request -> assertThat(tokens.computeIfAbsent(jti(request.text()), jti -> request.text()))
                            .as("T-106: the same octets")
                            .isEqualTo(request.text()));
        }
    }

    private String make(RunningJar jar, RecordingTarget receiver) {
        HttpResponse<String> made = call(
                jar,
                "/ssf/streams",
                TOKEN,
                "{\"delivery\":{\"method\":\"urn:ietf:rfc:8935\",\"endpoint_url\":\"" + receiver.url() + "/push\"}}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return Gateway.json(made.body()).path("stream_id").asText();
    }

    /** Until all are out, or the gateway is gone. */
    private void emit(RunningJar jar, String stream) throws Exception {
        String operator = Files.readString(folder.resolve("data/admin-token")).strip();
        try {
            for (int i = 0; i < SETS; i++) {
                HttpResponse<String> answer = call(
                        jar,
                        "/api/emit",
                        operator,
                        "{\"type\":\"caep:session-revoked\",\"subject\":\"user" + i + "@acme.example\",\"stream\":\""
                                + stream + "\"}");
                JsonNode emitted = Gateway.json(answer.body()).path("emitted");
                assertThat(emitted).as(answer.body()).hasSize(1);
                promised.add(emitted.path(0).path("jti").asText());
            }
        } catch (UncheckedIOException e) {
            assertThat(promised).isNotEmpty();
        }
    }

    private static HttpResponse<String> call(RunningJar jar, String path, String token, String body) {
        return new Gateway(jar.url(), token)
                .call(HttpRequest.newBuilder(URI.create(jar.url() + path))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
    }

    private static List<String> firstTimes(RecordingTarget receiver) {
        Stream<String> all = receiver.requests().stream().map(request -> jti(request.text()));
        return all.distinct().toList();
    }

    private static String jti(String compact) {
        return Gateway.json(new String(Base64.getUrlDecoder().decode(compact.split("\\.")[1]), StandardCharsets.UTF_8))
                .path("jti")
                .asText();
    }
}
