package io.signalbox.ingest;

import io.signalbox.StartupFact;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Says at the end of the start where SETs come from. */
@Configuration(proxyBeanMethods = false)
class SourceConfig {

    @Bean
    @Order(2)
    StartupFact sourcesFact(ConfiguredSources sources) {
        return StartupFact.of(
                "sources",
                () -> sources.all().isEmpty()
                        ? "none of their own; trusted issuers push to /push"
                        : sources.all().stream()
                                .map(source ->
                                        source.name() + " (" + source.delivery().word() + ")")
                                .collect(Collectors.joining(", ")));
    }
}
