package io.signalbox.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A syslog collector on the loopback address that reads frames by their octet counts. */
public final class Collector implements AutoCloseable {

    /** What it does with a connection. */
    public enum Manner {
        READS,
        RESETS,
        HANGS
    }

    private static final char[] PASSWORD = "changeit".toCharArray();

    private final ServerSocket server;
    private final @Nullable Path certificate;
    private final List<String> records = new CopyOnWriteArrayList<>();
    private final List<Socket> hanging = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile Manner manner = Manner.READS;

    public Collector() {
        this(plain(), null);
    }

    private Collector(ServerSocket server, @Nullable Path certificate) {
        this.server = server;
        this.certificate = certificate;
        threads.execute(this::accept);
    }

    private static ServerSocket plain() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One behind TLS, with a certificate of its own for this name. */
    public static Collector secure(Path folder, String name) throws Exception {
        return secure(folder, name, null);
    }

    /** The same, for whoever shows this certificate and nobody else. */
    public static Collector secure(Path folder, String name, @Nullable Path client) throws Exception {
        Path certificate = certified(folder, "collector", name);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("collector.p12"))) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), client == null ? null : trusting(client), null);
        SSLServerSocket server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(client != null);
        return new Collector(server, certificate);
    }

    private static TrustManager[] trusting(Path certificate) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "client", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust.getTrustManagers();
    }

    /** Makes a key in {@code <file>.p12}, password {@code changeit}, and gives the certificate, in PEM. */
    public static Path certified(Path folder, String file, String name) throws Exception {
        Path store = folder.resolve(file + ".p12");
        Path certificate = folder.resolve(file + ".pem");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        run(List.of(
                keytool,
                "-genkeypair",
                "-alias",
                "c",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=dns:" + name,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit"));
        run(List.of(
                keytool,
                "-exportcert",
                "-rfc",
                "-alias",
                "c",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit",
                "-file",
                certificate.toString()));
        return certificate;
    }

    private static void run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("failed: " + command);
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    public Path certificate() {
        return Objects.requireNonNull(certificate);
    }

    public void behave(Manner next) {
        manner = next;
    }

    /** What was read, in order, without the counts. */
    public List<String> records() {
        return records;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        if (manner == Manner.HANGS) {
            hanging.add(socket);
            return;
        }
        try (socket) {
            if (manner == Manner.RESETS) {
                socket.setSoLinger(true, 0);
                return;
            }
            InputStream in = socket.getInputStream();
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                StringBuilder count = new StringBuilder();
                for (; octet != ' '; octet = in.read()) {
                    count.append((char) octet);
                }
                byte[] record = in.readNBytes(Integer.parseInt(count.toString()));
                records.add(new String(record, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // The sender went away; what was read counts.
            return;
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : hanging) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
