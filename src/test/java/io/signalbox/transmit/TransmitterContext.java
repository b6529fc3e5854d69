package io.signalbox.transmit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import io.signalbox.store.Outbox;
import io.signalbox.store.StreamBook;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.Introspector;
import io.signalbox.testing.RecordingTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * A gateway that transmits, known to its receivers by nothing but HTTP. One start for all tests that are based on this; each
 * test finds it without streams.
 */
@SpringBootTest(webEnvironment = WebEnvironment.DEFINED_PORT, properties = "management.server.port=0")
public abstract class TransmitterContext {

    protected static final String OPERATOR = "an-operator-s-token-for-this-test";
    protected static final String SECRET = "a:secret/with+signs%";
    protected static final String TOKEN_OF_MANY = "the-token-that-many-has-for-good";
    protected static final String CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
    protected static final String RISC = "https://schemas.openid.net/secevent/risc/event-type/";
    protected static final String SSF = "https://schemas.openid.net/secevent/ssf/event-type/";
    protected static final String PUSH = "urn:ietf:rfc:8935";
    protected static final String POLL = "urn:ietf:rfc:8936";
    protected static final FakeTransmitter SENDER = FakeTransmitter.start();
    protected static final RSAKey CLIENT_KEY = FakeTransmitter.newRsa("client-key", 2048);
    protected static final Introspector INTROSPECTOR = Introspector.start();

    /** Where policy has accounts disabled. */
    protected static final RecordingTarget DESK = new RecordingTarget();

    protected static final String OUTSIDE = "https://login.example";
    protected static final int PORT = freePort();
    protected static final String BASE = "http://127.0.0.1:" + PORT;

    /** With a path, so that the metadata do not lie at the host's root. */
    protected static final String ISSUER = BASE + "/t1";

    /** Of a tenant, beside the one above. */
    protected static final String BLUE = BASE + "/tenants/blue";

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> CLIENTS =
            List.of("one", "many", "reader", "keyed", "acme", "blue", "federated", "introspected");

    @Autowired
    protected StreamBook book;

    @Autowired
    protected Outbox outbox;

