package io.signalbox.act.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.testing.ActStage;
import io.signalbox.testing.MovableClock;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RecordingTarget.Answer;
import io.signalbox.testing.RecordingTarget.Request;
import io.signalbox.testing.SampleActions;
import io.signalbox.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookConnectorTest {

    private static final byte[] KEY = "a key of thirty-two octets, here".getBytes(StandardCharsets.UTF_8);

    private final RecordingTarget tickets = new RecordingTarget();
    private final Action action =
            SampleActions.of("ticket.open", "tickets", SampleActions.email("z\u00fcrich@acme.example"));
    private final Path folder;
    private ActStage stage;

    WebhookConnectorTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        this.stage = with(Map.of());
    }

    private ActStage with(Map<String, Object> more) throws Exception {
        Path secret = folder.resolve("secret");
        Files.writeString(secret, "whsec_" + Base64.getEncoder().encodeToString(KEY) + "\n");
        Map<String, Object> properties = new HashMap<>(more);
        properties.put("signalbox.targets.tickets.kind", "webhook");
        properties.put("signalbox.targets.tickets.url", tickets.url() + "/hook");
        properties.put("signalbox.targets.tickets.secret-file", secret.toString());
        return new ActStage(properties);
    }

    @AfterEach
    void stop() {
        stage.close();
        tickets.close();
    }

    @Test
    void saysWhatIsToBeDoneAndWhy() {
        assertThat(stage.attempt(action)).isEqualTo(new Outcome.Done("HTTP 200"));

        Request request = tickets.requests().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/hook");
        assertThat(request.headers()).containsEntry("Content-Type", "application/json");
        assertThat(Wire.readObject(request.text()))
                .isEqualTo(Map.of(
                        "version",
                        1,
                        "id",
                        action.id(),
                        "kind",
                        "ticket.open",
                        "signal",
                        Map.of("id", action.signalId(), "event", action.event(), "eventUri", action.eventUri()),
                        "subject",
                        Map.of("format", "email", "email", "z\u00fcrich@acme.example"),
                        "severity",
                        "HIGH",
                        "parameters",
                        Map.of("title", "Look at this"),
                        "because",
                        Map.of("rule", action.because().rule(), "policyVersion", "policy-1")));
    }

    @Test
    void signsIdTimestampAndTheOctetsOfTheBody() throws Exception {
        stage.attempt(action);

        Request request = tickets.requests().get(0);
        String timestamp = String.valueOf(MovableClock.START.getEpochSecond());
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        signed.writeBytes((action.id() + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        signed.writeBytes(request.body());
        Mac hmac = Mac.getInstance("HmacSHA256");
        hmac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        assertThat(request.headers())
                .containsEntry("webhook-id", action.id())
                .containsEntry("webhook-timestamp", timestamp)
                .containsEntry(
                        "webhook-signature",
                        "v1," + Base64.getEncoder().encodeToString(hmac.doFinal(signed.toByteArray())));
    }

    @Test
    void keepsIdAndBodyOverAttemptsAndSignsEachAnew() {
        tickets.answer(new Answer(500));
        assertThat(stage.attempt(action)).isEqualTo(new Outcome.NoAnswer("HTTP 500", null));
        stage.clock.forward(Duration.ofSeconds(5));
        assertThat(stage.attempt(action)).isEqualTo(new Outcome.Done("HTTP 200"));

        Request first = tickets.requests().get(0);
        Request second = tickets.requests().get(1);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(List.of(first, second))
                .allSatisfy(request -> assertThat(request.headers()).containsEntry("Idempotency-Key", action.id()));
        assertThat(second.headers().get("webhook-timestamp"))
                .isNotEqualTo(first.headers().get("webhook-timestamp"));
        assertThat(second.headers().get("webhook-signature"))
                .isNotEqualTo(first.headers().get("webhook-signature"));
    }

    @Test
    void waitsAsLongAsATooBusyTargetAsks() {
        tickets.answer(
                new Answer(429, Map.of("Retry-After", "120"), ""),
                new Answer(503, Map.of("Retry-After", "Sun, 22 Nov 2026 10:03:00 GMT"), ""));

        assertThat(stage.attempt(action)).isEqualTo(new Outcome.NoAnswer("HTTP 429", Duration.ofSeconds(120)));
        assertThat(stage.attempt(action)).isEqualTo(new Outcome.NoAnswer("HTTP 503", Duration.ofMinutes(3)));
    }

    @Test
    void sendsNothingThatItDidNotSetItself() {
        stage.attempt(action);

        assertThat(tickets.requests().get(0).headers().keySet())
                .map(name -> name.toLowerCase(Locale.ROOT))
                .isSubsetOf(
                        "accept-encoding",
                        "connection",
                        "content-length",
                        "content-type",
                        "host",
                        "idempotency-key",
                        "transfer-encoding",
                        "user-agent",
                        "webhook-id",
                        "webhook-signature",
                        "webhook-timestamp");
    }

    @Test
    void presentsTheTokenOfTheTargetWhereItWasGivenOne() throws Exception {
        stage.close();
        stage = with(Map.of("signalbox.targets.tickets.token-env", "TICKETS_TOKEN", "TICKETS_TOKEN", "abc123"));

        stage.attempt(action);

        assertThat(tickets.requests().get(0).headers()).containsEntry("Authorization", "Bearer abc123");
    }

    @Test
    void followsNoRedirect() {
        tickets.answer(new Answer(307, Map.of("Location", tickets.url() + "/elsewhere"), ""));

        assertThat(stage.attempt(action)).isEqualTo(new Outcome.Refused("HTTP 307"));
        assertThat(tickets.requests()).hasSize(1);
    }

    @Test
    void repeatsNeitherTheSubjectNorLineFeedsOfWhatTheTargetSaid() {
        tickets.answer(new Answer(
                422,
                Map.of("Content-Type", "application/json"),
                "{\"detail\":\"Z\u00fcrich@acme.example\\nis as unknown as bob@acme.example\"}"));

        assertThat(stage.attempt(action))
                .isEqualTo(new Outcome.Refused("HTTP 422: (subject) is as unknown as (address)"));
    }

    @Test
    void getsNoAnswerFromATargetThatIsDown() {
        tickets.close();

        assertThat(stage.attempt(action)).isEqualTo(new Outcome.NoAnswer("No connection: refused or timed out", null));
    }
}
