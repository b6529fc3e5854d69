package io.signalbox.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The packaged jar in a process of its own, as an operator starts it, on free ports. */
final class GatewayProcess implements AutoCloseable {

    private static final Pattern PUSH = Pattern.compile("push\\s+(http://localhost:\\d+/push)");
    private static final String LAST_LINE_OF_THE_START = "management ";
    private static final long PATIENCE = 120_000_000_000L;
    private static final int KEPT_LINES = 60;

    private final Process process;
    private final Path java;
    private final long startedAt = System.nanoTime();
    private final Deque<String> log = new ArrayDeque<>();
    private @Nullable String pushUrl;
    private boolean up;
    private long upAfter;

    private GatewayProcess(Process process, Path java) {
        this.process = process;
        this.java = java;
        Thread reader = new Thread(this::read, "log of the gateway");
        reader.setDaemon(true);
        reader.start();
    }

    /** How a process is started; the same for all starts of a run. */
    record Setup(Path jar, Path java, Path folder, List<String> javaOptions, boolean recorded) {

        /**
         * Writes the configuration once: trust in one issuer, and targets that do every kind of action.
         *
         * @param servers a target each; the first serves the issuer's keys as well
         */
        void configure(String issuer, String audience, List<String> servers, List<String> properties)
                throws IOException {
            Files.writeString(folder.resolve("secret"), "a-secret-shared-with-the-target");
            StringBuilder yaml = new StringBuilder("""
                    signalbox:
                      routes-directory: ./routes
                      http:
                        allow: [127.0.0.0/8]
                      # All that is decided is to be done: it is the way there that is measured.
                      guard:
                        budgets: []
                        repeat-after: 0s
                      trust:
                        - issuer: %s
                          jwks-uri: %s/jwks
                          audiences: [%s]
                      targets:
                    """.formatted(issuer, servers.get(0), audience));
            for (int i = 0; i < servers.size(); i++) {
                yaml.append("""
                            desk%s:
                              kind: webhook
                              url: %s/hook
                              secret-file: ./secret
                              consumers: 32
                        """.formatted(i == 0 ? "" : i + 1, servers.get(i)).indent(0));
            }
            yaml.append("---\n");
            for (String property : properties) {
                int at = property.indexOf('=');
                if (at < 1) {
                    throw new IllegalArgumentException("--property takes key=value, not " + property);
                }
                yaml.append('"')
                        .append(property, 0, at)
                        .append("\": ")
                        .append(property.substring(at + 1))
                        .append('\n');
            }
            Files.writeString(folder.resolve("application.yaml"), yaml);
        }

        /**
         * The jar's own routes, with the one parked that takes accepted SETs from the queue, or with none parked. A
         * parked gateway accepts and keeps, and does nothing else: so the cost of accepting is seen alone, and so a
         * queue is filled.
         */
        void routes(boolean parked) throws IOException {
            Path routes = folder.resolve("routes");
            try (FileSystem zip = FileSystems.newFileSystem(jar);
                    Stream<Path> files = Files.walk(zip.getPath("BOOT-INF/classes/routes"))) {
                Path root = zip.getPath("BOOT-INF/classes/routes");
                boolean found = false;
                for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                    Path copy = routes.resolve(root.relativize(file).toString());
                    Files.createDirectories(copy.getParent());
                    String text = Files.readString(file);
                    if (parked && text.contains("    id: decide-signal\n")) {
                        text = text.replace(
                                "    id: decide-signal\n", "    id: decide-signal\n    autoStartup: \"false\"\n");
                        found = true;
                    }
                    Files.writeString(copy, text);
                }
                if (parked && !found) {
                    throw new IllegalStateException("the jar has no route decide-signal that could be parked");
                }
            }
        }

        GatewayProcess start() throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(
                    List.of(java.toString(), "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp"))));
            command.addAll(javaOptions);
            if (recorded) {
                String settings = "-XX:StartFlightRecording:name=bench,settings=profile,disk=true,maxsize=512m";
                command.add(feature() >= 25 ? settings + ",jdk.CPUTimeSample#enabled=true" : settings);
                command.add("-XX:FlightRecorderOptions:repository=" + folder.resolve("recording"));
            }
            command.addAll(List.of("-jar", jar.toString(), "--server.port=0", "--management.server.port=0"));
            GatewayProcess gateway = new GatewayProcess(
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .start(),
                    java);
            try {
                gateway.awaitStart();
            } catch (RuntimeException | InterruptedException e) {
                gateway.close();
                throw e;
            }
            return gateway;
        }

        /** The Java version that is measured, such as 25. */
        int feature() throws IOException {
            Matcher version = Pattern.compile("JAVA_VERSION=\"(\\d+)")
                    .matcher(Files.readString(java.resolveSibling("../release").normalize()));
            return version.find() ? Integer.parseInt(version.group(1)) : 0;
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Matcher matcher = PUSH.matcher(line);
                synchronized (this) {
                    if (pushUrl == null && matcher.find()) {
                        pushUrl = matcher.group(1).replace("localhost", "127.0.0.1");
                    }
                    if (!up && line.stripLeading().startsWith(LAST_LINE_OF_THE_START)) {
                        up = true;
                        upAfter = System.nanoTime() - startedAt;
                    }
                    log.add(line);
                    if (log.size() > KEPT_LINES) {
                        log.remove();
                    }
                    notifyAll();
                }
            }
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
        }
        synchronized (this) {
            notifyAll();
        }
    }

    private synchronized void awaitStart() throws InterruptedException {
        while (!up || pushUrl == null) {
            if (!process.isAlive() || System.nanoTime() - startedAt > PATIENCE) {
                throw new IllegalStateException("the gateway did not start:\n" + String.join("\n", log));
            }
            wait(500);
        }
    }

    synchronized String pushUrl() {
        if (pushUrl == null) {
            throw new IllegalStateException("not started");
        }
        return pushUrl;
    }

    /** The last lines of its log, which say what went wrong if something did. */
    synchronized List<String> log() {
        return List.copyOf(log);
    }

    /** Nanoseconds from the start of the process until it said that it listens. */
    synchronized long upAfter() {
        return upAfter;
    }

    long startedAt() {
        return startedAt;
    }

    /** What the system counts as resident now, in MiB. */
    long rss() throws IOException {
        return status("VmRSS:");
    }

    /** The most that ever was, in MiB. */
    long peakRss() throws IOException {
        return status("VmHWM:");
    }

    private long status(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        return 0;
    }

    /** Processor time used, in nanoseconds. */
    long cpu() {
        return process.toHandle()
                .info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("no processor time is told"))
                .toNanos();
    }

    /** Writes what was recorded. */
    void dump(Path file) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        java.resolveSibling("jcmd").toString(),
                        String.valueOf(process.pid()),
                        "JFR.dump",
                        "name=bench",
                        "filename=" + file.toAbsolutePath())
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IllegalStateException("no recording was written: " + said);
        }
    }

    /** SIGKILL, as by a power cut: nothing is flushed, and nobody waits for a backlog that no figure needs. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
            // The socket through which a JVM is asked for its recording; one that is killed cannot clear it away.
            Files.deleteIfExists(Path.of("/tmp/.java_pid" + process.pid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