    protected Gateway gateway = new Gateway(BASE, OPERATOR);

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry registry) throws IOException {
        // Made once for all classes, so that they share the start as well.
        Path home = Files.createTempDirectory("transmitter");
        Path rules = home.resolve("rules");
        Path policy = Files.createDirectories(rules.resolve("policy"));
        Files.writeString(policy.resolve("relay.cases.yaml"), "[]");
        Files.writeString(policy.resolve("relay.drl"), """
                package policy

                import io.signalbox.event.SecurityEvent
                import java.util.Map

                global io.signalbox.action.Actions actions

                rule "Everything is relayed"
                when
                  SecurityEvent()
                then
                  actions.request("signal.relay", Map.of());
                end

                rule "An account that was told to be taken over is disabled"
                when
                  SecurityEvent( payload.alias == "risc/credential-compromise" )
                then
                  actions.request("account.disable", Map.of());
                end
                """);
        Files.writeString(home.resolve("operator"), OPERATOR);
        Files.writeString(home.resolve("secret"), SECRET + "\n");
        Files.writeString(home.resolve("token"), TOKEN_OF_MANY + "\n");
        Files.writeString(home.resolve("keys"), new JWKSet(CLIENT_KEY.toPublicJWK()).toString());
        Files.writeString(home.resolve("introspection"), Introspector.SECRET + "\n");
        Files.writeString(home.resolve("desk"), "a-secret-shared-with-the-desk");
        registry.add("signalbox.targets.desk.kind", () -> "webhook");
        registry.add("signalbox.targets.desk.url", () -> DESK.url() + "/hook");
        registry.add(
                "signalbox.targets.desk.secret-file", () -> home.resolve("desk").toString());
        registry.add("signalbox.guard.budgets", () -> "");
        registry.add("signalbox.transmitter.tenants[0].name", () -> "blue");
        registry.add("signalbox.transmitter.tenants[0].issuer", () -> BLUE);
        registry.add("signalbox.transmitter.tenants[0].subjects", () -> "email:*@blue.example");
        String servers = "signalbox.transmitter.authorization-servers";
        registry.add(servers + "[0].name", () -> "signing");
        registry.add(servers + "[0].issuer", () -> OUTSIDE);
        registry.add(servers + "[0].jwks-uri", () -> SENDER.jwksUri().toString());
        registry.add(servers + "[0].audiences", () -> ISSUER);
        registry.add(servers + "[0].client-claim", () -> "azp");
        registry.add(servers + "[1].name", () -> "asked");
        registry.add(servers + "[1].issuer", () -> "https://asked.example");
        registry.add(servers + "[1].introspection-uri", INTROSPECTOR::uri);
        registry.add(servers + "[1].introspection-client-id", () -> Introspector.CLIENT);
        registry.add(servers + "[1].introspection-secret-file", () -> home.resolve("introspection")
                .toString());
        registry.add(servers + "[1].audiences", () -> ISSUER);
        registry.add("server.port", () -> PORT);
        registry.add("signalbox.data-directory", () -> home.resolve("data").toString());
        registry.add("signalbox.rules-directory", rules::toString);
        registry.add(
                "signalbox.admin.token-file", () -> home.resolve("operator").toString());
        registry.add("signalbox.http.allow", () -> "127.0.0.0/8");
        registry.add("signalbox.trust[0].issuer", SENDER::issuer);
        registry.add("signalbox.trust[0].jwks-uri", () -> SENDER.jwksUri().toString());
        registry.add("signalbox.trust[0].audiences", () -> "https://signals.example.com");
        registry.add("signalbox.issuer", () -> ISSUER);
        registry.add("signalbox.transmitter.min-verification-interval", () -> "2s");
        registry.add("signalbox.transmitter.refusals-until-pause", () -> "3");
        registry.add("signalbox.transmitter.inactivity-timeout", () -> "12h");
        registry.add("signalbox.transmitter.push.retry", () -> "200ms,400ms");
        registry.add("signalbox.transmitter.push.timeout", () -> "2s");
        registry.add("signalbox.transmitter.poll.patience", () -> "2s");
        registry.add("signalbox.transmitter.poll.redelivery", () -> "1s");
        client(registry, 0, "one", Map.of("secret-file", home.resolve("secret").toString()));
        client(
                registry,
                1,
                "many",
                Map.of(
                        "token-file", home.resolve("token").toString(),
                        "streams", "2000",
                        "audience", "https://many.example/ssf"));
        client(
                registry,
                2,
                "reader",
                Map.of("secret-file", home.resolve("secret").toString(), "scopes", "ssf.read"));
        client(
                registry,
                3,
                "keyed",
                Map.of(
                        "keys-file",
                        home.resolve("keys").toString(),
                        "algorithm",
                        "ES256",
                        "default-subjects",
                        "NONE",
                        "subject-format",
                        "pairwise"));
        client(
                registry,
                4,
                "acme",
                Map.of(
                        "secret-file",
                        home.resolve("secret").toString(),
                        "algorithm",
                        "EdDSA",
                        "subjects",
                        "email:*@acme.example",
                        "claims",
                        "reason_user",
                        "tell-origin",
                        "false",
                        "tell-actions",
                        "true"));
        client(
                registry,
                5,
                "blue",
                Map.of("secret-file", home.resolve("secret").toString(), "tenant", "blue", "algorithm", "ES256"));
        client(registry, 6, "federated", Map.of("authorization-server", "signing"));
        client(registry, 7, "introspected", Map.of("authorization-server", "asked"));
    }

    private static void client(DynamicPropertyRegistry registry, int place, String id, Map<String, String> members) {
        String key = "signalbox.transmitter.clients[" + place + "].";
        registry.add(key + "id", () -> id);
        if (!members.containsKey("subjects")) {
            registry.add(key + "subjects", () -> "*");
        }
        members.forEach((name, value) -> registry.add(key + name, () -> value));
    }

    @BeforeEach
    void withoutStreams() {
        for (String client : CLIENTS) {
            book.of(client).forEach(stream -> book.remove(stream.id()));
        }
    }

    /** A call of a receiver's. */
    protected HttpResponse<String> call(
            String method, String path, @Nullable String authorization, @Nullable String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : BASE + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return gateway.call(request);
    }

    protected HttpResponse<String> asMany(String method, String path, @Nullable Object body) {
        return call(method, path, "Bearer " + TOKEN_OF_MANY, body == null ? null : json(body));
    }

    protected HttpResponse<String> form(String body, @Nullable String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(BASE + "/oauth2/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return gateway.call(request);
    }

    protected static String basic(String id, String secret) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((encode(id) + ":" + encode(secret)).getBytes(StandardCharsets.UTF_8));
    }

    protected static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Logs in, and gives the value of the header. */
    protected String bearer(String client, String scope) {
        HttpResponse<String> answer =
                form("grant_type=client_credentials&scope=" + encode(scope), basic(client, SECRET));
        return "Bearer " + Gateway.json(answer.body()).path("access_token").asText();
    }

    /** An assertion of the client with a key, good but for these claims; null takes one away. */
    protected static String assertion(Map<String, @Nullable Object> changes) {
        Map<String, @Nullable Object> claims = new HashMap<>();
        claims.put("iss", "keyed");
        claims.put("sub", "keyed");
        claims.put("aud", BASE + "/oauth2/token");
        claims.put("exp", Instant.now().getEpochSecond() + 60);
        claims.put("jti", UUID.randomUUID().toString());
        claims.putAll(changes);
        claims.values().removeIf(value -> value == null);
        return signed(CLIENT_KEY, "JWT", claims);
    }

    /** A JWT, signed with RS256. */
    protected static String signed(RSAKey key, String type, Map<String, @Nullable Object> claims) {
        try {
            JWSObject jws = new JWSObject(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .type(new JOSEObjectType(type))
                            .keyID(key.getKeyID())
                            .build(),
                    new Payload(json(claims)));
            jws.sign(new RSASSASigner(key));
            return jws.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Claims of a token of the outside server that lets its client in, but for these; null takes one away. */
    protected static Map<String, @Nullable Object> outsideClaims(Map<String, @Nullable Object> changes) {
        Map<String, @Nullable Object> claims = new HashMap<>();
        claims.put("iss", OUTSIDE);
        claims.put("sub", "service-account");
        claims.put("azp", "federated");
        claims.put("aud", List.of("account", ISSUER));
        claims.put("scope", "openid ssf.manage");
        claims.put("iat", Instant.now().getEpochSecond());
        claims.put("exp", Instant.now().getEpochSecond() + 300);
        claims.putAll(changes);
        claims.values().removeIf(value -> value == null);
        return claims;
    }

    protected static String outside(Map<String, @Nullable Object> changes) {
        return "Bearer " + signed(SENDER.rsa(), "at+jwt", outsideClaims(changes));
    }

    /** Logs in with it; the token, empty if it is not let in. */
    protected String byAssertion(String assertion) {
        return Gateway.json(form(
                                "grant_type=client_credentials&client_assertion_type="
                                        + encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                                        + "&client_assertion=" + assertion,
                                null)
                        .body())
                .path("access_token")
                .asText();
    }

    /** A stream of the client that may have many. */
    protected JsonNode stream(Map<String, Object> members) {
        return Gateway.json(asMany("POST", "/ssf/streams", members).body());
    }

    protected JsonNode pollStream(String... events) {
        return stream(events.length == 0 ? Map.of() : Map.of("events_requested", List.of(events)));
    }

    protected JsonNode pushStream(RecordingTarget receiver, String... events) {
        return stream(Map.of(
                "events_requested",
                List.of(events),
                "delivery",
                Map.of(
                        "method",
                        PUSH,
                        "endpoint_url",
                        receiver.url() + "/push",
                        "authorization_header",
                        "Bearer abc")));
    }

    protected static String id(JsonNode stream) {
        return stream.path("stream_id").asText();
    }

    /** One poll that does not wait. */
    protected JsonNode poll(String streamId, Map<String, Object> members) {
        Map<String, Object> body = new HashMap<>(Map.of("returnImmediately", true));
        body.putAll(members);
        return Gateway.json(asMany("POST", "/ssf/poll/" + streamId, body).body());
    }

    /** Has an operator say something; the answer. */
    protected JsonNode emit(Map<String, Object> wish) {
        return Gateway.json(operator("POST", "/api/emit", wish).body());
    }

    protected HttpResponse<String> operator(String method, String path, @Nullable Object body) {
        return call(method, path, "Bearer " + OPERATOR, body == null ? null : json(body));
    }

    protected JsonNode revoke(String streamId, String user) {
        return emit(Map.of("type", "caep:session-revoked", "subject", user, "stream", streamId));
    }

    /** What a SET says, without a look at its signature. */
    protected static JsonNode claims(String compact) {
        return Gateway.json(new String(Base64.getUrlDecoder().decode(compact.split("\\.")[1]), StandardCharsets.UTF_8));
    }

    protected static JsonNode header(String compact) {
        return Gateway.json(new String(Base64.getUrlDecoder().decode(compact.split("\\.")[0]), StandardCharsets.UTF_8));
    }

    protected static String json(Object value) {
        try {
            return value instanceof String text ? text : JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
