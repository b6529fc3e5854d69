package io.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.signalbox.http.GuardedHttp.Result;
import io.signalbox.testing.Authority;
import io.signalbox.testing.Authority.Issued;
import io.signalbox.testing.Authority.Revokable;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** I-02: the certificate of a server that is called may have been revoked; asked by real handshakes. */
class RevocationTest {

    private static final Authority AUTHORITY = new Authority("Acme issuing CA");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    @AfterAll
    static void close() {
        AUTHORITY.close();
    }

    private record Call(String what, Issued server, Revocation revocation, boolean isMade) {}

    @TestFactory
    Stream<DynamicTest> aServerIsCalledIfItsCertificateIsKnownToBeGood() {
        Issued listed = AUTHORITY.issue("idp", Revokable.BY_LIST, "127.0.0.1");
        Issued revokedInList = AUTHORITY.revoke(AUTHORITY.issue("idp", Revokable.BY_LIST, "127.0.0.1"));
        Issued answeredFor = AUTHORITY.issue("idp", Revokable.BY_RESPONDER, "127.0.0.1");
        Issued revoked = AUTHORITY.revoke(AUTHORITY.issue("idp", Revokable.BY_RESPONDER, "127.0.0.1"));
        Issued lost = AUTHORITY.issue("idp", Revokable.BY_A_LOST_LIST, "127.0.0.1");
        return Stream.of(
                        new Call("revoked, and nobody is asked", revokedInList, Revocation.OFF, true),
                        new Call("good by the list", listed, Revocation.CRL, true),
                        new Call("revoked by the list", revokedInList, Revocation.CRL, false),
                        new Call("a list that cannot be had", lost, Revocation.CRL, false),
                        new Call("good by the responder", answeredFor, Revocation.OCSP, true),
                        new Call("revoked by the responder", revoked, Revocation.OCSP, false),
                        new Call("no responder", listed, Revocation.OCSP, false),
                        new Call("no responder, and good by the list", listed, Revocation.EITHER, true),
                        new Call("no responder, and revoked by the list", revokedInList, Revocation.EITHER, false))
                .map(call -> DynamicTest.dynamicTest(call.what(), () -> {
                    Path authorities =
                            Files.writeString(Files.createTempFile(folder, "authority", ".pem"), AUTHORITY.pem());
                    HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
                    server.setHttpsConfigurator(new HttpsConfigurator(AUTHORITY.context(call.server())));
                    server.createContext("/", exchange -> {
                        exchange.sendResponseHeaders(200, -1);
                        exchange.close();
                    });
                    server.start();
                    HttpProperties properties = new HttpProperties(
                            List.of("127.0.0.0/8"), TIMEOUT, TIMEOUT, authorities.toString(), call.revocation());
                    try (PoolingHttpClientConnectionManager connections = GuardedConnections.open(
                                    new AddressGuard(properties.allowedRanges()),
                                    TIMEOUT,
                                    TIMEOUT,
                                    properties.authorities());
                            PooledHttp http = new PooledHttp(connections, TIMEOUT)) {
                        URI uri = URI.create(
                                "https://127.0.0.1:" + server.getAddress().getPort() + "/");

                        Result result = http.exchange(
                                new GuardedHttp.Request("GET", uri, Map.of(), new byte[0], 1024, TIMEOUT));

                        assertThat(result)
                                .isInstanceOf(call.isMade() ? Result.Answered.class : Result.Unreachable.class);
                    } finally {
                        server.stop(0);
                    }
                }));
    }
}
