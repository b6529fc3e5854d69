package io.signalbox.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.testing.ActStage;
import io.signalbox.testing.Collector;
import io.signalbox.testing.SampleActions;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A target over HTTP that wants to see a certificate. */
class TargetTlsTest {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String KEY = "signalbox.targets.door.";

    private static KeyStore store(Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static HttpsServer server(Path theirs, Path ours) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store(theirs), PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store(ours));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = context.getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void isShownTheCertificateOfItsBundleAndAnotherHostIsNot(@TempDir Path folder) throws Exception {
        Collector.certified(folder, "theirs", "localhost");
        Collector.certified(folder, "ours", "signalbox");
        HttpsServer server = server(folder.resolve("theirs.p12"), folder.resolve("ours.p12"));
        Map<String, Object> properties = new HashMap<>();
        properties.put(KEY + "kind", "rest");
        properties.put(KEY + "url", "https://localhost:" + server.getAddress().getPort());
        properties.put("signalbox.http.ca-file", folder.resolve("theirs.pem").toString());
        Action action = SampleActions.of("notify", "door", null);
        try {
            try (ActStage nameless = new ActStage(properties)) {
                assertThat(nameless.attempt(action)).isInstanceOf(Outcome.NoAnswer.class);
            }
            properties.put(KEY + "ssl-bundle", "door");
            assertThatThrownBy(() -> new ActStage(properties)).rootCause().hasMessageContaining("door");
            for (String half : new String[] {"keystore", "truststore"}) {
                String bundle = "spring.ssl.bundle.jks.door." + half + ".";
                properties.put(
                        bundle + "location",
                        "file:" + folder.resolve(half.equals("keystore") ? "ours.p12" : "theirs.p12"));
                properties.put(bundle + "password", "changeit");
                properties.put(bundle + "type", "PKCS12");
            }
            try (ActStage named = new ActStage(properties)) {
                assertThat(named.attempt(action)).isEqualTo(new Outcome.Done("HTTP 204"));
            }
            properties.put(KEY + "url", "http://localhost:1");
            assertThatThrownBy(() -> new ActStage(properties)).rootCause().hasMessageContaining(KEY + "ssl-bundle:");
        } finally {
            server.stop(0);
        }
    }
}
