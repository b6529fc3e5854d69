package io.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.ByteArrayResource;

/** {@code tls self-signed}, and what a start with https makes of it. */
class TlsCommandTest {

    @TempDir
    private Path folder;

    private String output = "";

    @Test
    void makesAKeyForItsOwnerAloneAndACertificateForTheHosts() throws Exception {
        Path tls = folder.resolve("tls");

        assertThat(run("self-signed", "--folder=" + tls, "--host=signals.example.com", "--host", "127.0.0.1"))
                .as(output)
                .isZero();

        assertThat(output).contains("TLSv1.2, TLSv1.3", tls.resolve("key.pem").toString());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tls.resolve("key.pem"))))
                .isEqualTo("rw-------");
        X509Certificate certificate;
        try (InputStream in = Files.newInputStream(tls.resolve("certificate.pem"))) {
            certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
        List<Object> names = new ArrayList<>();
        certificate.getSubjectAlternativeNames().forEach(name -> names.add(name.get(1)));
        assertThat(names).containsExactly("signals.example.com", "127.0.0.1");
        try (Stream<Path> left = Files.list(tls)) {
            assertThat(left).as("no store and no password are left").hasSize(2);
        }
        // As Spring reads the lines that were printed.
        PemSslStore store = PemSslStore.load(PemSslStoreDetails.forCertificate("file:" + tls.resolve("certificate.pem"))
                .withPrivateKey("file:" + tls.resolve("key.pem")));
        assertThat(store.privateKey()).isNotNull();
        assertThat(store.certificates()).containsExactly(certificate);

        assertThat(run("self-signed", "--folder=" + tls)).as("not written over").isEqualTo(2);
    }

    /** I-01: the lines as they are printed, read by Spring as it reads a configuration, and a handshake with what comes of it. */
    @Test
    void theLinesThatItPrintsSpeakTls12And13Alone() throws Exception {
        run("self-signed", "--folder=" + folder.resolve("tls"), "--host=127.0.0.1");
        String lines = output.substring(output.indexOf("spring:"));
        Map<String, Object> properties = new HashMap<>();
        new YamlPropertySourceLoader()
                .load("printed", new ByteArrayResource(lines.getBytes(StandardCharsets.UTF_8)))
                .forEach(source -> {
                    for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
                        properties.put(name, String.valueOf(source.getProperty(name)));
                    }
                });
        assertThat(properties).containsEntry("server.ssl.bundle", "signalbox");

        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
                .withPropertyValues(properties.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toArray(String[]::new))
                .run(context -> {
                    SslBundle bundle = context.getBean(SslBundles.class).getBundle("signalbox");
                    assertThat(bundle.getOptions().getEnabledProtocols()).containsExactly("TLSv1.2", "TLSv1.3");
                    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
                        assertThat(handshake(bundle, protocol)).isEqualTo(protocol);
                    }
                });
    }

    /** The protocol that a client which trusts this certificate alone, and checks the name in it, comes to. */
    private String handshake(SslBundle bundle, String protocol) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        try (InputStream in = Files.newInputStream(folder.resolve("tls/certificate.pem"))) {
            trust.setCertificateEntry(
                    "it", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        try (SSLServerSocket server = (SSLServerSocket) bundle.createSslContext()
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setEnabledProtocols(bundle.getOptions().getEnabledProtocols());
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
                try (SSLSocket taken = (SSLSocket) server.accept()) {
                    taken.startHandshake();
                    taken.getOutputStream().write(1);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            try (SSLSocket client =
                    (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.getLocalPort())) {
                SSLParameters parameters = client.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                client.setSSLParameters(parameters);
                client.setEnabledProtocols(new String[] {protocol});
                client.startHandshake();
                assertThat(client.getInputStream().read()).isEqualTo(1);
                served.join();
                return client.getSession().getProtocol();
            }
        }
    }

    @Test
    void namesWhatIsWrong() throws IOException {
        assertThat(run("signed")).isEqualTo(2);
        assertThat(run("self-signed", "--host=a b")).isEqualTo(2);
        assertThat(run("self-signed", "--days=0")).isEqualTo(2);
        assertThat(output).contains("--days");
    }

    private int run(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int exit;
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            exit = TlsCommand.run(List.of(arguments), out);
        }
        output = bytes.toString(StandardCharsets.UTF_8);
        return exit;
    }
}
