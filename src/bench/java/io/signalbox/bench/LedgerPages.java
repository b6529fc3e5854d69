package io.signalbox.bench;

import io.signalbox.store.SignalQuery;
import io.signalbox.store.jdbc.LedgerFill;
import io.signalbox.store.jdbc.LedgerProbe;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a page takes in ledgers of several sizes, read from the store and over the API; and what an audit takes. */
final class LedgerPages {

    private static final int ROWS = 50;
    private static final int WARM_UP = 300;
    private static final int OK = 200;
    private static final int RECORDED = 10_000;
    private static final int ROUNDS = 3;
    private static final Pattern ENTRIES = Pattern.compile("\"entries\":(\\d+)");

    /** Starts the gateway of a run. */
    @FunctionalInterface
    interface Start {
        GatewayProcess start(GatewayProcess.Setup setup) throws IOException, InterruptedException;
    }

    /** One question, about the signal of a number drawn at random. */
    private record Question(String name, Asked asked) {}

    private interface Asked {
        SignalQuery query(long number, long size);
    }

    private static final List<Question> QUESTIONS = List.of(
            new Question("first page", (number, size) -> query(null, null, null, null, null, null)),
            new Question(
                    "a page in the depth",
                    (number, size) -> query(null, null, null, null, null, LedgerFill.cursor(number))),
            new Question("by issuer", (number, size) -> query(null, LedgerFill.issuer(number), null, null, null, null)),
            new Question(
                    "by issuer, in the depth",
                    (number, size) ->
                            query(null, LedgerFill.issuer(number), null, null, null, LedgerFill.cursor(number))),
            new Question(
                    "by an issuer that never was",
                    (number, size) -> query(null, "https://nobody.example", null, null, null, null)),
            new Question("by subject", (number, size) -> query(null, null, number, null, null, null)),
            new Question(
                    "by subject and issuer",
                    (number, size) -> query(null, LedgerFill.issuer(number), number, null, null, null)),
            new Question(
                    "by subject and time",
                    (number, size) ->
                            query(null, null, number, LedgerFill.received(0), LedgerFill.received(number + 1), null)),
            new Question(
                    "by time",
                    (number, size) -> query(
                            null, null, null, LedgerFill.received(number - 200), LedgerFill.received(number), null)),
            new Question(
                    "by issuer and time",
                    (number, size) -> query(
                            null,
                            LedgerFill.issuer(number),
                            null,
                            LedgerFill.received(number - 2000),
                            LedgerFill.received(number),
                            null)),
            new Question("by jti", (number, size) -> query(LedgerFill.jti(number), null, null, null, null, null)),
            new Question(
                    "by jti and issuer",
                    (number, size) ->
                            query(LedgerFill.jti(number), LedgerFill.issuer(number), null, null, null, null)));

    private final Options options;
    private final Report report;
    private final GatewayProcess.Setup setup;
    private final Start start;
    private final Random random = new Random(20_261_124);

    /** Of one page, in milliseconds. */
    private record Times(double median, double processor) {}

    /** Question to what it took at each size. */
    private final Map<String, Map<String, Times>> times = new LinkedHashMap<>();

    LedgerPages(Options options, Report report, GatewayProcess.Setup setup, Start start) {
        this.options = options;
        this.report = report;
        this.setup = setup;
        this.start = start;
    }

    private static SignalQuery query(
            @Nullable String jti,
            @Nullable String iss,
            @Nullable Long subjectOf,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String after) {
        return new SignalQuery(jti, iss, subjectOf == null ? null : LedgerFill.email(subjectOf), from, to, after, ROWS);
    }

