package io.signalbox.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A transmitter on loopback with streams, by the letter of SSF 1.0: it takes nothing from a receiver that the text does not
 * have, and keeps book of every fault it found. A {@link Quirk} makes it misbehave in one way.
 */
public final class StreamTransmitter implements AutoCloseable {

    public static final String CLIENT = "receiver one";
    public static final String SECRET = "a:secret/with+signs";

    /** After how long it says that it stops a stream. */
    public static final Duration INACTIVITY = Duration.ofHours(4);

    /** The one thing that it does otherwise than the text has it. */
    public enum Quirk {
        NAMES_ANOTHER_ISSUER,
        METADATA_AS_TEXT,
        METADATA_LACK_THE_CONFIGURATION_ENDPOINT,
        METADATA_LACK_THE_KEYS,
        METADATA_LACK_THE_VERSION,
        METADATA_LACK_THE_METHOD,
        KEYS_ARE_GONE,
        TOKEN_OF_ANOTHER_TYPE,
        CREATES_WITH_200,
        CREATES_BY_REDIRECT,
        CREATES_FOR_ANOTHER_ISSUER,
        CREATES_WITHOUT_AN_ID,
        CREATES_WITHOUT_AN_AUDIENCE,
        CREATES_THE_OTHER_METHOD,
        CREATES_ANOTHER_PUSH_URL,
        DELIVERS_WHAT_WAS_NOT_ASKED_FOR,
        ALLOWS_NO_STREAM,
        READS_ANOTHER_AUDIENCE,
        LISTS_NOTHING,
        LISTS_AN_OBJECT,
        IGNORES_A_PATCH,
        PATCHES_MORE_THAN_WAS_ASKED,
        IGNORES_A_PUT,
        DECIDES_LATER,
        HAS_A_STATUS_OF_ITS_OWN,
        TELLS_ANOTHER_STREAMS_STATUS,
        IGNORES_A_PAUSE,
        VERIFIES_WITH_200,
        ASKS_FOR_PATIENCE,
        SENDS_NO_VERIFICATION,
        SENDS_ANOTHER_STATE,
        SENDS_ANOTHER_SUBJECT,
        SENDS_NO_SUB_ID,
        SENDS_A_SUB,
        SENDS_AN_EXP,
        SENDS_TYP_JWT,
        SENDS_WITH_ANOTHER_KEY,
        SENDS_TO_ANOTHER_AUDIENCE,
        SENDS_FROM_ANOTHER_ISSUER,
        SENDS_WHAT_WAS_NOT_ASKED_FOR,
        VERIFIES_UNASKED,
        PUSHES_WITHOUT_AUTHORIZATION,
        PUSHES_ANOTHER_TYPE,
        PUSHES_EVERYTHING_TWICE,
        POLLS_WITHOUT_SETS,
        POLLS_UNDER_ANOTHER_JTI,
        IGNORES_ACKNOWLEDGEMENTS,
        STOPS_WHEN_NOBODY_CALLS,
        DELETES_WITH_200
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
    private static final String SSF = "https://schemas.openid.net/secevent/ssf/event-type/";
    private static final String PUSH = "urn:ietf:rfc:8935";
    private static final String POLL = "urn:ietf:rfc:8936";
    private static final Set<String> WRITABLE = Set.of("delivery", "events_requested", "description");

    private final HttpServer server;
    private final String scheme;
    private final FakeTransmitter keys = FakeTransmitter.start();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    /** Pushes of the same: both come while there is somebody who can notice, so a stream is deleted after them. */
    private final List<CompletableFuture<Void>> twice = new CopyOnWriteArrayList<>();

    private final HttpClient pushes;
    private final Set<Quirk> quirks;
    private final Map<String, Stream> streams = new ConcurrentHashMap<>();
    private final Map<String, Integer> repeated = new ConcurrentHashMap<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger number = new AtomicInteger();
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private final AtomicInteger withdrawn = new AtomicInteger();
    private volatile String lastState = "";

    private static final class Stream {
        private final String id;
        private final String audience;
        private ObjectNode delivery;
        private List<String> requested = List.of();
        private String description = "";
        private String status = "enabled";
        private final Map<String, String> queue = new LinkedHashMap<>();

