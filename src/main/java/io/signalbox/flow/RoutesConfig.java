package io.signalbox.flow;

import io.signalbox.StartupFact;
import io.signalbox.act.ConfiguredTargets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.RoutesLoader;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Loads the routes before the context starts. */
@Configuration(proxyBeanMethods = false)
class RoutesConfig {

    @Bean
    RouteFiles routeFiles(RoutesProperties properties, ConfiguredTargets targets) throws IOException {
        return RouteFiles.find(properties.directory()).without(targets.kinds());
    }

    @Bean
    CamelContextConfiguration routes(RouteFiles routeFiles) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                try {
                    RoutesLoader loader = PluginHelper.getRoutesLoader(context);
                    List<Resource> resources = new ArrayList<>();
                    for (org.springframework.core.io.Resource file : routeFiles.files()) {
                        resources.add(ResourceHelper.fromBytes(file.getURI().toString(), file.getContentAsByteArray()));
                    }
                    loader.loadRoutes(resources);
                } catch (Exception e) {
                    throw new IllegalStateException(
                            "The routes of " + routeFiles.origin() + " cannot be loaded: " + e.getMessage(), e);
                }
            }

            @Override
            public void afterApplicationStart(CamelContext context) {
                // Nothing: targets start their own routes once these are there.
            }
        };
    }

    @Bean
    @Order(1)
    StartupFact routesLoaded(CamelContext context, RouteFiles files) {
        return StartupFact.of(
                "routes",
                () -> context.getRoutesSize() + " from " + files.files().size() + " files of " + files.origin());
    }
}
