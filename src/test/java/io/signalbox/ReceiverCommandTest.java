package io.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.testing.StreamTransmitter;
import io.signalbox.testing.StreamTransmitter.Quirk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code receiver run} as it is written on a command line, against a transmitter on loopback. */
class ReceiverCommandTest {

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // each test starts its own, with its quirk
    private StreamTransmitter transmitter;

    private String output = "";

    @BeforeEach
    void writeTheSecret() throws IOException {
        Files.writeString(folder.resolve("secret"), StreamTransmitter.SECRET + "\n");
    }

    @AfterEach
    void stop() {
        transmitter.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"poll", "push"})
    void takesAStreamThroughItsLifeAndEndsWithZero(String delivery) {
        transmitter = StreamTransmitter.start();

        assertThat(run("--delivery", delivery)).as(output).isZero();

        assertThat(output.lines().map(line -> line.split(" +")[0] + " " + line.split(" +")[1]))
                .containsSubsequence("ok discover", "ok login", "ok create", "ok read", "ok status", "ok verify")
                .contains("ok delete");
        assertThat(output).contains("R-40", "R-52", "verification acknowledged", "Good: 7 steps, 0 faults");
        assertThat(output).doesNotContain(StreamTransmitter.SECRET);
        assertThat(transmitter.faults()).isEmpty();
        assertThat(transmitter.streamIds()).isEmpty();
    }

    @Test
    void saysInJsonWhatWasNotAsItShouldBeAndEndsWithOne() throws IOException {
        transmitter = StreamTransmitter.start(Quirk.HAS_A_STATUS_OF_ITS_OWN);

        assertThat(run("--json", "--client-authentication=post")).as(output).isEqualTo(1);

        JsonNode report = new ObjectMapper().readTree(output);
        assertThat(report.path("result").asText()).isEqualTo("bad");
        assertThat(report.path("faults").asInt()).isEqualTo(1);
        assertThat(report.path("steps")).anySatisfy(step -> {
            assertThat(step.path("step").asText()).isEqualTo("status");
            assertThat(step.path("good").asBoolean()).isFalse();
            assertThat(step.path("findings").path(0).path("rule").asText()).isEqualTo("SSF 8.1.2");
        });
        assertThat(report.path("sets").path(0).path("acknowledged").asBoolean()).isTrue();
        assertThat(transmitter.streamIds()).isEmpty();
    }

    @Test
    void remarksCountOnlyWhenTheyAreToldTo() {
        transmitter = StreamTransmitter.start(Quirk.METADATA_LACK_THE_VERSION);

        assertThat(run()).as(output).isZero();
        assertThat(output).contains("remark  R-07");
        assertThat(run("--strict")).as(output).isEqualTo(1);
    }

    @Test
    void takesASelfSignedCertificateThatItWasGivenAndNoOther() throws Exception {
        transmitter = StreamTransmitter.start(selfSigned());

        assertThat(run()).as(output).isEqualTo(1);
        assertThat(output).startsWith("FAULT   discover");
        assertThat(run("--ca-file", folder.resolve("ca.pem").toString()))
                .as(output)
                .isZero();
        assertThat(transmitter.faults()).isEmpty();
    }

    @Test
    void takesPushesOverTlsWithACertificateOfItsOwn() throws Exception {
        transmitter = StreamTransmitter.start(selfSigned());
        Files.writeString(folder.resolve("password"), "changeit");

        assertThat(run(
                        "--ca-file=" + folder.resolve("ca.pem"),
                        "--delivery=push",
                        "--listen-keystore=" + folder.resolve("server.p12"),
                        "--listen-keystore-password-file=" + folder.resolve("password")))
                .as(output)
                .isZero();

        assertThat(output).contains("verification acknowledged");
        assertThat(transmitter.faults()).isEmpty();
    }

    @Test
    void namesTheOptionThatIsMissingOrWrong() {
        transmitter = StreamTransmitter.start();

        assertThat(command("receiver", "run")).isEqualTo(2);
        assertThat(output).contains("--issuer is missing");
        assertThat(run("--steps", "create,burn")).isEqualTo(2);
        assertThat(output).contains("--steps has burn");
        assertThat(run("--steps", "delete,create")).isEqualTo(2);
        assertThat(output).contains("begins with create");
        assertThat(run("--events", "nothing-of-the-kind")).isEqualTo(2);
        assertThat(output).contains("'nothing-of-the-kind' is no event type");
        assertThat(run("--ca-file", folder.resolve("secret").toString())).isEqualTo(2);
        assertThat(output).contains("signalbox.http.ca-file");
        assertThat(command("receiver", "run", "--issuer", transmitter.issuer(), "--client-id", "x"))
                .isEqualTo(2);
        assertThat(output).contains("--token-uri is missing");
        assertThat(transmitter.calls()).isEmpty();
    }

    @Test
    void plansAndAppliesWhatIsConfiguredAndThenHasNothingToDo() throws IOException {
        transmitter = StreamTransmitter.start();

        assertThat(sources("plan")).as(output).isZero();
        assertThat(output).contains("idp: planned: make a stream");
        assertThat(sources("apply", "--dry-run")).as(output).isZero();
        assertThat(transmitter.streamIds()).isEmpty();

        assertThat(sources("apply")).as(output).isZero();
        assertThat(output).contains("idp: done: make a stream", "audience [https://receiver.example/one]", "/poll/st-");
        assertThat(transmitter.streamIds()).hasSize(1);

        assertThat(sources("apply", "--json")).as(output).isZero();
        JsonNode report = new ObjectMapper().readTree(output);
        assertThat(report.path("sources").path(0).path("result").asText()).isEqualTo("as wanted");
        assertThat(transmitter.streamIds()).hasSize(1);
        assertThat(transmitter.faults()).isEmpty();

        assertThat(sources("plan", "--source", "another")).isEqualTo(2);
        assertThat(output).contains("no source another with credentials");
        assertThat(sources("apply", "--signalbox.sources[0].delivery=pigeon")).isEqualTo(2);
        assertThat(output).contains("signalbox.sources[0].delivery must be one of push, poll");
    }

    @Test
    void endsWithOneWhereATransmitterWillNot() {
        transmitter = StreamTransmitter.start(Quirk.ALLOWS_NO_STREAM);

        assertThat(sources("apply")).as(output).isEqualTo(1);
        assertThat(output).contains("idp: failed", "409");
    }

    private int sources(String word, String... more) {
        List<String> arguments = new ArrayList<>(List.of("receiver", word, "--signalbox.http.allow=127.0.0.0/8"));
        List.of(
                        "name=idp",
                        "transmitter=" + transmitter.issuer(),
                        "delivery=poll",
                        "events=session-revoked,credential-change",
                        "credentials.token-uri=" + transmitter.tokenUri(),
                        "credentials.client-id=" + StreamTransmitter.CLIENT,
                        "credentials.client-secret-file=" + folder.resolve("secret"),
                        "credentials.scope=ssf.manage ssf.read")
                .forEach(member -> arguments.add("--signalbox.sources[0]." + member));
        arguments.addAll(List.of(more));
        return command(arguments.toArray(String[]::new));
    }

    private int run(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "receiver",
                "run",
                "--issuer",
                transmitter.issuer(),
                "--token-uri=" + transmitter.tokenUri(),
                "--client-id",
                StreamTransmitter.CLIENT,
                "--client-secret-file",
                folder.resolve("secret").toString(),
                "--scope",
                "ssf.manage ssf.read",
                "--events",
                "session-revoked,caep:credential-change",
                "--patience",
                "20s"));
        arguments.addAll(List.of(more));
        return command(arguments.toArray(String[]::new));
    }

    private int command(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<String> behind = List.of(arguments).subList(1, arguments.length);
        int exitCode;
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            exitCode = ReceiverCommand.run(behind, out, Clock.systemUTC());
        }
        output = bytes.toString(StandardCharsets.UTF_8);
        return exitCode;
    }

    /** A key and its own certificate, which is written to {@code ca.pem}. */
    private SSLContext selfSigned() throws Exception {
        Path store = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=transmitter",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor())
                .as(new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        Certificate certificate = keys.getCertificate("server");
        Files.writeString(
                folder.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", certificate);
        trust.init(trusted);
        context.init(factory.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
