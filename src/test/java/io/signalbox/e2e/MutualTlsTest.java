package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.signalbox.testing.Authority;
import io.signalbox.testing.Authority.Issued;
import io.signalbox.testing.Authority.Revokable;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Sources that ask for a certificate: real handshakes with the whole gateway, with certificates made here. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "management.server.port=0")
@DirtiesContext
class MutualTlsTest {

    private static final Authority ACME = new Authority("Acme issuing CA");
    private static final Authority PARTNER = new Authority("Partner issuing CA");
    private static final FakeTransmitter LISTED = FakeTransmitter.start();
    private static final FakeTransmitter ASKED = FakeTransmitter.start();

    @TempDir
    static Path home;

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry registry) throws IOException, GeneralSecurityException {
        Issued server = ACME.issue("signals", Revokable.BY_NOBODY, "127.0.0.1");
        Path acme = Files.writeString(home.resolve("acme.pem"), ACME.pem());
        Path both = Files.writeString(home.resolve("both.pem"), ACME.pem() + PARTNER.pem());
        Path own = Files.writeString(home.resolve("server.pem"), server.pem());
        Path key = Files.writeString(home.resolve("server.key"), server.keyPem());
        registry.add("server.ssl.certificate", own::toString);
        registry.add("server.ssl.certificate-private-key", key::toString);
        registry.add("server.ssl.trust-certificate", both::toString);
        registry.add("server.ssl.client-auth", () -> "want");
        registry.add("signalbox.data-directory", () -> home.resolve("data").toString());
        registry.add("signalbox.http.allow", () -> "127.0.0.0/8");
        trust(registry, 0, LISTED);
        trust(registry, 1, ASKED);
        source(registry, 0, "listed", LISTED, "push", acme);
        registry.add("signalbox.sources[0].client-certificate-name", () -> "idp.acme.example");
        registry.add("signalbox.sources[0].client-certificate-revocation", () -> "crl");
        source(registry, 1, "asked", ASKED, "push", acme);
        registry.add("signalbox.sources[1].client-certificate-subject", () -> "CN=asked, O=Acme");
        registry.add("signalbox.sources[1].client-certificate-revocation", () -> "ocsp");
        source(registry, 2, "sso", ASKED, "logout", acme);
    }

    private static void trust(DynamicPropertyRegistry registry, int place, FakeTransmitter transmitter) {
        String prefix = "signalbox.trust[" + place + "].";
        registry.add(prefix + "issuer", transmitter::issuer);
        registry.add(prefix + "jwks-uri", () -> transmitter.jwksUri().toString());
        registry.add(prefix + "audiences", () -> Sets.AUDIENCE);
    }

    private static void source(
            DynamicPropertyRegistry registry,
            int place,
            String name,
            FakeTransmitter transmitter,
            String delivery,
            Path authorities) {
        String prefix = "signalbox.sources[" + place + "].";
        registry.add(prefix + "name", () -> name);
        registry.add(prefix + "transmitter", transmitter::issuer);
        registry.add(prefix + "delivery", () -> delivery);
        registry.add(prefix + "client-certificate-authorities-file", authorities::toString);
    }

    @AfterAll
    static void close() {
        Stream.of(ACME, PARTNER).forEach(Authority::close);
        Stream.of(LISTED, ASKED).forEach(FakeTransmitter::close);
    }

    private HttpResponse<String> call(
            String path, @Nullable Issued shown, Authority by, String contentType, String body) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(by.context(shown, ACME.certificate()))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        return client.send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                        .header("Content-Type", contentType)
                        .timeout(Duration.ofSeconds(30))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> push(String path, @Nullable Issued shown, FakeTransmitter from) throws Exception {
        return push(path, shown, ACME, from);
    }

    private HttpResponse<String> push(String path, @Nullable Issued shown, Authority by, FakeTransmitter from)
            throws Exception {
        String set = from.set(Instant.now())
                .with("jti", UUID.randomUUID().toString())
                .compact();
        return call(path, shown, by, "application/secevent+jwt", set);
    }

    private static Issued listed(Revokable revokable) {
        return ACME.issue("idp", revokable, "other.acme.example", "idp.acme.example");
    }

    private static Issued asked(Revokable revokable) {
        return ACME.issue("asked", revokable);
    }

    /** @param by who issued what is shown */
    private record Showing(
            String what, String path, @Nullable Issued shown, Authority by, FakeTransmitter from, String answer) {}

    /** R-12 in another way: who shows the wrong certificate, or none, is not authenticated; who may be revoked waits. */
    @TestFactory
    Stream<DynamicTest> aSourceTakesSetsFromWhoShowsTheRightCertificate() {
        return Stream.of(
                        showing("the right one", "/push/listed", listed(Revokable.BY_LIST), "202"),
                        showing("none", "/push/listed", null, "authentication_failed"),
                        showing(
                                "one of somebody else",
                                "/push/listed",
                                ACME.issue("idp", Revokable.BY_LIST, "evil.acme.example"),
                                "authentication_failed"),
                        new Showing(
                                "the right name by another authority that the server trusts",
                                "/push/listed",
                                PARTNER.issue("idp", Revokable.BY_LIST, "idp.acme.example"),
                                PARTNER,
                                LISTED,
                                "authentication_failed"),
                        showing(
                                "one that was revoked",
                                "/push/listed",
                                ACME.revoke(listed(Revokable.BY_LIST)),
                                "authentication_failed"),
                        showing(
                                "one whose list cannot be had",
                                "/push/listed",
                                listed(Revokable.BY_A_LOST_LIST),
                                "503"),
                        showing("one that names no list", "/push/listed", listed(Revokable.BY_NOBODY), "503"),
                        showing("none, at the open door", "/push", null, "access_denied"),
                        showing("the right one, at the open door", "/push", listed(Revokable.BY_LIST), "access_denied"),
                        new Showing(
                                "one that its responder vouches for",
                                "/push/asked",
                                asked(Revokable.BY_RESPONDER),
                                ACME,
                                ASKED,
                                "202"),
                        new Showing(
                                "one that its responder says is revoked",
                                "/push/asked",
                                ACME.revoke(asked(Revokable.BY_RESPONDER)),
                                ACME,
                                ASKED,
                                "authentication_failed"),
                        new Showing(
                                "one of another subject",
                                "/push/asked",
                                ACME.issue("idp", Revokable.BY_RESPONDER),
                                ACME,
                                ASKED,
                                "authentication_failed"),
                        new Showing(
                                "one that names a list where a responder is asked",
                                "/push/asked",
                                asked(Revokable.BY_LIST),
                                ACME,
                                ASKED,
                                "503"))
                .map(each -> dynamicTest(each.what() + " at " + each.path(), () -> {
                    HttpResponse<String> answer = settled(each);
                    if (each.answer().length() == 3) {
                        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(Integer.parseInt(each.answer()));
                        assertThat(answer.headers().firstValue("Retry-After").isPresent())
                                .isEqualTo(answer.statusCode() == 503);
                    } else {
                        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
                        assertThat(Gateway.json(answer.body()).path("err").asText())
                                .isEqualTo(each.answer());
                        assertThat(answer.body()).doesNotContain("acme.example");
                    }
                }));
    }

    private static Showing showing(String what, String path, @Nullable Issued shown, String answer) {
        return new Showing(what, path, shown, ACME, LISTED, answer);
    }

    /** A question that takes longer than a push may is answered 503 and goes on; what it brings is there the next time. */
    private HttpResponse<String> settled(Showing each) throws Exception {
        HttpResponse<String> answer = push(each.path(), each.shown(), each.by(), each.from());
        for (int again = 0;
                again < 20 && answer.statusCode() == 503 && !each.answer().equals("503");
                again++) {
            answer = push(each.path(), each.shown(), each.by(), each.from());
        }
        return answer;
    }

    @Test
    void whatWasLearnedIsGoodForAWhileAndAnOutageIsNot() throws Exception {
        Issued good = asked(Revokable.BY_RESPONDER);
        Issued other = asked(Revokable.BY_RESPONDER);
        assertThat(settled(new Showing("", "/push/asked", good, ACME, ASKED, "202"))
                        .statusCode())
                .isEqualTo(202);
        ACME.silent(true);
        try {
            int before = ACME.questions();
            assertThat(push("/push/asked", good, ASKED).statusCode()).isEqualTo(202);
            assertThat(ACME.questions()).isEqualTo(before);
            assertThat(push("/push/asked", other, ASKED).statusCode()).isEqualTo(503);
        } finally {
            ACME.silent(false);
        }
    }

    @Test
    void aProviderThatTellsOfLogoutsMayHaveToShowOneToo() throws Exception {
        String token = ASKED.set(Instant.now())
                .with("jti", UUID.randomUUID().toString())
                .header("typ", "logout+jwt")
                .without("sub_id")
                .with("exp", Instant.now().getEpochSecond() + 120)
                .with("sub", "u-1")
                .with("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()))
                .compact();
        String form = "application/x-www-form-urlencoded";

        HttpResponse<String> refused = call("/logout/sso", null, ACME, form, "logout_token=" + token);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("client certificate");
        assertThat(call("/logout/sso", asked(Revokable.BY_NOBODY), ACME, form, "logout_token=" + token)
                        .statusCode())
                .isEqualTo(200);
    }

    /** R-10, I-01: nothing older than TLS 1.2 is spoken. */
    @Test
    void speaksNoOutdatedTls() throws Exception {
        SSLParameters outdated = new SSLParameters();
        outdated.setProtocols(new String[] {"TLSv1.1"});
        HttpClient client = HttpClient.newBuilder()
                .sslContext(ACME.context(null))
                .sslParameters(outdated)
                .build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/push"))
                .POST(BodyPublishers.noBody())
                .build();

        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                .isInstanceOfAny(SSLException.class, IOException.class);
    }
}
