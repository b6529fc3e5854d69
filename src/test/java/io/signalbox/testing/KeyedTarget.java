package io.signalbox.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A webhook receiver that honours the idempotency key: it does each thing once, and answers a repeat like the first. It
 * keeps its own book of what it did. One in twelve it refuses at first with 503, so that retries are under way too.
 */
public final class KeyedTarget implements AutoCloseable {

    private static final int ONE_IN = 12;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> asked = new ConcurrentHashMap<>();
    private final Set<String> done = ConcurrentHashMap.newKeySet();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger repeats = new AtomicInteger();

    public KeyedTarget() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(ask(exchange.getRequestHeaders().getFirst("Idempotency-Key"), body), -1);
        }
    }

    private int ask(String key, byte[] body) {
        if (key == null) {
            wrong.add("no key");
            return 400;
        }
        byte[] first = asked.putIfAbsent(key, body);
        if (first != null && !Arrays.equals(first, body)) {
            wrong.add(key + " came with another body");
            return 409;
        }
        if (first == null && Math.floorMod(key.hashCode(), ONE_IN) == 0) {
            return 503;
        }
        if (!done.add(key)) {
            repeats.incrementAndGet();
        }
        return 200;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The keys of what it did. */
    public Set<String> done() {
        return new TreeSet<>(done);
    }

    /** How often it was asked for what it had done already. */
    public int repeats() {
        return repeats.get();
    }

    /** Requests without a key, and keys that came with two bodies. */
    public Queue<String> wrong() {
        return wrong;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