        private Stream(String id, String audience) {
            this.id = id;
            this.audience = audience;
            this.delivery = JSON.createObjectNode();
        }
    }

    private StreamTransmitter(Set<Quirk> quirks, @Nullable SSLContext tls) throws IOException {
        this.quirks = quirks;
        HttpClient.Builder client = HttpClient.newBuilder().executor(threads);
        pushes = (tls == null ? client : client.sslContext(tls)).build();
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", 0);
        if (tls == null) {
            server = HttpServer.create(address, 0);
            scheme = "http";
        } else {
            HttpsServer https = HttpsServer.create(address, 0);
            https.setHttpsConfigurator(new HttpsConfigurator(tls));
            server = https;
            scheme = "https";
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public static StreamTransmitter start(Quirk... quirks) {
        return start(null, quirks);
    }

    /** The same, over TLS; what the context trusts may be pushed to. */
    public static StreamTransmitter start(@Nullable SSLContext tls, Quirk... quirks) {
        try {
            Set<Quirk> set = EnumSet.noneOf(Quirk.class);
            set.addAll(Arrays.asList(quirks));
            return new StreamTransmitter(set, tls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String base() {
        return scheme + "://127.0.0.1:" + server.getAddress().getPort();
    }

    /** With a path, so that its metadata do not lie at the host's root. */
    public String issuer() {
        return base() + "/t1";
    }

    public URI tokenUri() {
        return URI.create(base() + "/token");
    }

    /** What receivers did that the text does not have. */
    public List<String> faults() {
        return faults;
    }

    /** Method and path of every call, in order. */
    public List<String> calls() {
        return calls;
    }

    public Set<String> streamIds() {
        return new HashSet<>(streams.keySet());
    }

    /** The state of the verification that was asked for last. */
    public String lastState() {
        return lastState;
    }

    /** How often a receiver logged in. */
    public int tokensIssued() {
        return tokens.size() + withdrawn.get();
    }

    /** No token that was issued is good any more. */
    public void withdrawTokens() {
        withdrawn.addAndGet(tokens.size());
        tokens.clear();
    }

    /** Makes a stream as if its receiver had, and gives its id. */
    public String makeStream(String description, String... events) {
        Stream stream = new Stream("st-" + number.incrementAndGet(), "https://receiver.example/one");
        stream.delivery.put("method", POLL).put("endpoint_url", issuer() + "/poll/" + stream.id);
        stream.requested = List.of(events);
        stream.description = description;
        streams.put(stream.id, stream);
        return stream.id;
    }

    /** The transmitter itself pauses a stream. */
    public void pause(String id) {
        Objects.requireNonNull(streams.get(id)).status = "paused";
    }

    /** The stream's configuration as it stands. */
    public JsonNode stream(String id) {
        return describe(Objects.requireNonNull(streams.get(id)));
    }

    /** Sends an event of this CAEP type on every stream that has it. */
    public void happens(String type) {
        for (Stream stream : streams.values()) {
            send(stream, CAEP + type, JSON.createObjectNode().put("event_timestamp", now()), null);
        }
    }

    private boolean is(Quirk quirk) {
        return quirks.contains(quirk);
    }

    // ---- the interface

    private record Out(int status, @Nullable JsonNode body, Map<String, String> headers) {
        Out(int status, @Nullable JsonNode body) {
            this(status, body, Map.of());
        }
    }

    private static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        private Fault(int status, String what) {
            super(what);
            this.status = status;
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            calls.add(exchange.getRequestMethod() + " " + path);
            byte[] body = exchange.getRequestBody().readAllBytes();
            Out out;
            try {
                out = judge(exchange, path, body);
            } catch (Fault fault) {
                if (fault.status != 401) {
                    faults.add(
                            exchange.getRequestMethod() + " " + path + ": " + fault.status + " " + fault.getMessage());
                }
                out = new Out(fault.status, JSON.createObjectNode().put("error", "invalid_request"));
            }
            byte[] bytes = out.body() == null ? new byte[0] : JSON.writeValueAsBytes(out.body());
            exchange.getResponseHeaders()
                    .set(
                            "Content-Type",
                            path.startsWith("/.well-known") && is(Quirk.METADATA_AS_TEXT)
                                    ? "text/plain"
                                    : "application/json");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            out.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(out.status(), bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private Out judge(HttpExchange exchange, String path, byte[] body) throws IOException {
        String method = exchange.getRequestMethod();
        if (path.equals("/.well-known/ssf-configuration/t1") && method.equals("GET")) {
            return new Out(200, metadata());
        }
        if (path.equals("/t1/jwks") && method.equals("GET")) {
            return is(Quirk.KEYS_ARE_GONE) ? new Out(404, null) : new Out(200, JSON.readTree(publicKeys()));
        }
        if (path.equals("/token") && method.equals("POST")) {
            return token(exchange, new String(body, StandardCharsets.UTF_8));
        }
        if (!path.startsWith("/t1/")) {
            throw new Fault(404, "no such place");
        }
        authorized(exchange);
        return switch (path.substring("/t1/".length()).split("/")[0]) {
            case "streams" -> streams(exchange, method, body);
            case "status" -> status(exchange, method, body);
            case "verify" -> verify(exchange, method, body);
            case "subjects" -> subjects(exchange, path, body);
            case "poll" -> poll(exchange, method, path, body);
            default -> throw new Fault(404, "no such place");
        };
    }

    private JsonNode metadata() {
        ObjectNode metadata = JSON.createObjectNode();
        metadata.put("spec_version", "1_0");
        metadata.put("issuer", is(Quirk.NAMES_ANOTHER_ISSUER) ? issuer() + "/" : issuer());
        metadata.put("jwks_uri", issuer() + "/jwks");
        metadata.putArray("delivery_methods_supported").add(PUSH).add(POLL);
        metadata.put("configuration_endpoint", issuer() + "/streams");
        metadata.put("status_endpoint", issuer() + "/status");
        metadata.put("add_subject_endpoint", issuer() + "/subjects/add");
        metadata.put("remove_subject_endpoint", issuer() + "/subjects/remove");
        metadata.put("verification_endpoint", issuer() + "/verify");
        metadata.put("default_subjects", "ALL");
        metadata.put("something_else", true);
        metadata.putArray("authorization_schemes").addObject().put("spec_urn", "urn:ietf:rfc:6749");
        if (is(Quirk.METADATA_LACK_THE_CONFIGURATION_ENDPOINT)) {
            metadata.remove("configuration_endpoint");
        }
        if (is(Quirk.METADATA_LACK_THE_KEYS)) {
            metadata.remove("jwks_uri");
        }
        if (is(Quirk.METADATA_LACK_THE_VERSION)) {
            metadata.remove("spec_version");
        }
        if (is(Quirk.METADATA_LACK_THE_METHOD)) {
            metadata.putArray("delivery_methods_supported").add("urn:example:pigeon");
        }
        return metadata;
    }

    private String publicKeys() {
        return new com.nimbusds.jose.jwk.JWKSet(List.of(keys.rsa(), keys.p256())).toString(true);
    }

    private Out token(HttpExchange exchange, String form) {
        type(exchange, "application/x-www-form-urlencoded");
        Map<String, String> fields = new LinkedHashMap<>();
        for (String pair : form.split("&")) {
            String[] parts = pair.split("=", 2);
            fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        String id = fields.get("client_id");
        String secret = fields.get("client_secret");
        if (authorization != null && authorization.startsWith("Basic ")) {
            String[] pair = new String(Base64.getDecoder().decode(authorization.substring(6)), StandardCharsets.UTF_8)
                    .split(":", 2);
            id = URLDecoder.decode(pair[0], StandardCharsets.UTF_8);
            secret = URLDecoder.decode(pair[1], StandardCharsets.UTF_8);
        }
        if (!"client_credentials".equals(fields.get("grant_type"))) {
            throw new Fault(400, "no grant type that is known");
        }
        if (!CLIENT.equals(id) || !SECRET.equals(secret)) {
            return new Out(401, JSON.createObjectNode().put("error", "invalid_client"));
        }
        String value = "token-" + number.incrementAndGet();
        tokens.add(value);
        return new Out(
                200,
                JSON.createObjectNode()
                        .put("access_token", value)
                        .put("token_type", is(Quirk.TOKEN_OF_ANOTHER_TYPE) ? "mac" : "bearer")
                        .put("expires_in", 600));
    }

    private void authorized(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        if (header == null || !header.startsWith("Bearer ") || !tokens.contains(header.substring(7))) {
            throw new Fault(401, "no token that is known");
        }
    }

    private static void type(HttpExchange exchange, String expected) {
        if (!expected.equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
            throw new Fault(400, "the Content-Type is not " + expected);
        }
        if (!"application/json".equals(exchange.getRequestHeaders().getFirst("Accept"))) {
            throw new Fault(400, "the Accept header is not application/json");
        }
    }

    private static ObjectNode json(HttpExchange exchange, byte[] body) {
        type(exchange, "application/json");
        try {
            return (ObjectNode) JSON.readTree(body);
        } catch (IOException | ClassCastException e) {
            throw new Fault(400, "the body is no JSON object");
        }
    }

    private static void only(ObjectNode body, Set<String> allowed) {
        for (Iterator<String> names = body.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!allowed.contains(name)) {
                throw new Fault(400, "the member " + name + " is not the receiver's to write");
            }
        }
    }

    private Stream known(@Nullable String id) {
        if (id == null || id.isEmpty()) {
            throw new Fault(400, "stream_id is missing");
        }
        Stream stream = streams.get(id);
        if (stream == null) {
            throw new Fault(404, "there is no stream " + id);
        }
        return stream;
    }

    private static @Nullable String query(HttpExchange exchange) {
        String query = exchange.getRequestURI().getRawQuery();
        return query == null || !query.startsWith("stream_id=")
                ? null
                : URLDecoder.decode(query.substring("stream_id=".length()), StandardCharsets.UTF_8);
    }

    private Out streams(HttpExchange exchange, String method, byte[] body) {
        switch (method) {
            case "POST" -> {
                return create(exchange, body);
            }
            case "GET" -> {
                String id = query(exchange);
                if (id == null) {
                    ArrayNode all = JSON.createArrayNode();
                    streams.values().forEach(stream -> all.add(describe(stream)));
                    if (is(Quirk.LISTS_AN_OBJECT)) {
                        return new Out(200, all.get(0));
                    }
                    return new Out(200, is(Quirk.LISTS_NOTHING) ? JSON.createArrayNode() : all);
                }
                ObjectNode found = describe(known(id));
                if (is(Quirk.READS_ANOTHER_AUDIENCE)) {
                    found.put("aud", "https://somebody-else.example");
                }
                return new Out(200, found);
            }
            case "PATCH", "PUT" -> {
                ObjectNode change = json(exchange, body);
                Set<String> allowed = new HashSet<>(WRITABLE);
                allowed.add("stream_id");
                only(change, allowed);
                Stream stream = known(change.path("stream_id").asText(null));
                if (is(Quirk.DECIDES_LATER) && repeated.merge(method, 1, Integer::sum) < 2) {
                    return new Out(202, null);
                }
                return change(stream, change, method.equals("PUT"));
            }
            case "DELETE" -> {
                twice.forEach(CompletableFuture::join);
                Stream stream = known(query(exchange));
                if (!stream.queue.isEmpty()) {
                    faults.add("DELETE while there are SETs that were not acknowledged");
                }
                streams.remove(stream.id);
                return new Out(is(Quirk.DELETES_WITH_200) ? 200 : 204, null);
            }
            default -> throw new Fault(405, "no such method");
        }
    }

    private Out create(HttpExchange exchange, byte[] body) {
        ObjectNode wanted = json(exchange, body);
        only(wanted, WRITABLE);
        if (wanted.path("events_requested").isEmpty()) {
            throw new Fault(400, "events_requested is missing or empty");
        }
        if (is(Quirk.ALLOWS_NO_STREAM)) {
            return new Out(409, null);
        }
        if (is(Quirk.CREATES_BY_REDIRECT)) {
            return new Out(307, null, Map.of("Location", "/t1/streams"));
        }
        Stream stream = new Stream("st-" + number.incrementAndGet(), "https://receiver.example/one");
        deliver(stream, wanted.path("delivery"));
        stream.requested = texts(wanted.path("events_requested"));
        stream.description = wanted.path("description").asText("");
        streams.put(stream.id, stream);
        if (is(Quirk.VERIFIES_UNASKED)) {
            // Before the receiver can know which stream it has.
            send(stream, SSF + "verification", JSON.createObjectNode(), stream.id);
        }
        if (is(Quirk.SENDS_WHAT_WAS_NOT_ASKED_FOR)) {
            send(stream, "https://events.example/other", JSON.createObjectNode(), null);
        }
        ObjectNode made = describe(stream);
        if (is(Quirk.CREATES_FOR_ANOTHER_ISSUER)) {
            made.put("iss", "https://somebody-else.example");
        }
        if (is(Quirk.CREATES_WITHOUT_AN_ID)) {
            made.remove("stream_id");
        }
        if (is(Quirk.CREATES_WITHOUT_AN_AUDIENCE)) {
            made.remove("aud");
        }
        if (is(Quirk.CREATES_THE_OTHER_METHOD)) {
            String other = stream.delivery.path("method").asText().equals(PUSH) ? POLL : PUSH;
            ((ObjectNode) made.path("delivery")).put("method", other);
        }
        if (is(Quirk.CREATES_ANOTHER_PUSH_URL)) {
            ((ObjectNode) made.path("delivery")).put("endpoint_url", "https://receiver.example/other");
        }
        if (is(Quirk.DELIVERS_WHAT_WAS_NOT_ASKED_FOR)) {
            ((ArrayNode) made.path("events_delivered")).add(CAEP + "token-claims-change");
        }
        return new Out(is(Quirk.CREATES_WITH_200) ? 200 : 201, made);
    }

    private void deliver(Stream stream, JsonNode delivery) {
        String method = delivery.path("method").asText(POLL);
        if (!method.equals(PUSH) && !method.equals(POLL)) {
            throw new Fault(400, "there is no such delivery method");
        }
        String own = issuer() + "/poll/" + stream.id;
        if (method.equals(PUSH) && delivery.path("endpoint_url").asText("").isEmpty()) {
            throw new Fault(400, "a push stream needs an endpoint_url");
        }
        if (method.equals(POLL) && !delivery.path("endpoint_url").asText(own).equals(own)) {
            throw new Fault(400, "the endpoint_url of a poll stream is the transmitter's");
        }
        stream.delivery = JSON.createObjectNode().put("method", method);
        stream.delivery.put(
                "endpoint_url",
                method.equals(POLL) ? own : delivery.path("endpoint_url").asText());
        if (delivery.hasNonNull("authorization_header")) {
            stream.delivery.put(
                    "authorization_header",
                    delivery.path("authorization_header").asText());
        }
    }

    private Out change(Stream stream, ObjectNode change, boolean whole) {
        if (!is(whole ? Quirk.IGNORES_A_PUT : Quirk.IGNORES_A_PATCH)) {
            if (change.has("delivery") || whole) {
                deliver(stream, change.path("delivery"));
            }
            if (change.has("events_requested") || whole) {
                stream.requested = texts(change.path("events_requested"));
            }
            if (change.has("description") || whole) {
                stream.description = change.path("description").asText("");
            }
        }
        if (is(Quirk.PATCHES_MORE_THAN_WAS_ASKED) && !whole) {
            stream.requested = List.of();
        }
        return new Out(200, describe(stream));
    }

    private ObjectNode describe(Stream stream) {
        ObjectNode json = JSON.createObjectNode();
        json.put("stream_id", stream.id);
        json.put("iss", issuer());
        json.putArray("aud").add(stream.audience);
        json.set("delivery", stream.delivery.deepCopy());
        ((ObjectNode) json.path("delivery")).remove("authorization_header");
        json.set("events_supported", JSON.valueToTree(supported()));
        json.set("events_requested", JSON.valueToTree(stream.requested));
        json.set("events_delivered", JSON.valueToTree(delivered(stream)));
        json.put("description", stream.description);
        json.put("min_verification_interval", 1);
        if (is(Quirk.STOPS_WHEN_NOBODY_CALLS)) {
            json.put("inactivity_timeout", INACTIVITY.toSeconds());
        }
        return json;
    }

    private static List<String> supported() {
        return List.of(CAEP + "session-revoked", CAEP + "credential-change");
    }

    private static List<String> delivered(Stream stream) {
        return stream.requested.stream().filter(supported()::contains).toList();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private Out status(HttpExchange exchange, String method, byte[] body) {
        Stream stream;
        if (method.equals("GET")) {
            stream = known(query(exchange));
        } else {
            ObjectNode wanted = json(exchange, body);
            only(wanted, Set.of("stream_id", "status", "reason"));
            stream = known(wanted.path("stream_id").asText(null));
            String word = wanted.path("status").asText();
            if (!List.of("enabled", "paused", "disabled").contains(word)) {
                throw new Fault(400, "there is no such status");
            }
            if (!is(Quirk.IGNORES_A_PAUSE)) {
                stream.status = word;
            }
        }
        return new Out(
                200,
                JSON.createObjectNode()
                        .put("stream_id", is(Quirk.TELLS_ANOTHER_STREAMS_STATUS) ? "another" : stream.id)
                        .put("status", is(Quirk.HAS_A_STATUS_OF_ITS_OWN) ? "active" : stream.status));
    }

    private Out verify(HttpExchange exchange, String method, byte[] body) {
        if (!method.equals("POST")) {
            throw new Fault(405, "no such method");
        }
        ObjectNode wanted = json(exchange, body);
        only(wanted, Set.of("stream_id", "state"));
        Stream stream = known(wanted.path("stream_id").asText(null));
        lastState = wanted.path("state").asText();
        if (is(Quirk.ASKS_FOR_PATIENCE) && repeated.merge("verify", 1, Integer::sum) < 2) {
            return new Out(429, null, Map.of("Retry-After", "1"));
        }
        if (!is(Quirk.SENDS_NO_VERIFICATION)) {
            ObjectNode event = JSON.createObjectNode();
            if (wanted.has("state")) {
                event.put(
                        "state",
                        is(Quirk.SENDS_ANOTHER_STATE)
                                ? "another"
                                : wanted.path("state").asText());
            }
            send(stream, SSF + "verification", event, is(Quirk.SENDS_ANOTHER_SUBJECT) ? "another" : stream.id);
        }
        return new Out(is(Quirk.VERIFIES_WITH_200) ? 200 : 204, null);
    }

    private Out subjects(HttpExchange exchange, String path, byte[] body) {
        ObjectNode wanted = json(exchange, body);
        boolean add = path.endsWith("/add");
        only(wanted, add ? Set.of("stream_id", "subject", "verified") : Set.of("stream_id", "subject"));
        known(wanted.path("stream_id").asText(null));
        if (!wanted.path("subject").hasNonNull("format")) {
            throw new Fault(400, "the subject has no format");
        }
        return new Out(add ? 200 : 204, null);
    }

    private Out poll(HttpExchange exchange, String method, String path, byte[] body) {
        if (!method.equals("POST")) {
            throw new Fault(405, "no such method");
        }
        ObjectNode wanted = json(exchange, body);
        only(wanted, Set.of("maxEvents", "returnImmediately", "ack", "setErrs"));
        if (wanted.has("setErrs") && exchange.getRequestHeaders().getFirst("Content-Language") == null) {
            throw new Fault(400, "setErrs without a Content-Language");
        }
        Stream stream = known(path.substring(path.lastIndexOf('/') + 1));
        ObjectNode answer = JSON.createObjectNode();
        synchronized (stream) {
            if (!is(Quirk.IGNORES_ACKNOWLEDGEMENTS)) {
                wanted.path("ack").forEach(jti -> stream.queue.remove(jti.asText()));
                wanted.path("setErrs").fieldNames().forEachRemaining(stream.queue::remove);
            }
            ObjectNode sets = answer.putObject("sets");
            int room = wanted.path("maxEvents").asInt(100);
            for (Map.Entry<String, String> waiting : stream.queue.entrySet()) {
                if (sets.size() < room) {
                    sets.put(
                            is(Quirk.POLLS_UNDER_ANOTHER_JTI) ? waiting.getKey() + "-other" : waiting.getKey(),
                            waiting.getValue());
                }
            }
            answer.put("moreAvailable", sets.size() < stream.queue.size());
        }
        if (is(Quirk.POLLS_WITHOUT_SETS)) {
            answer.remove("sets");
        }
        return new Out(200, answer);
    }

    // ---- the SETs

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    /** @param streamId the subject, if it is the stream itself */
    private void send(Stream stream, String type, ObjectNode event, @Nullable String streamId) {
        String jti = "jti-" + number.incrementAndGet();
        Sets set = keys.set(Instant.now())
                .with("iss", is(Quirk.SENDS_FROM_ANOTHER_ISSUER) ? "https://somebody-else.example" : issuer())
                .with("jti", jti)
                .with("aud", is(Quirk.SENDS_TO_ANOTHER_AUDIENCE) ? "https://somebody-else.example" : stream.audience)
                .with("txn", "txn-" + jti)
                .with(
                        "sub_id",
                        streamId == null
                                ? Map.of("format", "email", "email", "alice@acme.example")
                                : Map.of("format", "opaque", "id", streamId))
                .with("events", Map.of(type, JSON.convertValue(event, Map.class)));
        if (is(Quirk.SENDS_NO_SUB_ID)) {
            set = set.without("sub_id");
        }
        if (is(Quirk.SENDS_A_SUB)) {
            set = set.with("sub", "alice");
        }
        if (is(Quirk.SENDS_AN_EXP)) {
            set = set.with("exp", now() + 60);
        }
        if (is(Quirk.SENDS_TYP_JWT)) {
            set = set.header("typ", "JWT");
        }
        if (is(Quirk.SENDS_WITH_ANOTHER_KEY)) {
            set = set.signedSilentlyBy(FakeTransmitter.newRsa("other", 2048), JWSAlgorithm.RS256);
        }
        String compact = set.compact();
        if (stream.delivery.path("method").asText().equals(POLL)) {
            synchronized (stream) {
                stream.queue.put(jti, compact);
            }
            return;
        }
        if (!is(Quirk.PUSHES_EVERYTHING_TWICE)) {
            threads.execute(() -> push(stream, compact));
            return;
        }
        for (int time = 0; time < 2; time++) {
            twice.add(CompletableFuture.runAsync(() -> push(stream, compact), threads));
        }
    }

    private void push(Stream stream, String compact) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(stream.delivery.path("endpoint_url").asText()))
                .header("Content-Type", is(Quirk.PUSHES_ANOTHER_TYPE) ? "application/jwt" : "application/secevent+jwt")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(compact));
        if (stream.delivery.hasNonNull("authorization_header") && !is(Quirk.PUSHES_WITHOUT_AUTHORIZATION)) {
            request.header(
                    "Authorization",
                    stream.delivery.path("authorization_header").asText());
        }
        try {
            HttpResponse<String> answer = pushes.send(request.build(), HttpResponse.BodyHandlers.ofString());
            judge(answer);
        } catch (IOException e) {
            faults.add("a push was not taken: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** RFC 8935, sections 2.2 and 2.3: exactly 202 and nothing, or 400 with what was wrong. */
    private void judge(HttpResponse<String> answer) {
        if (answer.statusCode() == 202) {
            if (!answer.body().isEmpty()) {
                faults.add("a 202 has a body");
            }
            return;
        }
        if (answer.statusCode() != 400) {
            faults.add("a push was answered " + answer.statusCode());
            return;
        }
        try {
            JsonNode error = JSON.readTree(answer.body());
            if (!error.hasNonNull("err") || !error.hasNonNull("description")) {
                faults.add("a 400 has no err and description");
            }
        } catch (JsonProcessingException e) {
            faults.add("a 400 is no JSON");
        }
        if (answer.headers().firstValue("Content-Language").isEmpty()) {
            faults.add("a 400 has no Content-Language");
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        keys.close();
    }
}
