package io.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.signalbox.http.GuardedHttp.Request;
import io.signalbox.http.GuardedHttp.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real server on loopback. */
class GuardedHttpTest {

    private static final int CAP = 1024;

    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            answer(exchange);
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        release.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"})
    void refusesLoopbackByDefault(String host) {
        try (LoopbackHttp http = new LoopbackHttp(Duration.ofSeconds(5))) {
            assertThat(http.get(uri(host, "/ok"), CAP)).isInstanceOf(Result.Forbidden.class);
        }
        assertThat(requests).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void servesWhatTheOperatorListed(String host) {
        try (LoopbackHttp http = new LoopbackHttp(Duration.ofSeconds(5), "127.0.0.0/8")) {
            assertThat(http.get(uri(host, "/ok"), CAP)).isInstanceOfSatisfying(Result.Answered.class, answer -> {
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).asString(StandardCharsets.UTF_8).isEqualTo("{}");
                assertThat(answer.headers()).containsEntry("content-type", List.of("application/json"));
            });
        }
    }

    @Test
    void doesNotFollowARedirect() {
        try (LoopbackHttp http = new LoopbackHttp()) {
            assertThat(http.get(uri("127.0.0.1", "/redirect"), CAP))
                    .isInstanceOfSatisfying(Result.Answered.class, answer -> assertThat(answer.status())
                            .isEqualTo(302));
        }
        assertThat(requests).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/large", "/large-chunked", "/endless"})
    void stopsReadingABodyOverTheCap(String path) {
        try (LoopbackHttp http = new LoopbackHttp()) {
            assertThat(http.get(uri("127.0.0.1", path), CAP)).isEqualTo(new Result.TooLarge(CAP));
        }
    }

    @Test
    void readsABodyOfExactlyTheCap() {
        try (LoopbackHttp http = new LoopbackHttp()) {
            assertThat(http.get(uri("127.0.0.1", "/large"), 2 * CAP))
                    .isInstanceOfSatisfying(Result.Answered.class, answer -> assertThat(answer.body())
                            .hasSize(2 * CAP));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/silent", "/drip"})
    void givesUpOnASlowServer(String path) {
        try (LoopbackHttp http = new LoopbackHttp(Duration.ofMillis(400), "127.0.0.1")) {
            assertThat(http.get(uri("127.0.0.1", path), CAP)).isInstanceOf(Result.Unreachable.class);
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void saysUnreachableWhereNobodyListens() {
        URI uri = uri("127.0.0.1", "/ok");
        server.stop(0);
        try (LoopbackHttp http = new LoopbackHttp()) {
            assertThat(http.get(uri, CAP)).isInstanceOf(Result.Unreachable.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd", "ftp://127.0.0.1/x", "http://user:secret@127.0.0.1/", "/relative",
                "http://10.1.2.3/", "http://8.8.8.8/", "https://10.1.2.3/", "https://[fd00::1]/",
                "https://169.254.169.254/latest", "https://[64:ff9b::a9fe:a9fe]/"
            })
    void neverCalls(String uri) {
        try (LoopbackHttp http = new LoopbackHttp()) {
            assertThat(http.get(URI.create(uri), CAP)).isInstanceOf(Result.Forbidden.class);
        }
    }

    @Test
    void sendsWhatItIsGivenAndNoMore() {
        try (LoopbackHttp http = new LoopbackHttp()) {
            assertThat(http.exchange(new Request(
                            "PATCH",
                            uri("127.0.0.1", "/echo"),
                            Map.of("Content-Type", "application/json", "Authorization", "Bearer one"),
                            "{\"a\":1}".getBytes(StandardCharsets.UTF_8),
                            CAP,
                            null)))
                    .isInstanceOfSatisfying(Result.Answered.class, answer -> assertThat(answer.body())
                            .asString(StandardCharsets.UTF_8)
                            .isEqualTo("PATCH [application/json] [application/json] [Bearer one] {\"a\":1}"));
        }
    }

    @Test
    void waitsAsLongAsACallIsGivenAndNotAsOthersAre() {
        try (LoopbackHttp http = new LoopbackHttp(Duration.ofMillis(400), "127.0.0.1")) {
            Request patient =
                    new Request("GET", uri("127.0.0.1", "/late"), Map.of(), null, CAP, Duration.ofSeconds(20));
            assertThat(http.exchange(patient)).isInstanceOf(Result.Answered.class);
            assertThat(http.get(patient.uri(), CAP)).isInstanceOf(Result.Unreachable.class);
        }
    }

    @Test
    void logsNoHeaderAndNoBody() {
        Request request = new Request(
                "POST",
                uri("127.0.0.1", "/ok"),
                Map.of("Authorization", "canary"),
                "canary".getBytes(StandardCharsets.UTF_8),
                1,
                null);

        assertThat(request.toString()).startsWith("Request[POST http://").doesNotContain("canary");
    }

    /** The library skips the resolver for a host that carries its address; the pool must not. */
    @Test
    void guardsAHostThatCarriesItsAddress() throws IOException {
        HttpHost host = new HttpHost(
                "http", InetAddress.getByName("127.0.0.1"), server.getAddress().getPort());
        try (PoolingHttpClientConnectionManager connections = GuardedConnections.open(
                        new AddressGuard(List.of()), Duration.ofSeconds(5), Duration.ofSeconds(5));
                CloseableHttpClient client =
                        HttpClients.custom().setConnectionManager(connections).build()) {
            assertThatThrownBy(() -> client.execute(host, new HttpGet("/ok"), response -> response.getCode()))
                    .isInstanceOf(AddressRefusedException.class);
        }
        assertThat(requests).hasValue(0);
    }

    private URI uri(String host, String path) {
        return URI.create("http://" + host + ":" + server.getAddress().getPort() + path);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            OutputStream body = exchange.getResponseBody();
            switch (exchange.getRequestURI().getPath()) {
                case "/redirect" -> {
                    exchange.getResponseHeaders().set("Location", "/ok");
                    exchange.sendResponseHeaders(302, -1);
                }
                case "/large" -> {
                    exchange.sendResponseHeaders(200, 2 * CAP);
                    body.write(new byte[2 * CAP]);
                }
                case "/large-chunked" -> {
                    exchange.sendResponseHeaders(200, 0);
                    body.write(new byte[2 * CAP]);
                }
                case "/endless" -> {
                    exchange.sendResponseHeaders(200, 0);
                    while (release.getCount() > 0) {
                        body.write(new byte[CAP]);
                    }
                }
                case "/echo" -> {
                    byte[] sent = exchange.getRequestBody().readAllBytes();
                    byte[] echo = (exchange.getRequestMethod() + " "
                                    + exchange.getRequestHeaders().get("Content-Type") + " "
                                    + exchange.getRequestHeaders().get("Accept") + " "
                                    + exchange.getRequestHeaders().get("Authorization") + " "
                                    + new String(sent, StandardCharsets.UTF_8))
                            .getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, echo.length);
                    body.write(echo);
                }
                case "/late" -> {
                    await(1_500);
                    exchange.sendResponseHeaders(200, 2);
                    body.write("{}".getBytes(StandardCharsets.UTF_8));
                }
                case "/silent" -> await(30_000);
                case "/drip" -> {
                    exchange.sendResponseHeaders(200, 0);
                    while (release.getCount() > 0) {
                        body.write(' ');
                        body.flush();
                        await(50);
                    }
                }
                default -> {
                    exchange.getResponseHeaders().set("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, 2);
                    body.write("{}".getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private void await(long millis) {
        try {
            if (release.await(millis, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
