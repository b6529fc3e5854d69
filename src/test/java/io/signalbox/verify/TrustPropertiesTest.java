package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import io.signalbox.event.EventPattern;
import io.signalbox.set.SubjectPattern;
import io.signalbox.testing.FakeTransmitter;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
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
                        new KeySource.Published(URI.create("https://idp.example.com/certs")),
                        Set.of("https://signals.example.com"),
                        Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256),
                        Duration.ofSeconds(120),
                        Dialect.FINAL,
                        new Entitlement(List.of(), List.of(), Stance.ENFORCING, Outside.REFUSE, null),
                        Set.of(),
                        false,
                        false,
                        false));
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
        "algorithms[0], ES512",
        "events[0], 'caep:sesion-revoked'",
        "events[0], 'capr:*'",
        "events[0], 'caep:'",
        "events[0], session-revoked",
        "events[0], 'caep:*-change'",
        "events[0], 'https://a.example/ b'",
        "events[1], ''",
        "subjects[0], 'acme.example'",
        "subjects[0], 'email:'",
        "subjects[0], 'complex:*'",
        "subjects[0], 'aliases:*'",
        "subjects[0], 'oauth_token:a*'",
        "subjects[0], 'email:*a*b*c*@acme.example'",
        "subjects[1], ''",
        "stance, watching",
        "outside, drop",
        "max-age, 59s",
        "max-age, -1d",
        "max-age, old",
        "dialect, google",
        "algorithms[0], rs256",
        "algorithms[0], ''",
        "clock-skew, -1s",
        "clock-skew, 11m",
        "clock-skew, soon"
    })
    void aBadValueStopsTheStartAndNamesTheKey(String name, String value) {
        String key = "signalbox.trust[0]." + name.replaceAll("\\[\\d]", "");
        Map<String, String> values = good(name, value);
        if (name.endsWith("[1]")) {
            values.putIfAbsent("signalbox.trust[0]." + name.replace("[1]", "[0]"), "*");
        }

        assertThatThrownBy(() -> bind(values)).hasStackTraceContaining(key);
    }

    @Test
    void readsWhatAnIssuerMaySayAndAboutWhom() {
        Map<String, String> values = new HashMap<>(GOOD);
        values.put("signalbox.trust[0].events", "caep:*, risc:account-disabled");
        values.put("signalbox.trust[0].subjects[0]", "email:*@acme.example");
        values.put("signalbox.trust[0].stance", "advisory");
        values.put("signalbox.trust[0].outside", "record");
        values.put("signalbox.trust[0].max-age", "2d");
        values.put("signalbox.trust[0].clock-skew", "5s");
        values.put("signalbox.trust[0].dialect", "sse-id1");

        TrustedIssuer issuer = bind(values).issuers().get(0);

        assertThat(issuer.entitlement())
                .isEqualTo(new Entitlement(
                        List.of(EventPattern.parse("caep:*"), EventPattern.parse("risc:account-disabled")),
                        List.of(SubjectPattern.parse("email:*@acme.example")),
                        Stance.ADVISORY,
                        Outside.RECORD,
                        Duration.ofDays(2)));
        assertThat(issuer.clockSkew()).isEqualTo(Duration.ofSeconds(5));
        assertThat(issuer.dialect()).isEqualTo(Dialect.SSE_ID1);
    }

    @ParameterizedTest
    @CsvSource({
        "https://idp.example.com, true, https://idp.example.com/.well-known/ssf-configuration",
        "https://idp.example.com/, true, https://idp.example.com/.well-known/ssf-configuration",
        "https://idp.example.com/a/, true, https://idp.example.com/.well-known/ssf-configuration/a",
        "https://idp.example.com/a/b, ssf-configuration, https://idp.example.com/.well-known/ssf-configuration/a/b",
        "https://idp.example.com:8443/a, sse-configuration, https://idp.example.com:8443/.well-known/sse-configuration/a",
        "https://idp.example.com/a, risc-configuration, https://idp.example.com/.well-known/risc-configuration/a",
        "https://idp.example.com/a, openid-configuration, https://idp.example.com/a/.well-known/openid-configuration"
    })
    void findsMetadataWhereTheirKindPutsThem(String issuer, String kind, String place) {
        Map<String, String> values = without("jwks-uri");
        values.put("signalbox.trust[0].issuer", issuer);
        values.put("signalbox.trust[0].discovery", kind);

        assertThat(bind(values).issuers().get(0).keys()).isEqualTo(new KeySource.Discovered(issuer, URI.create(place)));
    }

    @ParameterizedTest
    @CsvSource({
        "discovery, sometimes",
        "discovery, false",
        "jwks, '{}'",
        "jwks, '{\"keys\":[]}'",
        "jwks, 'not JSON'",
        "jwks, '{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}'",
        "jwks, '{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}'",
        "jwks-file, /no/such/file"
    })
    void aBadPlaceOfKeysStopsTheStartAndNamesTheKey(String name, String value) {
        Map<String, String> values = without("jwks-uri");
        values.put("signalbox.trust[0]." + name, value);

        assertThatThrownBy(() -> bind(values)).hasStackTraceContaining("signalbox.trust[0]." + name + ":");
    }

    @Test
    void aSecretKeyStopsTheStartAndIsNotRepeated() {
        String secret = FakeTransmitter.newRsa("secret", 2048).toJSONString();
        Map<String, String> values = without("jwks-uri");
        values.put("signalbox.trust[0].jwks", "{\"keys\":[" + secret + "]}");

        assertThatThrownBy(() -> bind(values))
                .hasStackTraceContaining("signalbox.trust[0].jwks: holds a secret key")
                .rootCause()
                .hasMessageNotContaining("\"d\"");
    }

    @ParameterizedTest
    @CsvSource({"discovery, true", "jwks, '{}'", "jwks-file, keys.json"})
    void twoPlacesOfKeysStopTheStart(String name, String value) {
        assertThatThrownBy(() -> bind(good(name, value)))
                .hasStackTraceContaining("signalbox.trust[0]." + name + " stands beside jwks-uri");
    }

    @Test
    void anIssuerThatIsNoAddressHasNoMetadata() {
        Map<String, String> values = without("jwks-uri");
        values.put("signalbox.trust[0].issuer", "urn:example:issuer");
        values.put("signalbox.trust[0].discovery", "true");

        assertThatThrownBy(() -> bind(values))
                .hasStackTraceContaining("signalbox.trust[0].discovery: the issuer must be");
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

    private static Map<String, String> without(String name) {
        Map<String, String> values = new HashMap<>(GOOD);
        values.remove("signalbox.trust[0]." + name);
        return values;
    }

    private static TrustProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("signalbox", TrustProperties.class);
    }
}