    void measure() throws Exception {
        Path data = setup.folder().resolve("data");
        LedgerProbe.open(data).close();
        LedgerFill fill = new LedgerFill(data.resolve("ledger.db"));
        List<String> sizes = options.list("signals", "10000,100000,1000000");
        for (String text : sizes) {
            long size = Long.parseLong(text.replace("_", ""));
            fill(fill, size, data);
            String name = "%,d signals".formatted(size);
            fromTheStore(name, size, data);
            overTheApi(name, size);
            audit(name);
        }
        ratios();
        if (options.number("recorded", RECORDED) == 0) {
            return;
        }
        writing("%,d signals".formatted(fill.filled()), data);
        pruning("%,d signals".formatted(fill.filled()), fill, data);
    }

    private void fill(LedgerFill fill, long size, Path data) throws Exception {
        long before = fill.filled();
        long begin = System.nanoTime();
        fill.to(size);
        double seconds = (System.nanoTime() - begin) / 1e9;
        long bytes = Files.size(data.resolve("ledger.db"));
        say("filled to %,d signals: %.1f s, %,.0f/s".formatted(size, seconds, (size - before) / seconds));
        report.figure("%,d signals".formatted(size), "the ledger's file", bytes / 1048576.0, "MiB");
    }

    private void fromTheStore(String name, long size, Path data) {
        try (LedgerProbe probe = LedgerProbe.open(data)) {
            for (int i = 0; i < WARM_UP; i++) {
                for (Question question : QUESTIONS) {
                    int ignored = probe.signals(inStore(question, size));
                }
            }
            for (Question question : QUESTIONS) {
                measure(
                        name,
                        question.name() + ", from the store",
                        LedgerPages::ownTime,
                        () -> probe.signals(inStore(question, size)));
            }
            measure(
                    name,
                    "actions that are done, from the store",
                    LedgerPages::ownTime,
                    () -> probe.doneActions(null, ROWS));
        }
    }

    /** The store is asked by the subject's key, the API by the address. */
    private SignalQuery inStore(Question question, long size) {
        long number = draw(size);
        SignalQuery asked = question.asked().query(number, size);
        return new SignalQuery(
                asked.jti(),
                asked.iss(),
                asked.subjectKey() == null ? null : LedgerFill.subjectKey(number),
                asked.from(),
                asked.to(),
                asked.after(),
                asked.limit());
    }

    private long draw(long size) {
        return 4_000 + random.nextLong(size - 4_000);
    }

    private interface Call {
        int rows() throws Exception;
    }

    private static long ownTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** @param processor time of whoever answers, in nanoseconds: other than the clock's, it is the same on a busy machine */
    private void measure(String name, String what, LongSupplier processor, Call call) {
        try {
            int repeats = options.number("repeats", 300);
            Latencies latencies = new Latencies();
            long rows = 0;
            long before = processor.getAsLong();
            for (int i = 0; i < repeats; i++) {
                long begin = System.nanoTime();
                rows += call.rows();
                latencies.add(System.nanoTime() - begin);
            }
            double used = (processor.getAsLong() - before) / 1e6 / repeats;
            times.computeIfAbsent(what, w -> new LinkedHashMap<>())
                    .put(name, new Times(latencies.milliseconds(0.5), used));
            report.fine(name, what + " processor time", used, "ms");
            report.fine(name, what + " p50", latencies.milliseconds(0.5), "ms");
            report.fine(name, what + " p99", latencies.milliseconds(0.99), "ms");
            say("%s, %s: %.3f ms of processor, %.3f ms, p99 %.3f ms, %.1f rows"
                    .formatted(
                            name,
                            what,
                            used,
                            latencies.milliseconds(0.5),
                            latencies.milliseconds(0.99),
                            (double) rows / repeats));
        } catch (Exception e) {
            throw new IllegalStateException(name + ", " + what, e);
        }
    }

