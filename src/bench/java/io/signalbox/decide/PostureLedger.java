package io.signalbox.decide;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.action.Decision;
import io.signalbox.action.Severity;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.Ledger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** A ledger in a file, which knows that the subject of these benchmarks is of medium risk. */
record PostureLedger(ConfigurableApplicationContext context, Ledger ledger) implements AutoCloseable {

    @EnableConfigurationProperties(Home.class)
    @ConfigurationPropertiesScan("io.signalbox.store")
    static class Around {

        @Bean
        Clock clock() {
            return Policies.CLOCK;
        }

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }
    }

    static PostureLedger open() {
        try {
            SpringApplication application = new SpringApplication(Around.class);
            application.setSources(Set.of("io.signalbox.store.jdbc.StoreConfig"));
            application.setWebApplicationType(WebApplicationType.NONE);
            ConfigurableApplicationContext context = application.run(
                    "--signalbox.data-directory=" + Files.createTempDirectory("decide-benchmark"),
                    "--logging.threshold.console=OFF");
            Ledger ledger = context.getBean(Ledger.class);
            Signal medium =
                    Policies.signal("caep/risk-level-change", Map.of("principal", "USER", "current_level", "MEDIUM"));
            List<ActionRecord> ignored = ledger.record(
                    medium, new Decision(medium.id(), "before", Policies.NOW, Severity.INFO, List.of(), List.of()));
            return new PostureLedger(context, ledger);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, Posture> posture(Signal signal) {
        return ledger.posture(signal);
    }

    @Override
    public void close() {
        context.close();
    }
}
