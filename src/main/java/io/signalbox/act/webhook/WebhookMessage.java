package io.signalbox.act.webhook;

import io.signalbox.Step;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.action.Action;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Writes an action as a webhook's message and signs it.
 *
 * @see <a href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
 *     Webhooks</a>
 */
@Step("webhookMessage")
public class WebhookMessage {

    private static final int VERSION = 1;
    private static final String ENCODED_SECRET = "whsec_";

    private final ConfiguredTargets targets;
    private final Clock clock;

    WebhookMessage(ConfiguredTargets targets, Clock clock) {
        this.targets = targets;
        this.clock = clock;
    }

    /**
     * The body, as octets because that is what is signed: the same at every attempt, as long as the chain finds the same.
     *
     * @param resolved whom the target's chain found the subject to be; absent if it has none
     */
    public byte[] body(Action action, @Nullable String resolved) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("version", VERSION);
        message.put("id", action.id());
        message.put("kind", action.kind());
        Map<String, Object> signal = new LinkedHashMap<>();
        signal.put("id", action.signalId());
        signal.put("event", action.event());
        signal.put("eventUri", action.eventUri());
        message.put("signal", signal);
        SubjectIdentifier subject = action.subject();
        if (subject != null) {
            message.put("subject", subject.toJson());
        }
        if (resolved != null) {
            message.put("resolved", resolved);
        }
        message.put("severity", action.severity().name());
        message.put("parameters", action.parameters());
        Map<String, Object> because = new LinkedHashMap<>();
        because.put("rule", action.because().rule());
        because.put("policyVersion", action.because().policyVersion());
        message.put("because", because);
        return Wire.write(message).getBytes(StandardCharsets.UTF_8);
    }

    /** Seconds since the epoch: when this attempt is made, so that a receiver can refuse what was recorded long ago. */
    public String timestamp() {
        return String.valueOf(clock.instant().getEpochSecond());
    }

    /** The signature over id, timestamp and body, joined by full stops. */
    public String signature(String target, String id, String timestamp, byte[] body) {
        try {
            Mac hmac = Mac.getInstance("HmacSHA256");
            hmac.init(new SecretKeySpec(key(targets.secret(target)), "HmacSHA256"));
            hmac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(hmac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is part of every Java runtime", e);
        }
    }

    private static byte[] key(String secret) {
        return secret.startsWith(ENCODED_SECRET)
                ? Base64.getDecoder().decode(secret.substring(ENCODED_SECRET.length()))
                : secret.getBytes(StandardCharsets.UTF_8);
    }
}