    private void overTheApi(String name, long size) throws Exception {
        try (GatewayProcess gateway = start.start(setup)) {
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            String token =
                    Files.readString(setup.folder().resolve("data/admin-token")).strip();
            String base = gateway.pushUrl().replaceAll("/push$", "/api/signals?limit=" + ROWS);
            Ask ask = question -> {
                SignalQuery asked = question.asked().query(draw(size), size);
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(URI.create(base + parameters(asked)))
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != OK) {
                    throw new IllegalStateException(answer.statusCode() + " " + answer.body());
                }
                return answer.body().split("\"jti\":", -1).length - 1;
            };
            // Each size has a process of its own, which has compiled nothing yet.
            for (int i = 0; i < WARM_UP; i++) {
                for (Question question : QUESTIONS) {
                    int ignored = ask.rows(question);
                }
            }
            for (Question question : QUESTIONS) {
                measure(name, question.name() + ", GET /api/signals", gateway::cpu, () -> ask.rows(question));
            }
        }
    }

    /** Gives how many rows the page has. */
    private interface Ask {
        int rows(Question question) throws Exception;
    }

    private static String parameters(SignalQuery asked) {
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
        parameters.put("jti", asked.jti());
        parameters.put("iss", asked.iss());
        parameters.put("subject", asked.subjectKey());
        parameters.put("from", asked.from());
        parameters.put("to", asked.to());
        parameters.put("after", asked.after());
        StringBuilder text = new StringBuilder();
        parameters.forEach((key, value) -> {
            if (value != null) {
                text.append('&')
                        .append(key)
                        .append('=')
                        .append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8));
            }
        });
        return text.toString();
    }

    /** As an operator runs it, with as little memory as shows that it does not need more for a larger ledger. */
    private void audit(String name) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                setup.java().toString(), "-Xmx64m", "-jar", setup.jar().toString(), "ledger", "verify", "--json"));
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .directory(setup.folder().toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        double seconds = (System.nanoTime() - begin) / 1e9;
        Matcher entries = ENTRIES.matcher(said);
        if (code != 0 || !entries.find()) {
            throw new IllegalStateException("ledger verify ended with " + code + ": " + said);
        }
        report.figure(name, "ledger verify with 64 MiB, its start included", seconds, "s");
        report.figure(name, "ledger verify", Long.parseLong(entries.group(1)) / seconds, "entries/s");
        say("%s: verified in %.1f s".formatted(name, seconds));
    }

    private void ratios() {
        times.forEach((what, bySize) -> {
            List<Times> values = List.copyOf(bySize.values());
            List<String> names = List.copyOf(bySize.keySet());
            for (int i = 1; i < values.size(); i++) {
                String ratio = names.get(i) + " to " + names.get(0);
                Times first = values.get(0);
                report.fine(ratio, what + " p50", values.get(i).median() / first.median(), "");
                report.fine(ratio, what + " processor time", values.get(i).processor() / first.processor(), "");
            }
        });
    }

    /** What the index from rows to entries costs those who write, in turns. */
    private void writing(String name, Path data) throws Exception {
        int signals = options.number("recorded", RECORDED);
        try (LedgerProbe probe = LedgerProbe.open(data)) {
            LedgerProbe.Recorded ignored = probe.record(signals);
            for (int round = 1; round <= ROUNDS; round++) {
                recorded(name, "recorded, round " + round, probe.record(signals));
                probe.execute("DROP INDEX chain_by_row");
                recorded(name, "recorded without chain_by_row, round " + round, probe.record(signals));
                probe.execute("CREATE INDEX chain_by_row ON chain (row_id)");
            }
        }
    }

    private void recorded(String name, String what, LedgerProbe.Recorded recorded) {
        report.figure(name, what, recorded.perSecond(), "signals/s");
        report.figure(name, what + ", processor time of the writer", recorded.writer(), "µs each");
    }

    /** The oldest half, or what of it goes in a few seconds, without the rests between the batches. */
    private void pruning(String name, LedgerFill fill, Path data) throws Exception {
        try (LedgerProbe probe = LedgerProbe.open(data)) {
            double[] went = probe.prune(
                    LedgerFill.received(fill.filled() / 2), Duration.ofSeconds(options.number("seconds", 20)));
            report.figure(name, "pruned without rests", went[0] / went[1], "signals/s");
        }
        audit(name + ", pruned");
    }

    private static void say(String text) {
        System.out.println(text);
    }
}
