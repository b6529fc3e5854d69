package io.signalbox.act;

import io.signalbox.Step;
import io.signalbox.action.Outcome;
import io.signalbox.http.GuardedHttp;
import io.signalbox.http.GuardedHttp.Result;
import io.signalbox.wire.Wire;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts a target's credential into a call at the last moment, so that none travels with a message. Tokens that are
 * fetched are kept in memory until shortly before they expire, or until the target does not take one.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, section 4.4, client credentials</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7523#section-2.1">RFC 7523, section 2.1, assertions</a>
 */
@Step("targetLogins")
public class TargetLogins {

    private static final String AUTHORIZATION = "Authorization";
    private static final int UNAUTHORIZED = 401;
    private static final int LARGEST_ANSWER = 64 * 1024;

    /** A token that expires on its way is a call in vain. */
    private static final Duration MARGIN = Duration.ofSeconds(20);

    /** What a token lives whose answer does not say (RFC 6749, 5.1 only recommends it). */
    private static final long UNSAID_SECONDS = 300;

    private static final Duration ASSERTION = Duration.ofMinutes(5);

    private final ConfiguredTargets targets;
    private final GuardedHttp http;
    private final Clock clock;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    private record Kept(String token, Instant until) {}

    TargetLogins(ConfiguredTargets targets, GuardedHttp http, Clock clock) {
        this.targets = targets;
        this.http = http;
        this.clock = clock;
    }

    /**
     * Adds the header that logs in at the target, if it wants one.
     *
     * @param headers of the call, to which it is added
     */
    public void authorize(String target, Map<String, Object> headers) {
        Login login = targets.login(target);
        // What a connector set is not the target's credential, and must not go in its place.
        headers.remove(AUTHORIZATION);
        switch (login.kind()) {
            case NONE -> {}
            case BEARER -> given(headers, AUTHORIZATION, "Bearer ", targets.token(target));
            case BASIC -> headers.put(AUTHORIZATION, basic(login.username(), String.valueOf(targets.token(target))));
            case HEADER -> given(headers, login.header(), login.prefix(), targets.token(target));
            case OAUTH, JWT_BEARER -> headers.put(AUTHORIZATION, "Bearer " + fetched(target, login));
        }
    }

    /**
     * Whether a call that was refused is worth another one with a new token: the target may have revoked ours before its
     * time, as Keycloak does when all of a realm are logged out.
     */
    public boolean again(String target, @Nullable Integer status) {
        return status != null
                && status == UNAUTHORIZED
                && targets.login(target).kind().fetches()
                && kept.remove(target) != null;
    }

    /** The headers of a call, kept to make it once more; without credentials. */
    public Map<String, Object> keep(Map<String, Object> headers) {
        return new TreeMap<>(headers);
    }

    /** Puts kept headers in the place of those of the answer. */
    public void restore(Map<String, Object> headers, Map<String, Object> before) {
        headers.clear();
        headers.putAll(before);
    }

    private static void given(Map<String, Object> headers, String name, String prefix, @Nullable String token) {
        if (token != null) {
            headers.put(name, prefix + token);
        }
    }

    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private String fetched(String target, Login login) {
        // Whoever waits for the lock finds what the one before fetched.
        return kept.compute(
                        target,
                        (name, known) ->
                                known != null && clock.instant().isBefore(known.until()) ? known : fetch(name, login))
                .token();
    }

    private Kept fetch(String target, Login login) {
        Map<String, String> form = new LinkedHashMap<>();
        Map<String, String> headers = new TreeMap<>();
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        String secret = targets.secret(target);
        if (login.kind() == Login.Kind.JWT_BEARER) {
            form.put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
            form.put("assertion", assertion(login, secret));
        } else {
            form.put("grant_type", "client_credentials");
            if (login.scope() != null) {
                form.put("scope", login.scope());
            }
            if (login.inBody()) {
                form.put("client_id", login.clientId());
                form.put("client_secret", secret);
            } else {
                // Both are form-encoded first (RFC 6749, 2.3.1); a colon in either would be read as the border.
                headers.put(AUTHORIZATION, basic(encoded(login.clientId()), encoded(secret)));
            }
        }
        String body = form.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
                .collect(Collectors.joining("&"));
        Result result = http.exchange(new GuardedHttp.Request(
                "POST",
                URI.create(String.valueOf(login.tokenUrl())),
                headers,
                body.getBytes(StandardCharsets.UTF_8),
                LARGEST_ANSWER,
                null));
        return kept(result);
    }

    private Kept kept(Result result) {
        if (result instanceof Result.Forbidden) {
            throw new AttemptEndedException(new Outcome.Refused(
                    "The token endpoint's address may not be called; signalbox.http.allow lists what may"));
        }
        if (!(result instanceof Result.Answered answer)) {
            throw new AttemptEndedException(new Outcome.NoAnswer("The token endpoint gives no answer", null));
        }
        if (answer.status() == 429 || answer.status() >= 500) {
            throw new AttemptEndedException(
                    new Outcome.NoAnswer("The token endpoint answers HTTP " + answer.status(), null));
        }
        Map<String, Object> json;
        try {
            json = Wire.readObject(new String(answer.body(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            json = Map.of();
        }
        if (answer.status() != 200 || !(json.get("access_token") instanceof String token) || token.isEmpty()) {
            Object error = json.get("error");
            throw new AttemptEndedException(new Outcome.Refused("The token endpoint gives no token: HTTP "
                    + answer.status()
                    + (error instanceof String word && word.matches("[a-z_]{1,40}") ? ": " + word : "")));
        }
        long seconds = json.get("expires_in") instanceof Number number ? number.longValue() : UNSAID_SECONDS;
        return new Kept(token, clock.instant().plusSeconds(seconds).minus(MARGIN));
    }

    private String assertion(Login login, String pem) {
        Instant now = clock.instant();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", login.clientId());
        claims.put("sub", login.subject() == null ? login.clientId() : login.subject());
        claims.put("aud", String.valueOf(login.tokenUrl()));
        if (login.scope() != null) {
            // Google reads it here; RFC 7523 leaves further claims to the parties.
            claims.put("scope", login.scope());
        }
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(ASSERTION).getEpochSecond());
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String signed = base64.encodeToString("{\"alg\":\"RS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
                + "."
                + base64.encodeToString(Wire.write(claims).getBytes(StandardCharsets.UTF_8));
        try {
            byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
            Signature rsa = Signature.getInstance("SHA256withRSA");
            rsa.initSign(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key)));
            rsa.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + base64.encodeToString(rsa.sign());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new AttemptEndedException(
                    new Outcome.Refused("The target's secret is not an RSA key in PEM (PKCS #8)"));
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
