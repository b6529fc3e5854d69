package io.signalbox.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import io.signalbox.http.GuardedHttp;
import io.signalbox.http.GuardedHttp.Request;
import io.signalbox.http.GuardedHttp.Result;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.MovableClock;
import io.signalbox.testing.StreamTransmitter;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What each answer of a transmitter means, and how we say who we are. */
class StreamClientTest {

    private static final String ISSUER = "https://t.example/one";
    private static final String STREAM = """
            {"stream_id":"st-1","iss":"https://t.example/one","aud":"https://r.example","events_delivered":["urn:x"],
             "delivery":{"method":"urn:ietf:rfc:8936","endpoint_url":"https://t.example/poll/st-1"}}""";

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();

    /** Answers what was put in, in order, and remembers what was asked. */
    private static final class Script implements GuardedHttp {
        private final Deque<Result> answers = new ArrayDeque<>();
        private final List<Request> requests = new ArrayList<>();

        Script then(int status, String body, String... headers) {
            Map<String, List<String>> map =
                    new java.util.TreeMap<>(Map.of("content-type", List.of("application/json")));
            for (int i = 0; i < headers.length; i += 2) {
                map.put(headers[i], List.of(headers[i + 1]));
            }
            answers.add(new Result.Answered(status, map, body.getBytes(StandardCharsets.UTF_8)));
            return this;
        }

        @Override
        public Result exchange(Request request) {
            requests.add(request);
            return answers.isEmpty() ? new Result.Unreachable("nothing is left to answer") : answers.remove();
        }
    }

    private static final TransmitterMetadata METADATA = new TransmitterMetadata(
            ISSUER,
            "1_0",
            URI.create("https://t.example/jwks"),
            List.of(),
            URI.create("https://t.example/streams?tenant=a"),
            URI.create("https://t.example/status"),
            null,
            null,
            URI.create("https://t.example/verify"),
            List.of(),
            List.of(),
            null);

