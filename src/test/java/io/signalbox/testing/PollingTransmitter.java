package io.signalbox.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.signalbox.testing.RecordingTarget.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The poll endpoint of a transmitter (RFC 8936) on the loopback address: it gives what it has until that is acknowledged
 * or reported as an error, and lets a poll wait for a while if it has nothing.
 */
public final class PollingTransmitter implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One poll.
     *
     * @param headers names in any case
     */
    public record Poll(Map<String, String> headers, JsonNode body) {

        public List<String> acknowledged() {
            List<String> jtis = new ArrayList<>();
            body.path("ack").forEach(jti -> jtis.add(jti.asText()));
            return jtis;
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final List<Poll> polls = new CopyOnWriteArrayList<>();
    private final Map<String, Object> waiting = new LinkedHashMap<>();
    private final List<String> acknowledged = new ArrayList<>();
    private final Map<String, String> errors = new TreeMap<>();
    private final Map<String, Integer> given = new HashMap<>();
    private volatile @Nullable String authorization;
    private volatile long longPoll;
    private volatile boolean deaf;

    public PollingTransmitter() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/poll";
    }

    /** Has one SET more to give. */
    public synchronized void offer(String jti, Object compact) {
        waiting.put(jti, compact);
        notifyAll();
    }

    /** Given once each, in this order, instead of what it has; receipts that come with them are not heard. */
    public PollingTransmitter answer(Answer... next) {
        answers.addAll(List.of(next));
        return this;
    }

    /** What a poll must bring in the header {@code Authorization}; otherwise it is answered 401, with nothing in it. */
    public void demand(@Nullable String value) {
        authorization = value;
    }

    /** How long a poll may wait if there is nothing to give, in milliseconds; 0 unless said otherwise. */
    public void letsPollsWait(long millis) {
        longPoll = millis;
    }

    /** Whether receipts are passed over: as if the process had been cut off before it wrote them down. */
    public void hearsNoReceipts(boolean now) {
        deaf = now;
    }

    public List<Poll> polls() {
        return polls;
    }

    public Poll last() {
        return polls.get(polls.size() - 1);
    }

    /** In the order of acknowledgement, repeats included. */
    public synchronized List<String> acknowledged() {
        return List.copyOf(acknowledged);
    }

    /** jti to error code. */
    public synchronized Map<String, String> errors() {
        return Map.copyOf(errors);
    }

    public synchronized int left() {
        return waiting.size();
    }

    /** How often this SET was given. */
    public synchronized int given(String jti) {
        return given.getOrDefault(jti, 0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(",", values)));
            Poll poll =
                    new Poll(headers, JSON.readTree(exchange.getRequestBody().readAllBytes()));
            polls.add(poll);
            Answer told = answers.poll();
            if (told == null && authorization != null && !authorization.equals(headers.get("Authorization"))) {
                told = new Answer(401);
            }
            send(exchange, told == null ? new Answer(200, Map.of(), give(poll)) : told);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized String give(Poll poll) throws InterruptedException {
        if (!deaf) {
            poll.acknowledged().forEach(jti -> {
                acknowledged.add(jti);
                waiting.remove(jti);
            });
            poll.body().path("setErrs").properties().forEach(error -> {
                errors.put(error.getKey(), error.getValue().path("err").asText());
                waiting.remove(error.getKey());
            });
        }
        int most = poll.body().path("maxEvents").asInt(100);
        long until = System.nanoTime() + longPoll * 1_000_000;
        while (waiting.isEmpty()
                && most > 0
                && !poll.body().path("returnImmediately").asBoolean()
                && System.nanoTime() < until) {
            wait(Math.max(1, (until - System.nanoTime()) / 1_000_000));
        }
        ObjectNode answer = JSON.createObjectNode();
        ObjectNode sets = answer.putObject("sets");
        for (Map.Entry<String, Object> entry : waiting.entrySet()) {
            if (sets.size() >= most) {
                break;
            }
            sets.set(entry.getKey(), JSON.valueToTree(entry.getValue()));
            given.merge(entry.getKey(), 1, Integer::sum);
        }
        if (waiting.size() > sets.size()) {
            answer.put("moreAvailable", true);
        }
        return answer.toString();
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
