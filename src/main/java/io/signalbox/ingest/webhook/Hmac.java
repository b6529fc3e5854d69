package io.signalbox.ingest.webhook;

import io.signalbox.ingest.ConfiguredSources.Webhook;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Whether a body is signed with the secret that was agreed upon: in the vendor's own way, or as Standard Webhooks does,
 * over id, time and body, the time being near ours. Compared in the same time whatever differs.
 *
 * @see <a href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
 *     Webhooks, signature scheme</a>
 */
final class Hmac {

    private static final String ENCODED_SECRET = "whsec_";
    private static final String VERSION = "v1,";

    /** More signatures than this are not looked at: each costs a digest of the body. */
    private static final int MOST = 5;

    private Hmac() {}

    /** Why it is not signed as agreed; absent if it is. */
    static @Nullable String flaw(
            Webhook webhook, Mapping mapping, Map<String, Object> headers, byte[] body, Instant now) {
        String secret = webhook.hmacSecret();
        if (secret == null) {
            return null;
        }
        Mapping.Signature own = mapping.signature();
        if (own != null) {
            String value = text(headers, own.header());
            return value != null
                            && value.startsWith(own.prefix())
                            && same(
                                    decoded(value.substring(own.prefix().length()), own.hex()),
                                    mac(key(secret), "", body))
                    ? null
                    : "the header " + own.header() + " is missing, or is not the signature of the body";
        }
        String id = text(headers, "webhook-id");
        String timestamp = text(headers, "webhook-timestamp");
        String signatures = text(headers, "webhook-signature");
        if (id == null || timestamp == null || signatures == null || !timestamp.matches("\\d{1,12}")) {
            return "the headers webhook-id, webhook-timestamp and webhook-signature must be there, each once";
        }
        Duration away = Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now)
                .abs();
        if (away.compareTo(webhook.tolerance()) > 0) {
            return "webhook-timestamp is too far from our time";
        }
        byte[] expected = mac(key(secret), id + "." + timestamp + ".", body);
        String[] all = signatures.split(" ", MOST + 1);
        boolean found = false;
        for (int i = 0; i < Math.min(all.length, MOST); i++) {
            // Of those in another version nothing is known.
            found |= all[i].startsWith(VERSION) && same(decoded(all[i].substring(VERSION.length()), false), expected);
        }
        return found ? null : "webhook-signature is not the signature of the body";
    }

    /** What a body that is signed as agreed is called by its sender; absent if its way of signing has no name. */
    static @Nullable String name(Webhook webhook, Mapping mapping, Map<String, Object> headers) {
        return webhook.hmacSecret() == null || mapping.signature() != null ? null : text(headers, "webhook-id");
    }

    private static @Nullable String text(Map<String, Object> headers, String name) {
        // A header that is there several times comes as a list.
        return headers.get(name) instanceof String value ? value.strip() : null;
    }

    private static boolean same(byte @Nullable [] one, byte[] other) {
        return one != null && MessageDigest.isEqual(one, other);
    }

    private static byte @Nullable [] decoded(String text, boolean hex) {
        try {
            return hex ? HexFormat.of().parseHex(text) : Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static byte[] key(String secret) {
        if (secret.startsWith(ENCODED_SECRET)) {
            byte[] decoded = decoded(secret.substring(ENCODED_SECRET.length()), false);
            if (decoded != null && decoded.length > 0) {
                return decoded;
            }
        }
        return secret.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] mac(byte[] key, String before, byte[] body) {
        try {
            Mac hmac = Mac.getInstance("HmacSHA256");
            hmac.init(new SecretKeySpec(key, "HmacSHA256"));
            hmac.update(before.getBytes(StandardCharsets.UTF_8));
            return hmac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is part of every Java runtime", e);
        }
    }
}
