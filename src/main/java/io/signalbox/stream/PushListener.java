package io.signalbox.stream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The push endpoint of one stream, for as long as its life takes. Answers as the gateway's own does, and keeps book of how
 * the transmitter asked.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2">RFC 8935, section 2</a>
 */
final class PushListener implements AutoCloseable {

    private static final int MAX_BYTES = 64 * 1024;
    private static final int PATIENCE_SECONDS = 2;
    private static final String MEDIA_TYPE = "application/secevent+jwt";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "push-listener");
        thread.setDaemon(true);
        return thread;
    });
    /** One party is this listener, the others are pushes that were taken and have no answer yet. */
    private final Phaser answering = new Phaser(1);

    private final LifeInbox inbox;
    private final @Nullable String authorization;

    private PushListener(HttpServer server, LifeInbox inbox, @Nullable String authorization) {
        this.server = server;
        this.inbox = inbox;
        this.authorization = authorization;
    }

    /** Listens. */
    static PushListener open(PushPlace place, LifeInbox inbox) throws IOException {
        HttpServer server;
        if (place.tls() == null) {
            server = HttpServer.create(place.listen(), 0);
        } else {
            HttpsServer https = HttpsServer.create(place.listen(), 0);
            https.setHttpsConfigurator(new HttpsConfigurator(place.tls()));
            server = https;
        }
        PushListener listener = new PushListener(server, inbox, place.authorizationHeader());
        server.setExecutor(listener.threads);
        server.createContext("/", listener::answer);
        server.start();
        return listener;
    }

    /** Where it listens, for a transmitter on this machine. */
    URI local(String path) {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().isAnyLocalAddress()
                ? "127.0.0.1"
                : address.getAddress().getHostAddress();
        String scheme = server instanceof HttpsServer ? "https" : "http";
        return URI.create(
                scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + path);
    }

    private void answer(HttpExchange exchange) throws IOException {
        int ignored = answering.register();
        try {
            answerOne(exchange);
        } finally {
            int ignoredToo = answering.arriveAndDeregister();
        }
    }

    private void answerOne(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("POST")) {
                inbox.finds(Finding.fault("T-100", "A push came that is no POST"));
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BYTES + 1);
            Verdict verdict = judge(exchange, body);
            if (verdict instanceof Verdict.Refused refused) {
                refuse(exchange, refused);
            } else if (verdict instanceof Verdict.Undecided undecided) {
                exchange.getResponseHeaders()
                        .set(
                                "Retry-After",
                                String.valueOf(undecided.retryAfter().toSeconds()));
                exchange.sendResponseHeaders(503, -1);
            } else {
                // exactly this, and nothing in it.
                exchange.sendResponseHeaders(202, -1);
            }
        }
    }

    private Verdict judge(HttpExchange exchange, byte[] body) {
        if (!mediaType(exchange.getRequestHeaders().getFirst("Content-Type")).equals(MEDIA_TYPE)) {
            inbox.finds(Finding.fault("T-100", "A push came whose Content-Type is not " + MEDIA_TYPE));
            return new Verdict.Refused(SetError.INVALID_REQUEST, "The Content-Type must be " + MEDIA_TYPE);
        }
        String accept = exchange.getRequestHeaders().getFirst("Accept");
        if (accept == null || !accept.contains("application/json") && !accept.contains("*/*")) {
            inbox.finds(Finding.remark("T-100", "Pushes do not say that they accept application/json"));
        }
        if (authorization != null && !matches(exchange.getRequestHeaders().getFirst("Authorization"))) {
            inbox.finds(Finding.fault("T-100", "A push came without the stream's authorization_header"));
            return new Verdict.Refused(
                    SetError.AUTHENTICATION_FAILED, "The Authorization header is not the one of this stream");
        }
        if (body.length > MAX_BYTES) {
            return new Verdict.Refused(SetError.INVALID_REQUEST, "The body is longer than " + MAX_BYTES + " bytes");
        }
        return inbox.take(new String(body, StandardCharsets.UTF_8), null);
    }

    private boolean matches(@Nullable String presented) {
        return authorization != null
                && presented != null
                && MessageDigest.isEqual(
                        authorization.getBytes(StandardCharsets.UTF_8), presented.getBytes(StandardCharsets.UTF_8));
    }

    private static String mediaType(@Nullable String header) {
        return header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private static void refuse(HttpExchange exchange, Verdict.Refused refused) throws IOException {
        byte[] answer = Wire.write(Map.of("err", refused.error().code(), "description", refused.description()))
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("Content-Language", "en");
        exchange.sendResponseHeaders(400, answer.length);
        exchange.getResponseBody().write(answer);
    }

    /** A push that was taken gets its answer: a sender without one would send it again, to nobody. */
    @Override
    public void close() {
        try {
            int ignored = answering.awaitAdvanceInterruptibly(answering.arrive(), PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            // The sender does not read; it is left alone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        threads.shutdownNow();
    }
}
