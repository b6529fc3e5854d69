package io.signalbox.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.action.Outcome;
import io.signalbox.http.GuardedHttp;
import io.signalbox.http.GuardedHttp.Request;
import io.signalbox.http.GuardedHttp.Result;
import io.signalbox.testing.MovableClock;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.mock.env.MockEnvironment;

class TargetLoginsTest {

    private static final String KEY = "signalbox.targets.idp.";

    private final MovableClock clock = new MovableClock();
    private final Deque<Result> answers = new ArrayDeque<>();
    private final List<Request> asked = new ArrayList<>();
    private final GuardedHttp http = request -> {
        asked.add(request);
        return answers.pop();
    };
    private final MockEnvironment environment =
            new MockEnvironment().withProperty("SECRET", "0123456789ab:def").withProperty("TOKEN", "a-token");

    private TargetLogins logins(String... settings) {
        Map<String, String> keys = new HashMap<>();
        keys.put(KEY + "kind", "rest");
        keys.put(KEY + "url", "https://idp.example.com");
        for (int i = 0; i < settings.length; i += 2) {
            keys.put(KEY + settings[i], settings[i + 1]);
        }
        TargetProperties properties =
                new Binder(new MapConfigurationPropertySource(keys)).bindOrCreate("signalbox", TargetProperties.class);
        return new TargetLogins(new ConfiguredTargets(properties, environment), http, clock);
    }

    private TargetLogins fetching(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "auth.kind",
                "oauth",
                "auth.token-url",
                "https://login.example.com/token",
                "auth.client-id",
                "signal box",
                "secret-env",
                "SECRET"));
        settings.addAll(List.of(more));
        return logins(settings.toArray(String[]::new));
    }

    private void answer(int status, String json) {
        answers.add(new Result.Answered(status, Map.of(), json.getBytes(StandardCharsets.UTF_8)));
    }

    private static Map<String, Object> headers(TargetLogins logins) {
        Map<String, Object> headers = new HashMap<>(Map.of("Authorization", "what a route set"));
        logins.authorize("idp", headers);
        return headers;
    }

    private static String body(Request request) {
        return new String(java.util.Objects.requireNonNull(request.body()), StandardCharsets.UTF_8);
    }

    @Test
    void aTokenThatWasGivenIsSentAsItIs() {
        assertThat(headers(logins("token-env", "TOKEN"))).containsEntry("Authorization", "Bearer a-token");
        assertThat(headers(logins("token-env", "TOKEN", "auth.kind", "basic", "auth.username", "svc")))
                .containsEntry("Authorization", "Basic c3ZjOmEtdG9rZW4=");
        assertThat(headers(logins(
                        "token-env", "TOKEN", "auth.kind", "header", "auth.header", "X-Key", "auth.prefix", "k ")))
                .containsEntry("X-Key", "k a-token")
                .doesNotContainKey("Authorization");
        assertThat(headers(logins())).doesNotContainKey("Authorization");
        assertThat(asked).isEmpty();
    }

    @Test
    void aFetchedTokenIsKeptUntilShortlyBeforeItExpires() {
        TargetLogins logins = fetching("auth.scope", "a b");
        answer(200, "{\"access_token\":\"one\",\"expires_in\":300}");
        answer(200, "{\"access_token\":\"two\",\"expires_in\":300}");

        assertThat(headers(logins)).containsEntry("Authorization", "Bearer one");
        clock.forward(Duration.ofSeconds(270));
        assertThat(headers(logins)).containsEntry("Authorization", "Bearer one");
        clock.forward(Duration.ofSeconds(15));
        assertThat(headers(logins)).containsEntry("Authorization", "Bearer two");

        assertThat(asked).hasSize(2);
        assertThat(body(asked.get(0))).isEqualTo("grant_type=client_credentials&scope=a+b");
        // Both are form-encoded before they are joined by the colon.
        assertThat(asked.get(0).headers())
                .containsEntry(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(
                                                "signal+box:0123456789ab%3Adef".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aTokenThatTheTargetRefusesIsFetchedAnewOnce() {
        TargetLogins logins = fetching("auth.client-authentication", "post");
        answer(200, "{\"access_token\":\"one\"}");
        answer(200, "{\"access_token\":\"two\"}");
        headers(logins);

        assertThat(logins.again("idp", 403)).isFalse();
        assertThat(logins.again("idp", 401)).isTrue();
        assertThat(headers(logins)).containsEntry("Authorization", "Bearer two");
        assertThat(body(asked.get(0))).contains("client_id=signal+box").contains("client_secret=0123456789ab%3Adef");
        assertThat(logins("token-env", "TOKEN").again("idp", 401)).isFalse();
    }

    @Test
    void aTokenEndpointThatIsDownIsTriedAgainAndOneThatRefusesIsNot() {
        TargetLogins logins = fetching();
        answers.add(new Result.Unreachable("refused"));
        answer(503, "");
        answer(401, "{\"error\":\"invalid_client\",\"error_description\":\"alice@acme.example\"}");
        answer(200, "not json");

        assertThat(ended(logins)).isInstanceOf(Outcome.NoAnswer.class);
        assertThat(ended(logins)).isInstanceOf(Outcome.NoAnswer.class);
        assertThat(ended(logins))
                .isEqualTo(new Outcome.Refused("The token endpoint gives no token: HTTP 401: invalid_client"));
        assertThat(ended(logins)).isInstanceOf(Outcome.Refused.class);
    }

    private static Outcome ended(TargetLogins logins) {
        try {
            headers(logins);
        } catch (AttemptEndedException e) {
            return AttemptFailure.outcome(new IllegalStateException(e));
        }
        throw new AssertionError("a token was fetched");
    }

    /** RFC 7523, 2.1 and 3. */
    @Test
    void anAssertionIsSignedWithTheKeyAndNamesTheTokenEndpoint() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        environment.setProperty(
                "SECRET",
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----");
        TargetLogins logins = fetching("auth.kind", "jwt-bearer", "auth.subject", "admin@acme.example");
        answer(200, "{\"access_token\":\"one\",\"expires_in\":3600}");

        assertThat(headers(logins)).containsEntry("Authorization", "Bearer one");

        String[] jwt = body(asked.get(0)).replaceFirst(".*&assertion=", "").split("\\.");
        Signature check = Signature.getInstance("SHA256withRSA");
        check.initVerify(keys.getPublic());
        check.update((jwt[0] + "." + jwt[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(check.verify(Base64.getUrlDecoder().decode(jwt[2]))).isTrue();
        assertThat(Wire.readObject(new String(Base64.getUrlDecoder().decode(jwt[1]), StandardCharsets.UTF_8)))
                .containsEntry("iss", "signal box")
                .containsEntry("sub", "admin@acme.example")
                .containsEntry("aud", "https://login.example.com/token");
    }

    @Test
    void aCredentialThatIsNotUsedStopsTheStart() {
        assertThatThrownBy(() -> fetching("token-env", "TOKEN")).hasMessageContaining(KEY + "token-file:");
        assertThatThrownBy(() -> logins("auth.kind", "basic", "auth.username", "a:b", "token-env", "TOKEN"))
                .hasMessageContaining(KEY + "auth.username:");
        assertThatThrownBy(() -> logins("auth.kind", "basic", "auth.username", "svc"))
                .hasMessageContaining(KEY + "token-file:");
    }
}
