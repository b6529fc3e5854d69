package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class TrustPropertiesTest {

    private static final Map<String, String> GOOD = Map.of(
            "signalbox.trust[0].issuer", "https://idp.example.com/realms/acme",
            "signalbox.trust[0].jwks-uri", "https://idp.example.com/certs",
            "signalbox.trust[0].audiences[0]", "https://signals.example.com");

    @Test
    void trustsNobodyByDefault() {
        assertThat(bind(Map.of()).issuers()).isEmpty();
    }

    @Test
    void fillsInWhatIsNotSaid() {
        assertThat(bind(GOOD).issuers())
                .containsExactly(new TrustedIssuer(
                        "https://idp.example.com/realms/acme",
                        URI.create("https://idp.example.com/certs"),
                        Set.of("https://signals.example.com"),
                        Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256),
                        Duration.ofSeconds(120)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8080/certs", "http://127.0.0.1:8080/certs", "http://[::1]/certs"})
    void takesHttpOnLoopback(String uri) {
        assertThat(bind(good("jwks-uri", uri)).issuers()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "issuer, ''",
        "jwks-uri, ''",
        "jwks-uri, http://idp.example.com/certs",
        "jwks-uri, http://10.0.0.1/certs",
        "jwks-uri, http://127.0.0.1.example.com/certs",
        "jwks-uri, https://user:secret@idp.example.com/certs",
        "jwks-uri, file:///etc/passwd",
        "jwks-uri, /certs",
        "jwks-uri, https://idp example",
        "audiences[0], ''",
        "audiences[1], ' '",
        "algorithms[0], none",
        "algorithms[0], HS256",
        "algorithms[0], EdDSA",
        "algorithms[0], rs256",
        "algorithms[0], ''",
        "clock-skew, -1s",
        "clock-skew, 11m",
        "clock-skew, soon"
    })
    void aBadValueStopsTheStartAndNamesTheKey(String name, String value) {
        String key = "signalbox.trust[0]." + name.replaceAll("\\[\\d]", "");

        assertThatThrownBy(() -> bind(good(name, value))).hasStackTraceContaining(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"issuer", "jwks-uri", "audiences[0]"})
    void aMissingValueStopsTheStartAndNamesTheKey(String name) {
        Map<String, String> values = new HashMap<>(GOOD);
        values.remove("signalbox.trust[0]." + name);

        assertThatThrownBy(() -> bind(values)).hasStackTraceContaining("signalbox.trust[0]." + name.replace("[0]", ""));
    }

    @Test
    void oneIssuerTwiceStopsTheStart() {
        Map<String, String> values = new HashMap<>(GOOD);
        GOOD.forEach((key, value) -> values.put(key.replace("[0].", "[1]."), value));

        assertThatThrownBy(() -> bind(values)).hasStackTraceContaining("signalbox.trust[1].issuer");
    }

    @ParameterizedTest
    @CsvSource({
        "jwks-cache, 10s",
        "jwks-cache, 2h",
        "jwks-refetch, 0s",
        "jwks-refetch, 30m",
        "jwks-outage, 1m",
        "jwks-outage, 30d"
    })
    void badTimesForKeysStopTheStart(String name, String value) {
        assertThatThrownBy(
                        () -> new Binder(new MapConfigurationPropertySource(Map.of("signalbox.verify." + name, value)))
                                .bindOrCreate("signalbox.verify", VerifyProperties.class))
                .hasStackTraceContaining("signalbox.verify." + name);
    }

    private static Map<String, String> good(String name, String value) {
        Map<String, String> values = new HashMap<>(GOOD);
        values.put("signalbox.trust[0]." + name, value);
        return values;
    }

    private static TrustProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("signalbox", TrustProperties.class);
    }
}
