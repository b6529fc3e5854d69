package io.signalbox.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.StartupFact;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What stands in the configuration comes to be. */
class StoreConfigTest {

    @TempDir
    Path folder;

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({StoreProperties.class, LedgerProperties.class, Home.class})
    @Import(StoreConfig.class)
    static class Around {

        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }
    }

    private ApplicationContextRunner start(String... properties) {
        return new ApplicationContextRunner()
                .withUserConfiguration(Around.class)
                .withPropertyValues("signalbox.data-directory=" + folder)
                .withPropertyValues(properties);
    }

    @Test
    void prunesNothingUnlessToldHowLongToKeepIt() {
        start().run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean(Pruner.class);
            assertThat(context.getBean(StartupFact.class).text().get()).endsWith("ledger.db");
        });
    }

    @Test
    void saysAtTheStartHowLongSignalsAreKept() {
        start("signalbox.ledger.retention=400d").run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(Pruner.class);
            assertThat(context.getBean(StartupFact.class).text().get())
                    .endsWith("ledger.db   (signals are kept for 400 days)");
            // There from the start: an alert on a meter that does not exist yet never fires.
            assertThat(context.getBean(MeterRegistry.class)
                            .counter("signalbox.ledger.pruned")
                            .count())
                    .isZero();
        });
    }

    @Test
    void stopsTheStartForARetentionThatIsTooShort() {
        start("signalbox.ledger.retention=1d").run(context -> assertThat(context.getStartupFailure())
                .hasStackTraceContaining("signalbox.ledger.retention must be at least 30d"));
    }
}
