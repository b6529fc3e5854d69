package io.signalbox.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class LedgerPropertiesTest {

    private final ApplicationContextRunner start = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ConfigurationPropertiesAutoConfiguration.class))
            .withUserConfiguration(Bound.class);

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(LedgerProperties.class)
    static class Bound {}

    @Test
    void keepsEverythingUnlessToldOtherwise() {
        start.run(context ->
                assertThat(context.getBean(LedgerProperties.class).retention()).isNull());
        start.withPropertyValues("signalbox.ledger.retention=365d").run(context -> assertThat(
                        context.getBean(LedgerProperties.class).retention())
                .isEqualTo(Duration.ofDays(365)));
    }

    @Test
    void stopsTheStartForARetentionThatWouldForgetWhatMayComeAgain() {
        for (String tooShort : new String[] {"29d", "0", "-1d", "30"}) {
            start.withPropertyValues("signalbox.ledger.retention=" + tooShort)
                    .run(context -> assertThat(context.getStartupFailure())
                            .as(tooShort)
                            .hasStackTraceContaining("signalbox.ledger.retention must be at least 30d"));
        }
    }

    @Test
    void stopsTheStartForWhatIsNoTime() {
        start.withPropertyValues("signalbox.ledger.retention=a year")
                .run(context ->
                        assertThat(context.getStartupFailure()).hasStackTraceContaining("signalbox.ledger.retention"));
    }
}
