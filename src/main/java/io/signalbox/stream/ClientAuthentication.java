package io.signalbox.stream;

import io.signalbox.wire.Wire;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a client proves at the token endpoint that it is itself.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-2.3">RFC 6749, section 2.3</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7523#section-2.2">RFC 7523, section 2.2</a>
 */
sealed interface ClientAuthentication {

    /** Adds what proves it to the headers and to the form of a token request. */
    void apply(String clientId, URI tokenUri, Clock clock, Map<String, String> headers, Map<String, String> form);

    /** {@code client_secret_basic}. */
    record Basic(String secret) implements ClientAuthentication {
        @Override
        public void apply(
                String clientId, URI tokenUri, Clock clock, Map<String, String> headers, Map<String, String> form) {
            // Encoded before they are joined: a colon in the id would end it too early (RFC 6749, section 2.3.1).
            String pair = encode(clientId) + ":" + encode(secret);
            headers.put(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public String toString() {
            return "client_secret_basic";
        }
    }

    /** {@code client_secret_post}. */
    record Post(String secret) implements ClientAuthentication {
        @Override
        public void apply(
                String clientId, URI tokenUri, Clock clock, Map<String, String> headers, Map<String, String> form) {
            form.put("client_id", clientId);
            form.put("client_secret", secret);
        }

        @Override
        public String toString() {
            return "client_secret_post";
        }
    }

    /**
     * {@code private_key_jwt}.
     *
     * @param kid names the key to the server; absent if it has only one of ours
     */
    record PrivateKeyJwt(ClientKey key, @Nullable String kid) implements ClientAuthentication {

        /** Seconds; it is used at once, and whoever gets hold of it later shall have nothing. */
        private static final int LIFE = 60;

        @Override
        public void apply(
                String clientId, URI tokenUri, Clock clock, Map<String, String> headers, Map<String, String> form) {
            Map<String, Object> header = new LinkedHashMap<>();
            header.put("typ", "JWT");
            header.put("alg", key.alg());
            if (kid != null) {
                header.put("kid", kid);
            }
            long now = clock.instant().getEpochSecond();
            Map<String, Object> claims = new LinkedHashMap<>();
            claims.put("iss", clientId);
            claims.put("sub", clientId);
            claims.put("aud", tokenUri.toString());
            claims.put("jti", UUID.randomUUID().toString());
            claims.put("iat", now);
            claims.put("exp", now + LIFE);
            String input = base64(bytes(header)) + "." + base64(bytes(claims));
            form.put("client_id", clientId);
            form.put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
            form.put("client_assertion", input + "." + base64(key.sign(input)));
        }

        private static byte[] bytes(Map<String, Object> json) {
            return Wire.write(json).getBytes(StandardCharsets.UTF_8);
        }

        private static String base64(byte[] bytes) {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        }

        @Override
        public String toString() {
            return "private_key_jwt";
        }
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
