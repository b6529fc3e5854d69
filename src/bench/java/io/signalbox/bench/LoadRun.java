package io.signalbox.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of the load driver, from the empty folder it starts the gateway in to the table at its end. */
final class LoadRun {

    private static final int ACCEPTED = 202;
    private static final long SECOND = 1_000_000_000L;
    private static final int DRAIN_SECONDS = 60;

    private final Options options;
    private final Report report = new Report();
    private final LoopbackServer server;
    private final Transmitter transmitter;
    private final String issuer;
    private final String audience;
    private final int seconds;
    private final int concurrency;
    private final Event event;
    private final @Nullable Path recording;
    private volatile @Nullable Path folder;
    private volatile @Nullable GatewayProcess gateway;

    /** When the run is to come to an end by itself, so that there is a report. */
    private final long lastMoment;

    /** SETs that the gateway promised to keep since it has its folder. */
    private long promised;

    private final Map<Integer, Integer> otherAnswers = new TreeMap<>();

    private LoadRun(Options options) throws IOException, GeneralSecurityException {
        this.options = options;
        lastMoment = System.nanoTime() + Math.max(10, longest(options, "") - 20) * SECOND;
        server = new LoopbackServer(options.number("serve-port", 0));
        issuer = options.text("issuer", server.url());
        audience = options.text("audience", "https://signals.example.com");
        String keys = options.find("keys");
        transmitter = new Transmitter(issuer, audience, keys == null ? null : Path.of(keys));
        server.publish(transmitter.jwks());
        seconds = options.number("seconds", 20);
        concurrency = options.number("concurrency", 64);
        String jfr = options.find("jfr");
        recording = jfr == null ? null : Path.of(jfr).toAbsolutePath();
        try {
            event = Event.valueOf(options.text("event", "logout").toUpperCase(java.util.Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--event is logout, session or risk", e);
        }
    }

    static void run(String what, Options options) throws Exception {
        LoadRun run = new LoadRun(options);
        int longest = longest(options, what);
        Thread bound = new Thread(
                () -> {
                    try {
                        TimeUnit.SECONDS.sleep(longest);
                    } catch (InterruptedException e) {
                        return;
                    }
                    run.report.print();
                    System.out.println("Stopped: this run took longer than --max-seconds " + longest);
                    System.exit(3);
                },
                "bound");
        bound.setDaemon(true);
        bound.start();
        // Also when it is interrupted: no process and no folder stays behind.
        Runtime.getRuntime().addShutdownHook(new Thread(run::clear));
        run.describe(what);
        switch (what) {
            case "accept" -> run.accept();
            case "flow" -> run.flow();
            case "hang" -> run.hang();
            case "ledger-pages" -> run.ledgerPages();
            default -> run.restart();
        }
        run.report.print();
        String json = options.find("json");
        if (json != null) {
            run.report.write(Path.of(json));
        }
        run.server.close();
    }

    private static int longest(Options options, String what) {
        return options.number("max-seconds", what.equals("ledger-pages") ? 7200 : 420);
    }

    // ---- accept

    private void accept() throws Exception {
        Map<String, URI> others = new LinkedHashMap<>();
        for (String url : options.all("url")) {
            int at = url.indexOf('=');
            boolean named = at > 0 && !url.substring(0, at).contains("/");
            others.put(named ? url.substring(0, at) : url, URI.create(named ? url.substring(at + 1) : url));
        }
        if (others.isEmpty() || options.has("jar")) {
            GatewayProcess.Setup setup = setUp();
            setup.routes(options.has("parked"));
            acceptAt(options.has("parked") ? "accept (parked)" : "accept", null, setup);
        }
        for (Map.Entry<String, URI> other : others.entrySet()) {
            acceptAt(other.getKey(), other.getValue(), null);
        }
    }

    /** @param url a receiver that runs already, or none: the gateway is started */
    private void acceptAt(String name, @Nullable URI url, GatewayProcess.@Nullable Setup setup) throws Exception {
        int expected = options.number("expect", 6000);
        int warmUpSeconds = options.number("warm-up", 150);
        List<String> algorithms = options.list("algorithms", "ES256,RS256");
        // ES256 is quick to sign, and what is compiled is the same but for the arithmetic, which is native.
        String first = algorithms.contains("ES256") ? "ES256" : algorithms.get(0);
        Transmitter.Batch warming = sign(first, Math.max(1, warmUpSeconds * expected));
        List<Transmitter.Batch> batches = new ArrayList<>();
        for (String algorithm : algorithms) {
            batches.add(sign(algorithm, seconds * expected));
        }
        GatewayProcess started = setup == null ? null : start(setup);
        URI target = url != null
                ? url
                : URI.create(java.util.Objects.requireNonNull(started).pushUrl());
        try (PushClient client = new PushClient(target, concurrency, options.find("authorization"))) {
            warm(name, client, warming, warmUpSeconds, () -> promised, () -> true);
            Instant from = Instant.now();
            for (Transmitter.Batch batch : batches) {
                acceptBatch(name + " " + batch.algorithm(), client, batch, started);
            }
            if (started != null) {
                finish(started, from, Instant.now());
            }
        }
    }

    private void acceptBatch(String name, PushClient client, Transmitter.Batch batch, @Nullable GatewayProcess measured)
            throws IOException {
        say(name + " with " + concurrency + " senders, " + seconds + " s");
        Latencies latencies = new Latencies();
        long start = System.nanoTime();
        long end = start + seconds * SECOND;
        Usage before = Usage.of(measured);
        int[] next = {0};
        long[] last = {start};
        client.run(
                batch,
                now -> now >= end || next[0] == batch.size() ? PushClient.Source.NO_MORE : next[0]++,
                (index, status, sentAt, now) -> {
                    last[0] = now;
                    if (isPromise(status)) {
                        latencies.add(now - sentAt);
                    }
                });
        double took = (last[0] - start) / 1e9;
        report.figure(name, "kept and answered", latencies.size() / took, "SETs/s");
        report.latencies(name, "time to the answer", latencies);
        Usage.of(measured).since(before, latencies.size(), took, name, report);
        reportOtherAnswers(name);
    }

    // ---- flow

    private void flow() throws Exception {
        int expected = options.number("expect", 3000);
        int warmUpSeconds = options.number("warm-up", 150);
        int window = options.number("window", 1000);
        String algorithm = options.list("algorithms", "ES256").get(0);
        Transmitter.Batch warming = sign(algorithm, Math.max(1, warmUpSeconds * expected));
        Transmitter.Batch steady = sign(algorithm, seconds * expected);
        List<Transmitter.Batch> paced = new ArrayList<>();
        List<Integer> rates = new ArrayList<>();
        for (String rate : options.list("rates", "200")) {
            rates.add(Integer.parseInt(rate));
            paced.add(sign(algorithm, seconds * Integer.parseInt(rate)));
        }
        GatewayProcess.Setup setup = setUp();
        setup.routes(false);
        GatewayProcess started = start(setup);
        try (PushClient client = new PushClient(URI.create(started.pushUrl()), concurrency, null)) {
            BooleanSupplier room = () -> promised - completed() < window;
            warm("flow", client, warming, warmUpSeconds, this::completed, room);
            Instant from = Instant.now();
            sustain(
                    "flow " + algorithm + ", " + event.actions() + " action(s) a signal",
                    client,
                    steady,
                    room,
                    started);
            Instant to = Instant.now();
            drain("flow", completed());
            for (int i = 0; i < paced.size(); i++) {
                pace("flow at " + rates.get(i) + "/s", client, paced.get(i), rates.get(i), started);
            }
            finish(started, from, to);
        }
    }

    private void sustain(
            String name, PushClient client, Transmitter.Batch batch, BooleanSupplier room, GatewayProcess measured)
            throws IOException {
        say(name + ", as fast as the target is told, " + seconds + " s");
        long start = System.nanoTime();
        long end = start + seconds * SECOND;
        Usage before = Usage.of(measured);
        long completedBefore = completed();
        int[] next = {0};
        client.run(
                batch,
                now -> {
                    if (now >= end || next[0] == batch.size()) {
                        return PushClient.Source.NO_MORE;
                    }
                    return room.getAsBoolean() ? next[0]++ : PushClient.Source.NOT_YET;
                },
                (index, status, sentAt, now) -> isPromise(status));
        double took = (System.nanoTime() - start) / 1e9;
        long done = completed() - completedBefore;
        report.figure(name, "signals done at the target", done / took, "signals/s");
        report.figure(name, "actions done at the target", done * event.actions() / took, "actions/s");
        Usage.of(measured).since(before, done, took, name, report);
        reportOtherAnswers(name);
    }

    private void pace(String name, PushClient client, Transmitter.Batch batch, int rate, GatewayProcess measured)
            throws IOException, InterruptedException {
        say(name + ", " + seconds + " s");
        LoopbackServer.Arrivals arrivals = server.watch(batch);
        long[] promisedAt = new long[batch.size()];
        Latencies answers = new Latencies();
        long completedBefore = completed();
        long promisedBefore = promised;
        Usage before = Usage.of(measured);
        long start = System.nanoTime();
        int[] next = {0};
        long[] halfway = {0};
        client.run(
                batch,
                now -> {
                    if (next[0] == batch.size()) {
                        return PushClient.Source.NO_MORE;
                    }
                    if (now - start < next[0] * SECOND / rate) {
                        return PushClient.Source.NOT_YET;
                    }
                    if (next[0] == batch.size() / 2) {
                        halfway[0] = promised - completed();
                    }
                    return next[0]++;
                },
                (index, status, sentAt, now) -> {
                    if (isPromise(status)) {
                        promisedAt[index] = now;
                        answers.add(now - sentAt);
                    }
                });
        double took = (System.nanoTime() - start) / 1e9;
        report.figure(name, "pushed and promised", (promised - promisedBefore) / took, "SETs/s");
        report.figure(name, "not yet done at half time", halfway[0], "signals");
        report.figure(name, "not yet done at the end", promised - completed(), "signals");
        Usage.of(measured).since(before, promised - promisedBefore, took, name, report);
        drain(name, completedBefore);
        Latencies toFirst = new Latencies();
        Latencies toLast = new Latencies();
        for (int i = 0; i < batch.size(); i++) {
            if (promisedAt[i] != 0 && arrivals.count[i] == event.actions()) {
                // The target may be told before the sender has read its answer.
                toFirst.add(Math.max(0, arrivals.first[i] - promisedAt[i]));
                toLast.add(Math.max(0, arrivals.last[i] - promisedAt[i]));
            }
        }
        report.latencies(name, "push to 202", answers);
        report.latencies(name, "202 to the first action", toFirst);
        if (event.actions() > 1) {
            report.latencies(name, "202 to the last action", toLast);
        }
        reportOtherAnswers(name);
    }

    /** Signals of which the target was told every action. */
    private long completed() {
        return server.distinct() / event.actions();
    }

    private void drain(String name, long completedBefore) throws InterruptedException {
        long end = System.nanoTime() + DRAIN_SECONDS * SECOND;
        while (completed() < promised && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        if (completed() < promised) {
            report.figure(
                    name, "promised and not done " + DRAIN_SECONDS + " s later", promised - completed(), "signals");
        }
        if (completed() == completedBefore) {
            throw new IllegalStateException("nothing arrived at the target:\n" + lastLines());
        }
    }

    // ---- hang

    /**
     * Two targets, each asked for every action. First both answer, then the second takes every call and answers none;
     * measured is the first.
     */
    private void hang() throws Exception {
        int expected = options.number("expect", 1500);
        int warmUpSeconds = options.number("warm-up", 120);
        int window = options.number("window", 1000);
        int rate = options.number("rates", 200);
        String algorithm = options.list("algorithms", "ES256").get(0);
        Transmitter.Batch warming = sign(algorithm, Math.max(1, warmUpSeconds * expected));
        List<Transmitter.Batch> steady = new ArrayList<>();
        List<Transmitter.Batch> paced = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            steady.add(sign(algorithm, seconds * expected));
            paced.add(sign(algorithm, seconds * rate));
        }
        try (LoopbackServer second = new LoopbackServer(0)) {
            GatewayProcess.Setup setup = setUp(second.url());
            setup.routes(false);
            GatewayProcess started = start(setup);
            try (PushClient client = new PushClient(URI.create(started.pushUrl()), concurrency, null)) {
                BooleanSupplier room = () -> promised - completed() < window;
                warm("hang", client, warming, warmUpSeconds, this::completed, room);
                drain("hang", 0);
                Instant from = Instant.now();
                // Twice each: how much two rounds differ by themselves is what a difference has to be held against.
                for (int i = 0; i < 4; i++) {
                    if (i == 2) {
                        second.hang();
                    }
                    String round = "the second target " + (i < 2 ? "answers" : "hangs") + ", round " + (i % 2 + 1);
                    pace(round + ", at " + rate + "/s", client, paced.get(i), rate, started);
                    sustain(round, client, steady.get(i), room, started);
                    drain(round, 0);
                }
                report.figure("hang", "calls that the second target never answered", second.held(), "calls");
                finish(started, from, Instant.now());
            }
        }
    }

    // ---- restart

    private void restart() throws Exception {
        int queued = options.number("queued", 100_000);
        Transmitter.Batch batch = sign(options.list("algorithms", "ES256").get(0), queued);
        GatewayProcess.Setup setup = setUp();
        setup.routes(true);
        GatewayProcess filled = start(setup);
        say("filling the queue with " + queued + " signals");
        try (PushClient client = new PushClient(URI.create(filled.pushUrl()), concurrency, null)) {
            int[] next = {0};
            client.run(
                    batch,
                    now -> next[0] == batch.size() ? PushClient.Source.NO_MORE : next[0]++,
                    (index, status, sentAt, now) -> isPromise(status));
        }
        String name = "restart with %,d queued".formatted(promised);
        reportOtherAnswers(name);
        filled.kill();
        say("killed; starting again");
        setup.routes(false);
        server.forgetFirstCall();
        Instant from = Instant.now();
        GatewayProcess again = start(setup);
        while (completed() < promised && System.nanoTime() < lastMoment) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        long done = completed();
        double all = (System.nanoTime() - again.startedAt()) / 1e9;
        Instant to = Instant.now();
        double first = (server.firstCallAt() - again.startedAt()) / 1e9;
        report.figure(name, "process start to listening", again.upAfter() / 1e9, "s");
        report.figure(name, "process start to the first action", first, "s");
        if (done < promised) {
            report.figure(name, "NOT done when the run had to end", promised - done, "signals");
        } else {
            report.figure(name, "process start to the last action", all, "s");
        }
        report.figure(name, "signals a second in between", done / Math.max(0.001, all - first), "signals/s");
        report.figure(name, "calls beyond one for each action", server.calls() - server.distinct(), "calls");
        finish(again, from, to);
    }

    // ---- ledger-pages

    private void ledgerPages() throws Exception {
        GatewayProcess.Setup setup = setUp();
        // Nothing is sent, so nothing may take the processors from those who read.
        setup.routes(true);
        new LedgerPages(options, report, setup, this::start).measure();
    }

    // ---- what they share

    private GatewayProcess.Setup setUp(String... moreTargets) throws IOException {
        Path jar = Path.of(options.text("jar", System.getProperty("signalbox.jar", "target/signalbox.jar")))
                .toAbsolutePath()
                .normalize();
        if (!Files.isRegularFile(jar)) {
            throw new IllegalArgumentException("there is no jar at " + jar + " (--jar)");
        }
        Path java = Path.of(options.text(
                "java", Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        Path work = Path.of(options.text("work", String.valueOf(jar.getParent())));
        Path made = Files.createTempDirectory(Files.createDirectories(work), "bench-");
        folder = made;
        String javaOptions = options.text("java-options", "-Xmx1g");
        GatewayProcess.Setup setup = new GatewayProcess.Setup(
                jar, java, made, List.of(javaOptions.strip().split("\\s+")), recording != null);
        List<String> targets = new ArrayList<>(List.of(server.url()));
        targets.addAll(List.of(moreTargets));
        setup.configure(issuer, audience, targets, options.all("property"));
        report.circumstance("gateway", "Java " + setup.feature() + ", " + javaOptions);
        report.circumstance("its data on", Files.getFileStore(made).type());
        return setup;
    }

    private GatewayProcess start(GatewayProcess.Setup setup) throws IOException, InterruptedException {
        GatewayProcess started = setup.start();
        gateway = started;
        say("the gateway listens after %.1f s".formatted(started.upAfter() / 1e9));
        report.figure("start", "process start to listening", started.upAfter() / 1e9, "s");
        report.figure("start", "resident when it listens", started.rss(), "MiB");
        return started;
    }

    private void warm(
            String name,
            PushClient client,
            Transmitter.Batch batch,
            int longest,
            java.util.function.LongSupplier progress,
            BooleanSupplier room)
            throws IOException {
        say("warming up, " + longest + " s at most");
        WarmUp warmUp = new WarmUp(batch.size(), longest, progress, room);
        client.run(batch, warmUp, (index, status, sentAt, now) -> isPromise(status));
        say(warmUp.verdict());
        report.circumstance("warm-up of " + name, warmUp.verdict());
        reportOtherAnswers("warm-up of " + name);
    }

    private void finish(GatewayProcess measured, Instant from, Instant to) throws IOException, InterruptedException {
        report.figure("memory", "resident at the end", measured.rss(), "MiB");
        report.figure("memory", "resident at most", measured.peakRss(), "MiB");
        Path file = recording;
        if (file != null) {
            measured.dump(file);
            say("recording: " + file);
            FlightSummary.of(file, from, to).forEach(System.out::println);
        }
        measured.kill();
    }

    private Transmitter.Batch sign(String algorithm, int count) {
        long start = System.nanoTime();
        Transmitter.Batch batch = transmitter.sign(algorithm, event, count);
        double took = Math.max(1, System.nanoTime() - start) / 1e9;
        say("signed %,d SETs with %s in %.1f s (%,.0f/s)".formatted(count, algorithm, took, count / took));
        return batch;
    }

    /** Counts the answer; whether it was a promise. */
    private boolean isPromise(int status) {
        if (status == ACCEPTED) {
            promised++;
            return true;
        }
        otherAnswers.merge(status, 1, Integer::sum);
        return false;
    }

    private void reportOtherAnswers(String name) {
        otherAnswers.forEach((status, count) ->
                report.figure(name, status == 0 ? "no answer" : "answered with " + status, count, "SETs"));
        otherAnswers.clear();
    }

    private String lastLines() {
        GatewayProcess asked = gateway;
        return asked == null ? "" : String.join("\n", asked.log());
    }

    private void describe(String what) throws IOException {
        String model = "";
        for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
            if (line.startsWith("model name")) {
                model = line.substring(line.indexOf(':') + 1).strip();
                break;
            }
        }
        report.circumstance("measured", what + ", event " + event + ", " + concurrency + " senders");
        report.circumstance("machine", Runtime.getRuntime().availableProcessors() + " cores, " + model);
        report.circumstance("driver", "Java " + Runtime.version().feature());
        report.circumstance(
                "load before", Files.readString(Path.of("/proc/loadavg")).strip());
    }

    private static void say(String text) {
        System.out.println(text);
    }

    private void clear() {
        GatewayProcess running = gateway;
        if (running != null) {
            running.kill();
        }
        Path made = folder;
        if (made != null) {
            try (Stream<Path> files = Files.walk(made)) {
                for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Processor time of both processes so far, in nanoseconds. */
    private record Usage(long gateway, long driver) {

        static Usage of(@Nullable GatewayProcess gateway) {
            return new Usage(
                    gateway == null ? 0 : gateway.cpu(),
                    ProcessHandle.current()
                            .info()
                            .totalCpuDuration()
                            .map(java.time.Duration::toNanos)
                            .orElse(0L));
        }

        void since(Usage before, long signals, double seconds, String name, Report report) {
            if (gateway != 0 && signals > 0) {
                report.figure(
                        name, "processor time of the gateway", (gateway - before.gateway) / 1e3 / signals, "µs each");
                report.figure(name, "cores that the gateway used", (gateway - before.gateway) / 1e9 / seconds, "cores");
            }
            report.figure(name, "cores that the driver used", (driver - before.driver) / 1e9 / seconds, "cores");
        }
    }
}
