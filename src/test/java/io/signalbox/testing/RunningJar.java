package io.signalbox.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/** The packaged jar in a process of its own, on ports of its own choosing, as a user starts it. */
public final class RunningJar implements AutoCloseable {

    private static final Pattern PUSH = Pattern.compile("push\\s+(http://localhost:\\d+)/push");
    private static final Pattern MANAGEMENT = Pattern.compile("management\\s+(http://localhost:\\d+)/");

    private final Process process;
    private final List<String> log = new CopyOnWriteArrayList<>();

    private RunningJar(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "log of the jar");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts it in the given folder and waits for the report at the end of the start.
     *
     * @param configuration becomes the {@code application.yaml} in that folder
     */
    public static RunningJar start(Path folder, String configuration, String... arguments) throws IOException {
        return start(folder, configuration, Map.of(), arguments);
    }

    /** The same, with these environment variables. */
    public static RunningJar start(
            Path folder, String configuration, Map<String, String> environment, String... arguments)
            throws IOException {
        RunningJar jar = launch(folder, configuration, environment, arguments);
        Awaitility.await("the jar's start-up report")
                .atMost(Duration.ofMinutes(5))
                .until(() -> {
                    if (!jar.process.isAlive()) {
                        throw new IllegalStateException("the process ended:\n" + jar.log());
                    }
                    return jar.find(MANAGEMENT) != null;
                });
        return jar;
    }

    /** Starts it and does not wait: for starts that are meant to fail. */
    public static RunningJar launch(
            Path folder, String configuration, Map<String, String> environment, String... arguments)
            throws IOException {
        Files.writeString(folder.resolve("application.yaml"), configuration);
        List<String> command = java(folder);
        command.add(1, "-Xmx512m");
        command.add("--management.server.port=0");
        if (Stream.of(arguments).noneMatch(argument -> argument.startsWith("--server.port="))) {
            command.add("--server.port=0");
        }
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new RunningJar(builder.start());
    }

    private static List<String> java(Path folder) throws IOException {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A process that lives for seconds gains nothing from the optimizing compiler, and would pay for it.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // Native libraries are unpacked there, and a killed process cannot clear them away.
                "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
                "-jar",
                Extracted.JAR.toString()));
    }

    /**
     * The jar as the image runs it: taken apart, its libraries beside it. A class among 250 jars within a jar is long
     * looked for, and that was half of each start.
     */
    private static final class Extracted {

        static final Path JAR = extract();

        private static Path extract() {
            Path jar = Path.of(System.getProperty("signalbox.jar")).toAbsolutePath();
            Path apart = jar.resolveSibling("extracted");
            try {
                FileSystemUtils.deleteRecursively(apart);
                Process tools = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Djarmode=tools",
                                "-jar",
                                jar.toString(),
                                "extract",
                                "--destination",
                                apart.toString())
                        .redirectErrorStream(true)
                        .start();
                String said = new String(tools.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (tools.waitFor() != 0) {
                    throw new IllegalStateException("the jar was not taken apart: " + said);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the jar was taken apart", e);
            }
            return apart.resolve(jar.getFileName());
        }
    }

    /** What a command of the jar came to. */
    public record Ended(int exitCode, String output) {}

    /** Runs one of the jar's commands in the given folder, to its end. */
    public static Ended command(Path folder, List<String> arguments) throws IOException, InterruptedException {
        return command(folder, Map.of(), arguments);
    }

    /** The same, with these environment variables. */
    public static Ended command(Path folder, Map<String, String> environment, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = java(folder);
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                log.add(line);
            }
        } catch (IOException e) {
            // Killing it closes its output under our hands; that ends the log and is no fault.
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private @Nullable String find(Pattern pattern) {
        for (String line : log) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                return matcher.group(1);
            }
        }
        return null;
    }

    /** Base URL of the gateway. */
    public String url() {
        return Objects.requireNonNull(find(PUSH), "not started");
    }

    /** Base URL of its management port. */
    public String management() {
        return Objects.requireNonNull(find(MANAGEMENT), "not started");
    }

    public String log() {
        return String.join("\n", log);
    }

    /** Whether the report at the end of the start is there. */
    public boolean isStarted() {
        return find(MANAGEMENT) != null;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Watches it for so long; whether it ended by itself meanwhile. */
    public boolean endsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    public long pid() {
        return process.pid();
    }

    /** An {@code application.yaml} that trusts this transmitter and has one target, a desk that does everything. */
    public static String configuration(Path folder, FakeTransmitter transmitter, RecordingTarget desk)
            throws IOException {
        return configuration(folder, transmitter, desk.url());
    }

    /** The same, with the desk at this URL. */
    public static String configuration(Path folder, FakeTransmitter transmitter, String desk) throws IOException {
        Files.writeString(folder.resolve("secret"), "a-secret-shared-with-the-desk");
        return """
                signalbox:
                  http:
                    allow: [127.0.0.0/8]
                  guard:
                    budgets: []
                    repeat-after: 0s
                    hops: 1000
                  trust:
                    - issuer: %s
                      jwks-uri: %s
                      audiences: [%s]
                  targets:
                    desk:
                      kind: webhook
                      url: %s/hook
                      secret-file: ./secret
                  act:
                    retry: [2s, 2s, 2s, 2s, 2s]
                """.formatted(transmitter.issuer(), transmitter.jwksUri(), Sets.AUDIENCE, desk);
    }

    /** SIGKILL: no hook runs, nothing is flushed. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits for it to end by itself, and gives its exit code. */
    public int exitCode(Duration patience) throws InterruptedException {
        if (!endsWithin(patience)) {
            throw new AssertionError("the process still runs:\n" + log());
        }
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
