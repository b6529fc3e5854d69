package io.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

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
