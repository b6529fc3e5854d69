package io.signalbox.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One event to many streams of ours: how long until the last receiver has it, by push and by poll. Among those that are
 * pushed to are some that take the connection and never answer; the figures are those of the others.
 */
final class FanOutRun {

    private static final String OPERATOR = "the-operator-of-the-benchmark";
    private static final String RECEIVER = "the-receiver-of-the-benchmark";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Options options;
    private final Report report = new Report();
    private final HttpClient http = HttpClient.newHttpClient();
    private final int streams;
    private final int repeats;
    private final int hanging;

    /** When each push came. */
    private final LinkedBlockingQueue<Long> pushes = new LinkedBlockingQueue<>();

    private String base = "";

    private FanOutRun(Options options) {
        this.options = options;
        this.streams = options.number("streams", 1000);
        this.repeats = options.number("repeats", 3);
        this.hanging = options.number("hanging", 10);
    }

    static void run(Options options) throws Exception {
        new FanOutRun(options).run();
    }

    private void run() throws Exception {
        Path jar = Path.of(options.text("jar", System.getProperty("signalbox.jar", "target/signalbox.jar")));
        Path java = Path.of(options.text(
                "java", Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        Path folder = Files.createTempDirectory("fan-out");
        Files.writeString(folder.resolve("operator"), OPERATOR);
        Files.writeString(folder.resolve("receiver"), RECEIVER);
        GatewayProcess.Setup setup =
                new GatewayProcess.Setup(jar.toAbsolutePath(), java, folder, List.of("-Xmx512m"), false);
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
        receiver.setExecutor(Executors.newFixedThreadPool(32));
        receiver.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            pushes.add(System.nanoTime());
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        });
        receiver.start();
        String place = "http://127.0.0.1:" + receiver.getAddress().getPort();
        setup.configure(
                "https://issuer.example",
                "https://signals.example.com",
                List.of(place),
                List.of(
                        "signalbox.issuer=https://signals.example.com",
                        "signalbox.admin.token-file=./operator",
                        "signalbox.transmitter.clients[0].id=bench",
                        "signalbox.transmitter.clients[0].token-file=./receiver",
                        "signalbox.transmitter.clients[0].streams=10000",
                        "signalbox.transmitter.clients[0].subjects=\"*\""));
        setup.routes(false);
        try (GatewayProcess gateway = setup.start();
                ServerSocket silent = new ServerSocket(0, 512, InetAddress.getLoopbackAddress())) {
            base = gateway.pushUrl().replace("/push", "");
            List<String> pushed = make(hanging, pushTo("http://127.0.0.1:" + silent.getLocalPort()));
            pushed.addAll(make(streams, pushTo(place)));
            for (int i = 0; i <= repeats; i++) {
                push(gateway, i == 0 ? "push, first time" : "push");
            }
            for (String stream : pushed) {
                call("DELETE", "/ssf/streams?stream_id=" + stream, RECEIVER, "");
            }
            List<String> polled = make(streams, "{}");
            for (int i = 0; i <= repeats; i++) {
                poll(gateway, polled, i == 0 ? "poll, first time" : "poll");
            }
            report.figure("gateway", "peak resident", gateway.peakRss(), "MiB");
        } finally {
            receiver.stop(0);
        }
        report.print();
    }

    private static String pushTo(String place) {
        return "{\"delivery\":{\"method\":\"urn:ietf:rfc:8935\",\"endpoint_url\":\"" + place + "/push\"}}";
    }

    private List<String> make(int count, String body) throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            HttpResponse<String> made = call("POST", "/ssf/streams", RECEIVER, body);
            ids.add(JSON.readTree(made.body()).path("stream_id").asText());
        }
        return ids;
    }

    private void push(GatewayProcess gateway, String what) throws IOException, InterruptedException {
        pushes.clear();
        long cpu = gateway.cpu();
        long begin = System.nanoTime();
        emit(streams + hanging);
        report.figure(what, "written", (System.nanoTime() - begin) / 1e6, "ms");
        Latencies latencies = new Latencies();
        for (int i = 0; i < streams; i++) {
            Long at = pushes.poll(2, TimeUnit.MINUTES);
            if (at == null) {
                throw new IllegalStateException("only " + i + " pushes came:\n" + String.join("\n", gateway.log()));
            }
            latencies.add(at - begin);
        }
        report.latencies(what, streams + " receivers beside " + hanging + " that hang", latencies);
        report.figure(what, "processor", (gateway.cpu() - cpu) / 1e6, "ms");
    }

    /** Every receiver waits in a long poll; each acknowledges what it got with its next one. */
    private void poll(GatewayProcess gateway, List<String> ids, String what) throws Exception {
        Latencies latencies = new Latencies();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        List<Long> at = java.util.Collections.synchronizedList(new ArrayList<>());
        for (String id : ids) {
            answers.add(http.sendAsync(request("POST", "/ssf/poll/" + id, RECEIVER, "{}"), BodyHandlers.ofString())
                    .whenComplete((answer, failure) -> at.add(System.nanoTime())));
        }
        TimeUnit.SECONDS.sleep(5);
        long cpu = gateway.cpu();
        long begin = System.nanoTime();
        emit(streams);
        report.figure(what, "written", (System.nanoTime() - begin) / 1e6, "ms");
        int got = 0;
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            got += JSON.readTree(answer.get(2, TimeUnit.MINUTES).body())
                    .path("sets")
                    .size();
        }
        at.forEach(time -> latencies.add(time - begin));
        report.latencies(what, got + " receivers", latencies);
        report.figure(what, "processor", (gateway.cpu() - cpu) / 1e6, "ms");
        for (int i = 0; i < ids.size(); i++) {
            List<String> jtis = new ArrayList<>();
            JSON.readTree(answers.get(i).get().body()).path("sets").fieldNames().forEachRemaining(jtis::add);
            call(
                    "POST",
                    "/ssf/poll/" + ids.get(i),
                    RECEIVER,
                    JSON.writeValueAsString(Map.of("maxEvents", 0, "ack", jtis)));
        }
    }

    private void emit(int expected) throws IOException, InterruptedException {
        HttpResponse<String> answer = call(
                "POST",
                "/api/emit",
                OPERATOR,
                "{\"type\":\"caep:session-revoked\",\"subject\":\"alice@acme.example\"}");
        int written = JSON.readTree(answer.body()).path("emitted").size();
        if (written != expected) {
            throw new IllegalStateException("written for " + written + " streams: " + answer.statusCode());
        }
    }

    private HttpResponse<String> call(String method, String path, String token, String body)
            throws IOException, InterruptedException {
        return http.send(request(method, path, token, body), BodyHandlers.ofString());
    }

    private HttpRequest request(String method, String path, String token, String body) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofMinutes(2))
                .method(method, BodyPublishers.ofString(body))
                .build();
    }
}
