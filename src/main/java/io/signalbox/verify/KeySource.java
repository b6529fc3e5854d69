package io.signalbox.verify;

import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import io.signalbox.http.GuardedHttp;
import io.signalbox.http.GuardedHttp.Result;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where an issuer's keys come from. Nothing in a token adds to it (R-08, J-09).
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-7.2">SSF 1.0, section
 *     7.2</a>
 */
sealed interface KeySource {

    /** Of a key set, and of the document that tells where one is. */
    int MAX_BYTES = 256 * 1024;

    /** For people. */
    String name();

    /** Whether other keys may be there another time. */
    default boolean changes() {
        return true;
    }

    /**
     * The key set as it is now.
     *
     * @throws JWKSetUnavailableException if it cannot be had; the message is for operators
     */
    String read(GuardedHttp http) throws JWKSetUnavailableException;

    /** Published by the issuer at an address that the operator knows. */
    record Published(URI jwksUri) implements KeySource {

        @Override
        public String name() {
            return jwksUri.toString();
        }

        @Override
        public String read(GuardedHttp http) throws JWKSetUnavailableException {
            return fetch(http, jwksUri, false);
        }
    }

    /** Published at the address that the issuer's own metadata tell; they are asked each time, as it may move. */
    record Discovered(String issuer, URI metadata) implements KeySource {

        @Override
        public String name() {
            return metadata.toString();
        }

        /** What was fetched for one issuer and names another is not used for anything. */
        @Override
        public String read(GuardedHttp http) throws JWKSetUnavailableException {
            Map<String, Object> members;
            try {
                members = StrictJson.object(
                        fetch(http, metadata, true).getBytes(StandardCharsets.UTF_8), "metadata document");
            } catch (Refusal unreadable) {
                throw new JWKSetUnavailableException(unreadable.description());
            }
            if (!issuer.equals(members.get("issuer"))) {
                throw new JWKSetUnavailableException("The metadata are not of this issuer");
            }
            if (!(members.get("jwks_uri") instanceof String text)) {
                throw new JWKSetUnavailableException("The metadata name no jwks_uri");
            }
            URI jwksUri;
            try {
                jwksUri = WebAddress.parse(text);
            } catch (IllegalArgumentException e) {
                throw new JWKSetUnavailableException("The jwks_uri of the metadata " + e.getMessage());
            }
            return fetch(http, jwksUri, false);
        }
    }

    /** Kept by the operator in a file, which may be replaced while we run. */
    record Kept(Path file) implements KeySource {

        @Override
        public String name() {
            return file.toString();
        }

        @Override
        public String read(GuardedHttp http) throws JWKSetUnavailableException {
            return read();
        }

        String read() throws JWKSetUnavailableException {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    throw new JWKSetUnavailableException("The file is larger than " + MAX_BYTES + " bytes");
                }
                return new String(bytes, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new JWKSetUnavailableException("The file cannot be read", e);
            }
        }
    }

    /** Written into the configuration. */
    record Inline(String jwks) implements KeySource {

        @Override
        public String name() {
            return "the configuration";
        }

        @Override
        public boolean changes() {
            return false;
        }

        @Override
        public String read(GuardedHttp http) {
            return jwks;
        }
    }

    /** There are none: what this issuer tells is signed over by us, and a SET that names it was signed by somebody else. */
    record Attested() implements KeySource {

        @Override
        public String name() {
            return "none";
        }

        @Override
        public boolean changes() {
            return false;
        }

        @Override
        public String read(GuardedHttp http) {
            return "{\"keys\":[]}";
        }
    }

    private static String fetch(GuardedHttp http, URI uri, boolean json) throws JWKSetUnavailableException {
        Result result = http.get(uri, MAX_BYTES);
        if (result instanceof Result.Answered answer) {
            if (answer.status() != 200) {
                throw new JWKSetUnavailableException(uri + " answered with status " + answer.status());
            }
            if (json && !isJson(answer.headers())) {
                throw new JWKSetUnavailableException(uri + " answered with something else than application/json");
            }
            return new String(answer.body(), StandardCharsets.UTF_8);
        }
        if (result instanceof Result.Forbidden forbidden) {
            throw new JWKSetUnavailableException(forbidden.why());
        }
        if (result instanceof Result.Unreachable unreachable) {
            throw new JWKSetUnavailableException(unreachable.why());
        }
        throw new JWKSetUnavailableException("The document is larger than " + MAX_BYTES + " bytes");
    }

    /** */
    private static boolean isJson(Map<String, List<String>> headers) {
        return headers.getOrDefault("content-type", List.of()).stream()
                .map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .anyMatch("application/json"::equals);
    }
}
