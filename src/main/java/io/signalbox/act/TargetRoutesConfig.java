package io.signalbox.act;

import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Opens one route for each configured target, made from the template {@code act-target}. */
@Configuration(proxyBeanMethods = false)
class TargetRoutesConfig {

    static final String TEMPLATE = "act-target";

    /**
     * After the context has started, so that no message is taken from a target's queue before all routes that it will
     * pass are there; and first to stop, since Camel stops routes in the reverse order of their start.
     */
    @Bean
    CamelContextConfiguration targetRoutes(ConfiguredTargets targets) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                // Nothing can be added yet: the template comes from the route files.
            }

            @Override
            public void afterApplicationStart(CamelContext context) {
                open(context, targets);
            }
        };
    }

    static void open(CamelContext context, ConfiguredTargets targets) {
        for (String target : targets.names()) {
            String kind = targets.kind(target);
            if (context.getEndpoints().stream()
                    .noneMatch(e -> e.getEndpointUri().equals("direct://act." + kind))) {
                throw new IllegalStateException("signalbox.targets." + target + ".kind: the connector " + kind
                        + " has no route that begins with direct:act." + kind);
            }
            try {
                context.addRouteFromTemplate(
                        TEMPLATE + "-" + target,
                        TEMPLATE,
                        target,
                        Map.of("target", target, "kind", kind, "consumers", targets.consumers(target)));
            } catch (Exception e) {
                throw new IllegalStateException("signalbox.targets." + target + ": its route cannot be opened", e);
            }
        }
    }
}
