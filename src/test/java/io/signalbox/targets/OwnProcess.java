package io.signalbox.targets;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A process of a test's own, with all that it says; it ends with the test. */
final class OwnProcess implements AutoCloseable {

    /** What a command came to. */
    record Ended(int exitCode, String output) {

        /** What it said, if all went well. */
        String well() {
            if (exitCode != 0) {
                throw new IllegalStateException("exit code " + exitCode + ":\n" + output);
            }
            return output;
        }

        String firstLine() {
            return output.lines().findFirst().orElse("");
        }
    }

    private final String name;
    private final Process process;
    private final List<String> log = new CopyOnWriteArrayList<>();

    private OwnProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        Thread reader = new Thread(this::read, "log of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it in this folder, with these environment variables besides. */
    static OwnProcess start(String name, Path folder, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new OwnProcess(name, builder.start());
    }

    /** Runs a command to its end. */
    static Ended run(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    /** Waits until it does what it is for; its end before that is told with its last words. */
    OwnProcess ready(Callable<Boolean> answers) {
        try {
            Awaitility.await(name + " is ready")
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .failFast(name + " ended", () -> !process.isAlive())
                    .until(answers);
            return this;
        } catch (RuntimeException e) {
            close();
            throw new IllegalStateException(said(), e);
        }
    }

    String said() {
        return String.join("\n", log);
    }

    /** Whether somebody takes connections there. */
    static boolean listens(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        }
    }

    static int freeTcpPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static int freeUdpPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                log.add(line);
            }
        } catch (IOException e) {
            // It was ended while somebody listened.
            log.add(e.toString());
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
