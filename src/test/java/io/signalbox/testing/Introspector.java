package io.signalbox.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An authorization server that says what tokens are good for (RFC 7662), and nothing to whoever does not say who it is. */
public final class Introspector {

    public static final String CLIENT = "the gateway";
    public static final String SECRET = "what-the-gateway-asks-with";

    /** A token about which it fails. */
    public static final String FAILING = "token-about-which-nothing-can-be-said";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final Map<String, Map<String, Object>> known = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();

    private Introspector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/introspect", this::answer);
        server.start();
    }

    public static Introspector start() {
        try {
            return new Introspector();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String uri() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/introspect";
    }

    /** From now on this token is active, and good for this. */
    public void knows(String token, Map<String, Object> claims) {
        Map<String, Object> answer = new HashMap<>(claims);
        answer.put("active", true);
        known.put(token, answer);
    }

    /** From now on nobody has this token. */
    public void forgets(String token) {
        known.remove(token);
    }

    /** How often it was asked. */
    public int asked() {
        return asked.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.incrementAndGet();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String token = "";
            for (String pair : body.split("&")) {
                if (pair.startsWith("token=")) {
                    token = URLDecoder.decode(pair.substring(6), StandardCharsets.UTF_8);
                }
            }
            String expected = Base64.getEncoder()
                    .encodeToString((CLIENT.replace(' ', '+') + ":" + SECRET).getBytes(StandardCharsets.UTF_8));
            boolean sayable =
                    ("Basic " + expected).equals(exchange.getRequestHeaders().getFirst("Authorization"))
                            && !token.equals(FAILING);
            byte[] answer = JSON.writeValueAsBytes(known.getOrDefault(token, Map.of("active", false)));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(sayable ? 200 : 500, sayable ? answer.length : -1);
            if (sayable) {
                exchange.getResponseBody().write(answer);
            }
        }
    }
}
