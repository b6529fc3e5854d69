package io.signalbox.ingest.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.set.VerifiedSet;
import io.signalbox.testing.WebhookStage;
import io.signalbox.testing.WebhookStage.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who may say something by webhook, and that a 204 is a promise. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookRequestTest {

    private static final byte[] KEY = "a key of more than enough octets".getBytes(StandardCharsets.UTF_8);
    private static final String BODY = "{\"event\":\"caep/session-revoked\",\"user\":{\"email\":\"ada@acme.example\"}}";

    private WebhookStage stage;

    @BeforeAll
    void start(@TempDir Path home) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("WHSEC", "whsec_" + Base64.getEncoder().encodeToString(KEY));
        properties.put("BEARER", "Bearer one-that-was-agreed-upon");
        source(properties, 0, "signed", "hmac-secret-env", "WHSEC");
        source(properties, 1, "bearer", "authorization-header-env", "BEARER");
        properties.put("signalbox.sources[1].max-body-size", "1KB");
        properties.put("signalbox.trust[0].events", "caep:*");
        stage = new WebhookStage(Path.of("routes"), home, properties);
    }

    private static void source(Map<String, Object> properties, int place, String name, String key, String value) {
        String source = "signalbox.sources[" + place + "].";
        properties.put(source + "name", name);
        properties.put(source + "transmitter", WebhookStage.ISSUER);
        properties.put(source + "delivery", "webhook");
        properties.put(source + "mapping", "generic");
        properties.put(source + key, value);
    }

    @AfterAll
    void stop() {
        stage.close();
    }

    @BeforeEach
    void forget() {
        stage.kept.clear();
    }

    @Test
    void aSignatureOfStandardWebhooksShowsWhoItIs() throws Exception {
        Map<String, String> headers = signed("msg_1", 0, BODY);
        assertThat(send("signed", headers, BODY)).isEqualTo(204);
        // Several secrets may be in use while one takes the place of another.
        headers.put("webhook-signature", "v1,AAAA v1a,x " + headers.get("webhook-signature"));
        assertThat(send("signed", headers, BODY)).isEqualTo(204);

        assertThat(stage.kept)
                .extracting(VerifiedSet::id)
                .hasSize(2)
                .containsOnly(stage.kept.get(0).id());
    }

    @Test
    void whatIsSignedOtherwiseIsRefusedAndNothingOfItIsRead() throws Exception {
        Map<String, String> good = signed("msg_2", 0, BODY);
        assertThat(send("signed", good, BODY.replace("ada", "eve"))).isEqualTo(401);
        assertThat(send("signed", with(good, "webhook-id", "msg_3"), BODY)).isEqualTo(401);
        assertThat(send("signed", with(good, "webhook-timestamp", "1795341500"), BODY))
                .isEqualTo(401);
        assertThat(send("signed", with(good, "webhook-signature", "v1,"), BODY)).isEqualTo(401);
        assertThat(send(
                        "signed",
                        with(
                                good,
                                "webhook-signature",
                                "v2,"
                                        + good.getOrDefault("webhook-signature", "")
                                                .substring(3)),
                        BODY))
                .isEqualTo(401);
        assertThat(send("signed", Map.of("Content-Type", "application/json"), BODY))
                .isEqualTo(401);
        assertThat(send("signed", Map.of(), "no JSON at all")).isEqualTo(401);
        assertThat(stage.kept).isEmpty();
    }

    @Test
    void aSignatureIsGoodForAFewMinutes() throws Exception {
        assertThat(send("signed", signed("msg_4", -299, BODY), BODY)).isEqualTo(204);
        assertThat(send("signed", signed("msg_4", -301, BODY), BODY)).isEqualTo(401);
        assertThat(send("signed", signed("msg_4", 301, BODY), BODY)).isEqualTo(401);
    }

    @Test
    void aBearerIsComparedAsAWhole() {
        assertThat(send("bearer", bearer("Bearer one-that-was-agreed-upon"), BODY))
                .isEqualTo(204);
        assertThat(send("bearer", bearer("Bearer one-that-was-agreed-upo"), BODY))
                .isEqualTo(401);
        assertThat(send("bearer", bearer("one-that-was-agreed-upon"), BODY)).isEqualTo(401);
        assertThat(send("bearer", Map.of("Content-Type", "application/json"), BODY))
                .isEqualTo(401);
    }

    @Test
    void aBadRequestIsToldWhatIsWrong() {
        Map<String, String> who = bearer("Bearer one-that-was-agreed-upon");
        assertThat(send("bearer", who, "{\"event\":")).isEqualTo(400);
        assertThat(send("bearer", who, "{\"event\":\"a:b\",\"event\":\"c:d\"}")).isEqualTo(400);
        assertThat(send("bearer", who, "\"text\"")).isEqualTo(400);
        assertThat(send("bearer", who, " ".repeat(1025))).isEqualTo(413);
        assertThat(send("bearer", with(who, "Content-Type", "text/plain"), BODY))
                .isEqualTo(415);
        assertThat(stage.send("bearer", "GET", null, who, "").status()).isEqualTo(405);
        assertThat(stage.kept).isEmpty();
    }

    @Test
    void whatTheIssuerMayNotSayIsNotTakenByThisWayEither() {
        Answer answer = stage.send(
                "bearer",
                "POST",
                null,
                bearer("Bearer one-that-was-agreed-upon"),
                BODY.replace("caep/session-revoked", "risc/account-disabled"));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        assertThat(answer.body()).contains("access_denied", "\"event\":1").doesNotContain("ada@");
        assertThat(stage.kept).isEmpty();
    }

    /** A header of the sender's must not pass for something that the mapping found. */
    @Test
    void theSenderSpeaksByTheBodyAlone() {
        Map<String, String> headers =
                with(bearer("Bearer one-that-was-agreed-upon"), "signal.user.account", "acct:root@acme.example");
        assertThat(send("bearer", headers, "{\"event\":\"caep/session-revoked\",\"id\":\"x\"}"))
                .isEqualTo(204);
        assertThat(stage.kept).singleElement().extracting(VerifiedSet::subject).isNull();
    }

    /** Without a name and a time, a repeat cannot be told from the same thing happening again, which must not be lost. */
    @Test
    void whatHasNoNameCountsEachTime() {
        Map<String, String> who = bearer("Bearer one-that-was-agreed-upon");
        send("bearer", who, BODY);
        stage.clock.forward(Duration.ofSeconds(1));
        send("bearer", who, BODY);
        String timed = BODY.replace("{\"event\"", "{\"at\":\"2026-11-22T09:00:00Z\",\"event\"");
        send("bearer", who, timed);
        send("bearer", who, timed);

        assertThat(stage.kept).extracting(VerifiedSet::jti).hasSize(4).satisfies(names -> {
            assertThat(names.get(0)).isNotEqualTo(names.get(1));
            assertThat(names.get(2)).isEqualTo(names.get(3));
        });
    }

    @Test
    void whatCannotBeKeptIsLeftWithTheVendor(@TempDir Path home) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("BEARER", "Bearer one-that-was-agreed-upon");
        source(properties, 0, "bearer", "authorization-header-env", "BEARER");
        try (WebhookStage full = new WebhookStage(Path.of("routes"), home, properties)) {
            full.fill();
            assertThat(full.send("bearer", "POST", null, bearer("Bearer one-that-was-agreed-upon"), BODY)
                            .status())
                    .isEqualTo(503);
        }
    }

    @Test
    void aSourceThatNobodyHasToProveIsNoSource(@TempDir Path home) {
        Map<String, Object> properties = new HashMap<>();
        source(properties, 0, "open", "mapping", "generic");
        assertThatThrownBy(() -> new WebhookStage(Path.of("routes"), home, properties))
                .rootCause()
                .hasMessageStartingWith(
                        "signalbox.sources[0].hmac-secret-file: nothing shows who sends these webhooks");

        properties.put("BEARER", "Bearer x");
        source(properties, 0, "open", "authorization-header-env", "BEARER");
        properties.put("signalbox.sources[0].mapping", "nobodys");
        assertThatThrownBy(() -> new WebhookStage(Path.of("routes"), home, properties))
                .rootCause()
                .hasMessageContaining("the mapping 'nobodys' of the source open is not there");
    }

    private int send(String source, Map<String, String> headers, String body) {
        return stage.send(source, "POST", null, headers, body).status();
    }

    private Map<String, String> signed(String id, long seconds, String body) throws GeneralSecurityException {
        String timestamp = String.valueOf(stage.clock.instant().getEpochSecond() + seconds);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        byte[] signature = mac.doFinal((id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8));
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/json; charset=utf-8");
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", timestamp);
        headers.put("webhook-signature", "v1," + Base64.getEncoder().encodeToString(signature));
        return headers;
    }

    private static Map<String, String> bearer(@Nullable String value) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("Authorization", String.valueOf(value));
        return headers;
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> changed = new HashMap<>(headers);
        changed.put(name, value);
        return changed;
    }
}
