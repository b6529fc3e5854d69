package io.signalbox.stream;

import io.signalbox.http.GuardedHttp;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who we are to a transmitter: either a client of an authorization server, or the bearer of a token that somebody else
 * renews. Secrets are named, never written.
 *
 * @param tokenUri token endpoint of the authorization server; https, or http on loopback
 * @param clientId the client's name there
 * @param clientAuthentication {@code basic}, {@code post} or {@code private-key-jwt}; by default what the given secret or
 *     key is for
 * @param clientSecretFile file that holds the client's secret
 * @param clientSecretEnv environment variable that holds the client's secret
 * @param clientKeyFile file that holds the client's private key, RSA or EC, in PKCS#8 PEM
 * @param clientKeyId name of that key at the authorization server
 * @param scope scopes to ask for, separated by spaces; none by default
 * @param tokenFile file that holds an access token, in place of all of the above
 * @param tokenEnv environment variable that holds an access token, in place of all of the above
 */
public record StreamCredentials(
        @Nullable String tokenUri,
        @Nullable String clientId,
        @Nullable String clientAuthentication,
        @Nullable String clientSecretFile,
        @Nullable String clientSecretEnv,
        @Nullable String clientKeyFile,
        @Nullable String clientKeyId,
        @Nullable String scope,
        @Nullable String tokenFile,
        @Nullable String tokenEnv) {

    private static final String BASIC = "basic";
    private static final String POST = "post";
    private static final String KEY = "private-key-jwt";

    /**
     * Reads the secrets and makes the way to log in.
     *
     * @param name gives the name under which a member was written, for messages; {@code client-id} goes in
     * @param environment gives the value of a variable
     * @throws IllegalArgumentException naming what is missing, contradicts another, or cannot be read; quotes no secret
     */
    public Authorization open(
            Function<String, String> name,
            Function<String, @Nullable String> environment,
            GuardedHttp http,
            Clock clock) {
        String token = secret(name, environment, "token", tokenFile, tokenEnv);
        if (token != null) {
            if (tokenUri != null || clientId != null) {
                throw new IllegalArgumentException(name.apply(tokenFile == null ? "token-env" : "token-file")
                        + ": a token is given as well as a client; one of the two is meant");
            }
            if (!token.matches("[\\x21-\\x7e]+")) {
                throw new IllegalArgumentException(name.apply(tokenFile == null ? "token-env" : "token-file")
                        + " must hold one token of visible ASCII characters, and nothing else");
            }
            return Authorization.bearer(token);
        }
        if (tokenUri == null) {
            throw new IllegalArgumentException(
                    name.apply("token-uri") + " is missing: a token endpoint with a client, or a token, must be given");
        }
        if (clientId == null || clientId.isBlank()) {
            throw new IllegalArgumentException(name.apply("client-id") + " is missing");
        }
        List<String> scopes = scope == null || scope.isBlank()
                ? List.of()
                : Arrays.asList(scope.strip().split("\\s+"));
        return new ClientLogin(
                http, clock, endpoint(name.apply("token-uri"), tokenUri), clientId, proof(name, environment), scopes);
    }

    private ClientAuthentication proof(Function<String, String> name, Function<String, @Nullable String> environment) {
        String secret = secret(name, environment, "client-secret", clientSecretFile, clientSecretEnv);
        if ((secret == null) == (clientKeyFile == null)) {
            throw new IllegalArgumentException(name.apply("client-secret-file")
                    + ": exactly one of client-secret-file, client-secret-env and client-key-file must be given");
        }
        String method = clientAuthentication == null
                ? (secret == null ? KEY : BASIC)
                : clientAuthentication
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-')
                        .replace("client-secret-", "");
        String methodKey = name.apply("client-authentication");
        if (!List.of(BASIC, POST, KEY).contains(method)) {
            throw new IllegalArgumentException(methodKey + " must be one of basic, post, private-key-jwt");
        }
        if (method.equals(KEY) != (secret == null)) {
            throw new IllegalArgumentException(
                    methodKey + ": " + method + " needs a " + (method.equals(KEY) ? "client-key-file" : "secret"));
        }
        if (clientKeyFile != null) {
            String key = name.apply("client-key-file");
            try {
                return new ClientAuthentication.PrivateKeyJwt(ClientKey.read(read(key, clientKeyFile)), clientKeyId);
            } catch (IllegalArgumentException e) {
                String why = String.valueOf(e.getMessage());
                throw new IllegalArgumentException(why.startsWith(key) ? why : key + " " + why, e);
            }
        }
        String given = String.valueOf(secret);
        return method.equals(POST) ? new ClientAuthentication.Post(given) : new ClientAuthentication.Basic(given);
    }

    private static URI endpoint(String key, String text) {
        try {
            URI uri = URI.create(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && (scheme.equals("https") || scheme.equals("http"))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below, without a quotation.
        }
        throw new IllegalArgumentException(key + " must be an https URL without credentials, or http on loopback");
    }

    /**
     * Reads what a file or a variable holds.
     *
     * @return null if neither is named
     * @throws IllegalArgumentException naming the key, if both are named, or what is named holds nothing
     */
    static @Nullable String secret(
            Function<String, String> name,
            Function<String, @Nullable String> environment,
            String member,
            @Nullable String file,
            @Nullable String variable) {
        if (file != null && variable != null) {
            throw new IllegalArgumentException(
                    name.apply(member + "-file") + ": " + member + "-env is given as well; one of the two is meant");
        }
        if (file != null) {
            String key = name.apply(member + "-file");
            return nonEmpty(key, read(key, file));
        }
        if (variable != null) {
            String key = name.apply(member + "-env");
            String value = environment.apply(variable);
            if (value == null) {
                throw new IllegalArgumentException(key + ": there is no environment variable " + variable);
            }
            return nonEmpty(key, value.strip());
        }
        return null;
    }

    private static String nonEmpty(String key, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(key + " names something that is empty");
        }
        return value;
    }

    private static String read(String key, String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(key + ": " + file + " cannot be read", e);
        }
    }

    /** Names only; what they hold is not here. */
    @Override
    public String toString() {
        return clientId == null ? "StreamCredentials[a token]" : "StreamCredentials[" + clientId + "]";
    }
}
