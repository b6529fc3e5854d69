package io.signalbox.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** A log collector on a loopback socket: reads octet-counted syslog messages until the sender closes its side. */
@Component
@Profile(DemoSecrets.PROFILE)
final class DemoCollector implements SmartLifecycle {

    private static final int LONGEST = 65_536;

    private final DemoCalls calls;
    private final int port;
    private volatile @org.jspecify.annotations.Nullable ServerSocket server;

    DemoCollector(DemoCalls calls, DemoProperties properties) {
        this.calls = calls;
        this.port = properties.syslogPort();
    }

    @Override
    public void start() {
        try {
            ServerSocket socket = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
            server = socket;
            Thread thread = new Thread(() -> serve(socket), "demo-collector");
            thread.setDaemon(true);
            thread.start();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The demo's log collector cannot listen on signalbox.demo.syslog-port " + port, e);
        }
    }

    private void serve(ServerSocket socket) {
        while (!socket.isClosed()) {
            try (Socket sender = socket.accept();
                    InputStream in = new BufferedInputStream(sender.getInputStream())) {
                sender.setSoTimeout(10_000);
                for (int length = length(in); length > 0; length = length(in)) {
                    calls.add(
                            "siem", new String(in.readNBytes(length), StandardCharsets.UTF_8), "none; syslog has none");
                }
            } catch (IOException e) {
                // A sender that breaks off, or our own stop: either way the loop's condition decides.
            }
        }
    }

    /** RFC 6587, section 3.4.1: digits, a space, then as many octets. Zero at the end of the stream. */
    private static int length(InputStream in) throws IOException {
        int length = 0;
        for (int digit = in.read(); digit >= '0' && digit <= '9' && length < LONGEST; digit = in.read()) {
            length = length * 10 + digit - '0';
        }
        return Math.min(length, LONGEST);
    }

    @Override
    public void stop() {
        ServerSocket socket = server;
        server = null;
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException("The demo's log collector cannot be closed", e);
            }
        }
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }
}
