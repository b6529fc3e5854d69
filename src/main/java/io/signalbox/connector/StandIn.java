package io.signalbox.connector;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands in for a target on the loopback address: answers as a case says and remembers what it was asked. Over HTTP it
 * gives each answer once, and 200 after them; a token is given to whoever asks for one at {@code /token}.
 */
final class StandIn implements AutoCloseable {

    static final String TOKEN_PATH = "/token";

    private static final byte[] TOKEN =
            "{\"access_token\":\"a-fetched-token\",\"expires_in\":300}".getBytes(StandardCharsets.UTF_8);

    /** @param headers names in any case */
    record Asked(String method, String path, Map<String, String> headers, String body) {
        String call() {
            return method + " " + path;
        }
    }

    record Answer(int status, Map<String, String> headers, String body) {}

    private final HttpServer http;
    private final ServerSocket tcp;
    private final StandInNas nas;
    private final StandInDirectory directory;
    private final StandInMail mail;
    private final int closed;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "stand-in");
        thread.setDaemon(true);
        return thread;
    });
    /** Another one for each case: a connection that ends late must not take the answers of the next. */
    private volatile Queue<Answer> answers = new ConcurrentLinkedQueue<>();

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile boolean resets;
    private volatile String line = "";

    StandIn() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try {
            try (ServerSocket socket = new ServerSocket(0, 1, loopback)) {
                closed = socket.getLocalPort();
            }
            http = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
            tcp = new ServerSocket(0, 50, loopback);
            nas = new StandInNas(loopback);
            directory = new StandInDirectory(loopback);
            mail = new StandInMail(loopback);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.createContext("/", this::answer);
        http.setExecutor(threads);
        http.start();
        threads.execute(this::accept);
        threads.execute(nas);
        threads.execute(mail);
    }

    String httpUrl() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    /** Where it listens for connections of this scheme, or where nobody does. */
    String url(String scheme, boolean up) {
        int port = !up
                ? closed
                : switch (scheme) {
                    case "http", "https" -> http.getAddress().getPort();
                    case "udp" -> nas.port();
                    case "smtp" -> mail.port();
                    case "ldap", "ldaps" -> directory.port();
                    default -> tcp.getLocalPort();
                };
        return scheme + "://127.0.0.1:" + port;
    }

    void expect(List<Answer> next, boolean reset, String ldif) {
        directory.fill(ldif);
        asked.clear();
        line = "";
        answers = new ConcurrentLinkedQueue<>(next);
        nas.expect(next);
        mail.expect(next);
        resets = reset;
    }

    List<Asked> asked() {
        return asked;
    }

    /** What came over the last plain connection, in the last RADIUS request or the last mail; else what is in the directory now. */
    String line() {
        if (!line.isEmpty()) {
            return line;
        }
        String other = nas.heard() + mail.heard();
        return other.isEmpty() ? directory.now() : other;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(",", values)));
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (exchange.getRequestURI().toString().equals(TOKEN_PATH)) {
                exchange.sendResponseHeaders(200, TOKEN.length);
                exchange.getResponseBody().write(TOKEN);
                return;
            }
            asked.add(new Asked(
                    exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body));
            Answer next = answers.poll();
            Answer given = next == null ? new Answer(200, Map.of(), "") : next;
            given.headers().forEach(exchange.getResponseHeaders()::set);
            byte[] text = given.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(given.status(), text.length == 0 ? -1 : text.length);
            if (text.length > 0) {
                exchange.getResponseBody().write(text);
            }
        }
    }

    private void accept() {
        while (!tcp.isClosed()) {
            try {
                Socket socket = tcp.accept();
                Queue<Answer> lines = answers;
                threads.execute(() -> serve(socket, lines));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket, Queue<Answer> lines) {
        try (socket) {
            if (resets) {
                socket.setSoLinger(true, 0);
                return;
            }
            InputStream in = socket.getInputStream();
            Answer first = lines.poll();
            if (first == null) {
                line = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                return;
            }
            // A protocol of lines: the stand-in speaks first, then once after each line.
            OutputStream out = socket.getOutputStream();
            StringBuilder heard = new StringBuilder();
            out.write(first.body().getBytes(StandardCharsets.UTF_8));
            out.flush();
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                heard.append((char) octet);
                if (lines == answers) {
                    line = heard.toString();
                }
                Answer next = octet == '\n' ? lines.poll() : null;
                if (next != null) {
                    out.write(next.body().getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            }
        } catch (IOException e) {
            // The connector went away; what was read counts.
            return;
        }
    }

    @Override
    public void close() {
        http.stop(0);
        nas.close();
        directory.close();
        try {
            tcp.close();
            mail.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
