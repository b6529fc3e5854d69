package io.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpServer;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Sets;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code set decode}, {@code set verify} and {@code set send} as they are written on a command line. */
class SetCommandTest {

    @TempDir
    private Path folder;

    private FakeTransmitter transmitter;
    private Sets valid;
    private String output = "";

    @BeforeEach
    void start() throws IOException {
        transmitter = FakeTransmitter.start();
        valid = transmitter.set(Instant.now());
        Files.writeString(folder.resolve("jwks.json"), new JWKSet(List.of(transmitter.rsa())).toString(true));
    }

    @AfterEach
    void stop() {
        transmitter.close();
    }

    @Test
    void decodesWhatAnybodyMayHaveWrittenAndSaysSo() throws IOException {
        assertThat(set(valid.compact() + "\n", "decode", "-")).isZero();
        assertThat(output).startsWith("NOT VERIFIED").contains("\"typ\": \"secevent+jwt\"", "\"jti\": \"jti-0001\"");

        assertThat(set("", "decode", file(valid.compact()), "--json")).isZero();
        JsonNode json = json();
        assertThat(json.path("verified").asBoolean(true)).isFalse();
        assertThat(json.path("header").path("alg").asText()).isEqualTo("RS256");
        assertThat(json.path("claims").path("iss").asText()).isEqualTo(transmitter.issuer());
    }

    @Test
    void saysWhyItCannotDecode() {
        assertThat(set("no token", "decode", "-")).isEqualTo(1);
        assertThat(output).contains("three parts");
        assertThat(set("a.b.c.d.e", "decode", "-")).isEqualTo(1);
        assertThat(output).contains("encrypted");
        assertThat(set("e30.%.x", "decode", "-")).isEqualTo(1);
        assertThat(output).contains("its claim set is not base64url");
        assertThat(set("", "decode", folder.resolve("nowhere").toString())).isEqualTo(1);
        assertThat(output).contains("nowhere cannot be read");
    }

    @Test
    void verifiesByTheKeysThatAreNamed() throws IOException {
        String[] keys = {"verify", "-", "--jwks", folder.resolve("jwks.json").toString()};
        assertThat(set(valid.compact(), keys)).isZero();
        assertThat(output).startsWith("accepted: jti jti-0001").contains("not checked: issuer and audience");

        assertThat(set(
                        valid.compact(),
                        "verify",
                        "-",
                        "--jwks=" + transmitter.jwksUri(),
                        "--issuer=" + transmitter.issuer(),
                        "--audience=" + Sets.AUDIENCE,
                        "--json"))
                .as(output)
                .isZero();
        assertThat(json().path("verdict").asText()).isEqualTo("accepted");
        assertThat(json().path("unchecked")).isEmpty();
    }

    @Test
    void namesTheRuleThatASetBreaks() throws IOException {
        String jwks = "--jwks=" + folder.resolve("jwks.json");
        Sets forged =
                valid.signedSilentlyBy(FakeTransmitter.newRsa("other", 2048), com.nimbusds.jose.JWSAlgorithm.RS256);
        refused("S-10", "invalid_key", forged.compact(), jwks);
        refused("J-14", "invalid_issuer", valid.compact(), jwks, "--issuer=" + transmitter.issuer() + "/");
        refused("J-11", "invalid_audience", valid.compact(), jwks, "--audience=https://somebody-else.example");
        refused(
                "RFC 8417, section 2.2; SSF 4.1",
                "invalid_request",
                valid.without("jti").compact(),
                jwks);
    }

    private void refused(String rule, String code, String compact, String... options) throws IOException {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "verify";
        arguments[1] = "-";
        arguments[2] = "--json";
        System.arraycopy(options, 0, arguments, 3, options.length);
        assertThat(set(compact, arguments)).as(output).isEqualTo(1);
        assertThat(json().path("verdict").asText()).isEqualTo("refused");
        assertThat(json().path("rule").asText()).isEqualTo(rule);
        assertThat(json().path("code").asText()).isEqualTo(code);
    }

    @Test
    void verifiesByWhatIsConfigured() throws IOException {
        String[] trust = {
            "verify",
            "-",
            "--json",
            "--signalbox.http.allow=127.0.0.0/8",
            "--signalbox.trust[0].issuer=" + transmitter.issuer(),
            "--signalbox.trust[0].jwks-uri=" + transmitter.jwksUri(),
            "--signalbox.trust[0].audiences=" + Sets.AUDIENCE
        };
        assertThat(set(valid.compact(), trust)).as(output).isZero();
        assertThat(json().path("jti").asText()).isEqualTo("jti-0001");

        transmitter.answersKeysWith(500);
        assertThat(set(valid.compact(), trust)).isEqualTo(1);
        assertThat(json().path("verdict").asText()).isEqualTo("undecided");
    }

    @Test
    void sendsASetAsItIsAndTellsWhatTheReceiverAnswers() throws IOException {
        List<String> requests = new CopyOnWriteArrayList<>();
        Queue<String> answers = new ConcurrentLinkedQueue<>(List.of(
                "202 ", "400 {\"err\":\"invalid_key\",\"description\":\"No such key\"}", "503 busy", "200 hello"));
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/push", exchange -> {
            requests.add(exchange.getRequestMethod() + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            String answer = String.valueOf(answers.poll());
            byte[] body = answer.substring(4).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Retry-After", "7");
            exchange.sendResponseHeaders(Integer.parseInt(answer.substring(0, 3)), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        receiver.start();
        String to = "--to=http://127.0.0.1:" + receiver.getAddress().getPort() + "/push";
        try {
            String header =
                    Files.writeString(folder.resolve("header"), "Bearer hush\n").toString();
            assertThat(set("not.a.set\n", "send", "-", to, "--authorization-header-file", header))
                    .as(output)
                    .isZero();
            assertThat(output.strip()).isEqualTo("accepted: 202");
            assertThat(requests).containsExactly("POST application/secevent+jwt Bearer hush not.a.set");

            assertThat(set("a.b.c", "send", "-", to)).isEqualTo(1);
            assertThat(output.strip()).isEqualTo("refused: 400 invalid_key: No such key; again after 7");
            assertThat(set("a.b.c", "send", "-", to, "--json")).isEqualTo(1);
            assertThat(json().path("status").asInt()).isEqualTo(503);
            assertThat(json().path("retryAfter").asText()).isEqualTo("7");
            // RFC 8935 knows one success.
            assertThat(set("a.b.c", "send", "-", to)).isEqualTo(1);
        } finally {
            receiver.stop(0);
        }
        assertThat(set("a.b.c", "send", "-", to)).isEqualTo(1);
        assertThat(output).startsWith("no answer: ");
        assertThat(set("a.b.c", "send", "-")).isEqualTo(2);
        assertThat(output).contains("--to is missing");
    }

    @Test
    void saysWhatIsNoUseOfIt() {
        assertThat(set("", "burn", "-")).isEqualTo(2);
        assertThat(set("", "decode")).isEqualTo(2);
        assertThat(set("", "verify", "-", "--issuer=https://a.example")).isEqualTo(2);
        assertThat(output).contains("--issuer and --audience go with --jwks");
        assertThat(set("", "verify", "-", "--sign")).isEqualTo(2);
        assertThat(output).contains("--sign is no option");
    }

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("set"), text).toString();
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(output);
    }

    private int set(String input, String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int exitCode;
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            exitCode = SetCommand.run(
                    List.of(arguments),
                    new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                    out,
                    Clock.systemUTC());
        }
        output = bytes.toString(StandardCharsets.UTF_8);
        return exitCode;
    }
}
