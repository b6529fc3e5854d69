package io.signalbox.act;

import io.signalbox.StartupFact;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Says at the end of the start which systems are acted upon. */
@Configuration(proxyBeanMethods = false)
class ActConfig {

    @Bean
    @Order(4)
    StartupFact targetsFact(ConfiguredTargets targets) {
        if (targets.names().isEmpty()) {
            return StartupFact.missing(
                    "targets",
                    "no target is configured, so decisions are recorded and nothing is done. Name one under"
                            + " signalbox.targets in ./application.yaml (or ./config/application.yaml)");
        }
        return StartupFact.of("targets", () -> targets.names().stream()
                .map(target -> target + " (" + targets.kind(target) + ")")
                .collect(Collectors.joining(", ")));
    }
}