    private static StreamClient client(Script script) {
        return new StreamClient(script, METADATA, Authorization.bearer("static"), deviation -> {});
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                Arguments.of(200, "{}", Answer.Malformed.class, "Answered 200 where the text has 201"),
                Arguments.of(201, STREAM, Answer.Done.class, "done"),
                Arguments.of(201, "[]", Answer.Malformed.class, "no JSON object"),
                Arguments.of(201, "<html>", Answer.Malformed.class, "no JSON"),
                Arguments.of(201, "null", Answer.Malformed.class, "no JSON"),
                Arguments.of(201, "", Answer.Malformed.class, "no JSON"),
                Arguments.of(201, "{}", Answer.Malformed.class, "stream_id is missing"),
                Arguments.of(201, STREAM.replace("\"st-1\",", "7,"), Answer.Malformed.class, "stream_id is no string"),
                Arguments.of(202, "", Answer.Malformed.class, "Answered 202"),
                Arguments.of(302, "", Answer.Malformed.class, "redirects are never followed"),
                Arguments.of(400, "{\"err\":\"bad_thing\"}", Answer.Refused.class, "400 bad_thing"),
                Arguments.of(400, "{\"error\":\"a b<c>\"}", Answer.Refused.class, "answered 400"),
                Arguments.of(401, "", Answer.Refused.class, "ssf.manage and ssf.read"),
                Arguments.of(403, "", Answer.Refused.class, "the scope ssf.manage"),
                Arguments.of(404, "", Answer.Gone.class, "no such stream"),
                Arguments.of(409, "", Answer.Taken.class, "no second one"),
                Arguments.of(429, "", Answer.NotYet.class, "again in 5 s"),
                Arguments.of(500, "", Answer.Refused.class, "answered 500"),
                Arguments.of(503, "", Answer.NotYet.class, "answered 503"));
    }

    @ParameterizedTest(name = "{0} {1}: {3}")
    @MethodSource("answers")
    void knowsWhatAnAnswerToCreateMeans(int status, String body, Class<?> meaning, String told) {
        Script script = new Script().then(status, body);

        Answer<StreamConfiguration> answer =
                client(script).create(new StreamRequest(Delivery.poll(), List.of("urn:x"), "d"));

        assertThat(answer).isInstanceOf(meaning);
        assertThat(answer.told()).contains(told);
    }

    @Test
    void asksAgainWhenItIsToldTo() {
        Script script =
                new Script().then(429, "", "retry-after", "17").then(202, "").then(200, STREAM);
        StreamRequest change = new StreamRequest(null, null, "d");

        assertThat(client(script).patch("st-1", change)).isEqualTo(new Answer.NotYet<>(429, Duration.ofSeconds(17)));
        assertThat(client(script).patch("st-1", change)).isInstanceOf(Answer.Pending.class);
        assertThat(client(script).patch("st-1", change)).isInstanceOf(Answer.Done.class);
        assertThat(bodies(script)).containsOnly("{\"stream_id\":\"st-1\",\"description\":\"d\"}");
    }

    @Test
    void namesTheStreamInTheQueryAndKeepsTheQueryThatIsThere() {
        Script script = new Script().then(204, "").then(200, STREAM);

        assertThat(client(script).delete("a b/c")).isInstanceOf(Answer.Done.class);
        client(script).read("st-1");

        assertThat(script.requests)
                .extracting(Request::uri)
                .containsExactly(
                        URI.create("https://t.example/streams?tenant=a&stream_id=a%20b%2Fc"),
                        URI.create("https://t.example/streams?tenant=a&stream_id=st-1"));
    }

    @Test
    void usesNothingOfAStreamInAnothersName() {
        String foreign = STREAM.replace(ISSUER, ISSUER + "/");
        Script script = new Script().then(201, foreign).then(204, "").then(200, foreign);

        assertThat(client(script).create(new StreamRequest(null, List.of("urn:x"), null)))
                .isInstanceOfSatisfying(
                        Answer.Malformed.class, it -> assertThat(it.rule()).isEqualTo("R-41"));
        assertThat(script.requests.get(1).method()).isEqualTo("DELETE");
        assertThat(client(script).read("st-1")).isInstanceOf(Answer.Malformed.class);
        assertThat(script.requests).hasSize(3);
    }

    @Test
    void asksForNothingThatIsNotOffered() {
        Script script = new Script();

        assertThat(client(script)
                        .addSubject("st-1", new io.signalbox.set.SubjectIdentifier("opaque", Map.of("id", "x")), true))
                .isEqualTo(new Answer.NotOffered<>("add_subject_endpoint"));
        assertThat(script.requests).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://t.example,        https://t.example/.well-known/ssf-configuration",
        "https://t.example/,       https://t.example/.well-known/ssf-configuration",
        "https://t.example/a,      https://t.example/.well-known/ssf-configuration/a",
        "https://t.example/a/,     https://t.example/.well-known/ssf-configuration/a",
        "https://t.example:8443/realms/acme, https://t.example:8443/.well-known/ssf-configuration/realms/acme"
    })
    void insertsTheWellKnownNameBetweenHostAndPath(URI issuer, URI place) {
        assertThat(WellKnown.SSF.of(issuer)).isEqualTo(place);
    }

    @Test
    void readsWhatAKeycloakPublishes() throws IOException {
        Script script = new Script()
                .then(200, Files.readString(Path.of("src/test/resources/keycloak-26.7.3/ssf-configuration.json")));

        TransmitterMetadata metadata = new TransmitterDiscovery(script)
                .discover("http://127.0.0.1:18080/realms/ssflab", WellKnown.SSF)
                .value()
                .orElseThrow();

        assertThat(metadata.configurationEndpoint()).hasPath("/realms/ssflab/ssf/transmitter/streams");
        assertThat(metadata.authorizationSchemes()).containsExactly("urn:ietf:rfc:6749");
        assertThat(metadata.defaultSubjects()).isEqualTo("NONE");
    }

    @Test
    void triesNoOlderNameByItself() {
        Script script = new Script().then(404, "");

        assertThat(new TransmitterDiscovery(script).discover(ISSUER, WellKnown.SSF))
                .isInstanceOf(Answer.Malformed.class);
        assertThat(script.requests).hasSize(1);
        new TransmitterDiscovery(script).discover(ISSUER, WellKnown.SSE);
        assertThat(script.requests.get(1).uri()).hasPath("/.well-known/sse-configuration/one");
    }

    // ---- who we are

    private static final String TOKEN = "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d}";

    @Test
    void keepsATokenForAsLongAsItLasts() {
        Script script = new Script().then(200, TOKEN.formatted("one", 300)).then(200, TOKEN.formatted("two", 300));
        Authorization login = login(script);

        assertThat(login.header()).isEqualTo(new Answer.Done<>("Bearer one"));
        clock.forward(Duration.ofSeconds(260));
        assertThat(login.header()).isEqualTo(new Answer.Done<>("Bearer one"));
        clock.forward(Duration.ofSeconds(20));
        assertThat(login.header()).isEqualTo(new Answer.Done<>("Bearer two"));
        assertThat(script.requests).hasSize(2);
    }

    @Test
    void logsInAgainOnceWhenATokenIsNotTaken() {
        try (LoopbackHttp http = new LoopbackHttp();
                StreamTransmitter transmitter = StreamTransmitter.start()) {
            Authorization login = new ClientLogin(
                    http,
                    Clock.systemUTC(),
                    transmitter.tokenUri(),
                    StreamTransmitter.CLIENT,
                    new ClientAuthentication.Basic(StreamTransmitter.SECRET),
                    List.of());
            TransmitterMetadata metadata = new TransmitterDiscovery(http)
                    .discover(transmitter.issuer(), WellKnown.SSF)
                    .value()
                    .orElseThrow();
            StreamClient client = new StreamClient(http, metadata, login, deviation -> {});
            assertThat(client.list()).isEqualTo(new Answer.Done<>(List.of()));
            transmitter.withdrawTokens();

            assertThat(client.list()).isEqualTo(new Answer.Done<>(List.of()));

            assertThat(transmitter.tokensIssued()).isEqualTo(2);
        }
        Script script = new Script()
                .then(200, TOKEN.formatted("one", 300))
                .then(401, "")
                .then(200, TOKEN.formatted("two", 300))
                .then(401, "");
        assertThat(new StreamClient(script, METADATA, login(script), deviation -> {}).list())
                .isInstanceOf(Answer.Refused.class);
        assertThat(script.requests).hasSize(4);
    }

    @Test
    void saysThatItIsNotTheTransmittersFaultWhenThereIsNoToken() {
        Script script = new Script().then(401, "{\"error\":\"invalid_client\"}");

        Answer<List<StreamConfiguration>> answer =
                new StreamClient(script, METADATA, login(script), deviation -> {}).list();

        assertThat(answer.told()).contains("401 invalid_client", "the client's credentials");
        assertThat(script.requests).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"RS256", "ES256", "ES384"})
    void provesByItsKeyThatItIsItself(String alg) throws Exception {
        RSAKey rsa = FakeTransmitter.newRsa("k", 2048);
        ECKey ec = FakeTransmitter.newEc("k", alg.equals("ES384") ? Curve.P_384 : Curve.P_256);
        PrivateKey key = alg.equals("RS256") ? rsa.toPrivateKey() : ec.toPrivateKey();
        Path file = Files.writeString(folder.resolve("key.pem"), pem(key));
        Script script = new Script().then(200, TOKEN.formatted("one", 300));

        credentials(null, null, file.toString(), null)
                .open(name -> name, name -> null, script, clock)
                .header();

        Map<String, String> form = form(script);
        assertThat(form).containsEntry("client_id", "us").containsEntry("scope", "ssf.manage ssf.read");
        assertThat(script.requests.get(0).headers()).doesNotContainKey("Authorization");
        SignedJWT assertion = SignedJWT.parse(form.get("client_assertion"));
        assertThat(assertion.getHeader().getAlgorithm().getName()).isEqualTo(alg);
        assertThat(assertion.getHeader().getKeyID()).isEqualTo("k");
        assertThat(verifies(assertion, rsa, ec)).isTrue();
        assertThat(assertion.getJWTClaimsSet().getIssuer()).isEqualTo("us");
        assertThat(assertion.getJWTClaimsSet().getSubject()).isEqualTo("us");
        assertThat(assertion.getJWTClaimsSet().getAudience()).containsExactly("https://as.example/token");
        assertThat(assertion.getJWTClaimsSet().getExpirationTime())
                .isEqualTo(Date.from(MovableClock.START.plusSeconds(60)));
    }

    private static boolean verifies(SignedJWT jwt, RSAKey rsa, ECKey ec) throws JOSEException {
        return jwt.getHeader().getAlgorithm().getName().equals("RS256")
                ? jwt.verify(new RSASSAVerifier(rsa))
                : jwt.verify(new ECDSAVerifier(ec));
    }

    @Test
    void namesTheMemberThatIsMissingOrTooMuch() throws IOException {
        String secret = Files.writeString(folder.resolve("secret"), "s").toString();
        String nowhere = folder.resolve("nowhere").toString();
        refused("client-secret-file", credentials(null, null, null, null));
        refused("client-secret-file", credentials(secret, null, nowhere, null));
        refused("client-secret-file", credentials(nowhere, null, null, null));
        refused("client-secret-file", credentials(secret, "VARIABLE", null, null));
        refused("client-secret-env", credentials(null, "VARIABLE", null, null));
        refused("client-key-file", credentials(null, null, secret, null));
        refused("client-authentication", credentials(secret, null, null, "magic"));
        refused("client-authentication", credentials(secret, null, null, "private-key-jwt"));
        refused("token-file", new StreamCredentials(null, "us", null, null, null, null, null, null, secret, null));
        refused("token-uri", new StreamCredentials(null, "us", null, secret, null, null, null, null, null, null));
        refused(
                "client-id",
                new StreamCredentials("https://as.example", null, null, secret, null, null, null, null, null, null));
        refused(
                "token-uri",
                new StreamCredentials("ftp://as.example", "us", null, secret, null, null, null, null, null, null));
    }

    private void refused(String member, StreamCredentials credentials) {
        assertThatThrownBy(() -> credentials.open(name -> "key." + name, name -> null, new Script(), clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("key." + member);
    }

    private static StreamCredentials credentials(
            @Nullable String secretFile,
            @Nullable String secretEnv,
            @Nullable String keyFile,
            @Nullable String method) {
        return new StreamCredentials(
                "https://as.example/token",
                "us",
                method,
                secretFile,
                secretEnv,
                keyFile,
                "k",
                "ssf.manage  ssf.read",
                null,
                null);
    }

    private Authorization login(Script script) {
        return new ClientLogin(
                script,
                clock,
                URI.create("https://as.example/token"),
                "us",
                new ClientAuthentication.Basic("secret"),
                List.of());
    }

    private static Map<String, String> form(Script script) {
        Map<String, String> form = new java.util.TreeMap<>();
        for (String pair : bodies(script).get(0).split("&")) {
            String[] parts = pair.split("=", 2);
            form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return form;
    }

    private static List<String> bodies(Script script) {
        return script.requests.stream()
                .map(request -> request.body() == null ? "" : new String(request.body(), StandardCharsets.UTF_8))
                .toList();
    }

    private static String pem(PrivateKey key) {
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }
}
