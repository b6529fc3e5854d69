package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.http.AddressGuard;
import io.signalbox.http.GuardedHttp;
import io.signalbox.set.RawSet;
import io.signalbox.set.Verdict;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.MovableClock;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.ComponentScan;

/** The beans of the two packages find each other; what is wrong in the configuration stops the start. */
class WiringTest {

    @TempDir
    Path folder;

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withUserConfiguration(Packages.class)
            .withBean(Home.class, () -> new Home(folder))
            .withBean(Clock.class, () -> new MovableClock(Bench.START))
            .withBean(MeterRegistry.class, SimpleMeterRegistry::new);

    @ComponentScan({"io.signalbox.http", "io.signalbox.verify"})
    @ConfigurationPropertiesScan({"io.signalbox.http", "io.signalbox.verify"})
    static class Packages {}

    @Test
    void startsWithNothingConfiguredAndTrustsNobody() {
        context.run(started -> {
            assertThat(started).hasNotFailed();
            assertThat(started.getBean("guardedHttp")).isInstanceOf(GuardedHttp.class);
            assertThat(started).hasSingleBean(AddressGuard.class);
            assertThat(started.getBean("guardedConnections")).isInstanceOf(HttpClientConnectionManager.class);
            assertThat(started.getBean(CryptoProvider.class).name()).isNotBlank();
            VerifySet step = started.getBean("verifySet", VerifySet.class);
            assertThat(step.verify(new RawSet("a.b.c", Bench.START))).isInstanceOf(Verdict.Refused.class);
        });
    }

    @Test
    void verifiesASetAsConfigured() {
        try (FakeTransmitter transmitter = FakeTransmitter.start()) {
            context.withPropertyValues(
                            "signalbox.http.allow=127.0.0.1",
                            "signalbox.trust[0].issuer=" + transmitter.issuer(),
                            "signalbox.trust[0].jwks-uri=" + transmitter.jwksUri(),
                            "signalbox.trust[0].audiences=https://signals.example.com")
                    .run(started -> {
                        RawSet raw = new RawSet(transmitter.set(Bench.START).compact(), Bench.START);
                        assertThat(started.getBean(VerifySet.class).verify(raw)).isInstanceOf(Verdict.Accepted.class);
                    });
        }
    }

    @Test
    void aBadKeyStopsTheStart() {
        context.withPropertyValues("signalbox.trust[0].issuer=https://idp.example.com")
                .run(failed ->
                        assertThat(failed.getStartupFailure()).hasStackTraceContaining("signalbox.trust[0].audiences"));
    }

    /** A misspelt key would leave an issuer free to speak about everybody. */
    @ParameterizedTest
    @ValueSource(strings = {"subject", "event", "max-ages", "jwks-url", "stances[0]"})
    void aKeyThatNobodyKnowsStopsTheStart(String key) {
        context.withPropertyValues(
                        "signalbox.trust[0].issuer=https://idp.example.com",
                        "signalbox.trust[0].jwks-uri=https://idp.example.com/certs",
                        "signalbox.trust[0].audiences=https://signals.example.com",
                        "signalbox.trust[0]." + key + "=x")
                .run(failed -> assertThat(failed.getStartupFailure())
                        .hasStackTraceContaining("is not known; known are issuer, jwks-uri, discovery"));
    }

    @Test
    void keysMayBeSpeltAsInTheEnvironment() {
        context.withPropertyValues(
                        "signalbox.trust[0].issuer=https://idp.example.com",
                        "signalbox.trust[0].jwksUri=https://idp.example.com/certs",
                        "signalbox.trust[0].audiences[0]=https://signals.example.com",
                        "signalbox.trust[0].clock_skew=5s",
                        "signalbox.trust[0].MAXAGE=5d")
                .run(started -> {
                    assertThat(started).hasNotFailed();
                    TrustedIssuer issuer =
                            started.getBean(TrustProperties.class).issuers().get(0);
                    assertThat(issuer.clockSkew()).hasSeconds(5);
                    assertThat(issuer.entitlement().maxAge()).hasDays(5);
                });
    }
}
