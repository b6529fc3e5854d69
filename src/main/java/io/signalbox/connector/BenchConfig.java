package io.signalbox.connector;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.spring.spi.ApplicationContextBeanRepository;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.core.env.MapPropertySource;

/**
 * The act stage's steps and the routes of some connectors, as they run in production, without broker and ledger. No
 * configuration class by annotation, or the gateway itself would find it and open it.
 */
@ComponentScan({"io.signalbox.act", "io.signalbox.http"})
@ComponentScan(
        basePackages = "io.signalbox.deliver",
        useDefaultFilters = false,
        includeFilters = @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*\\.LogoutSigner"))
@ConfigurationPropertiesScan({"io.signalbox.act", "io.signalbox.http"})
@EnableConfigurationProperties
class BenchConfig {

    /** What connectors call besides routes of their own. */
    private static final List<String> SHARED = List.of("http.camel.yaml", "call.camel.yaml", "verify.camel.yaml");

    private BenchConfig() {}

    /**
     * Opens it.
     *
     * @param routes the routes directory
     * @param connectors folders whose routes are loaded
     * @param properties what is configured
     */
    static AnnotationConfigApplicationContext open(
            Path routes, Collection<String> connectors, Map<String, Object> properties, Clock clock) {
        AnnotationConfigApplicationContext beans = new AnnotationConfigApplicationContext();
        try {
            beans.getEnvironment().getPropertySources().addFirst(new MapPropertySource("bench", properties));
            beans.registerBean(Clock.class, () -> clock);
            beans.registerBean(MeterRegistry.class, SimpleMeterRegistry::new);
            // What queue and ledger are needed for is never asked for, and so never made.
            beans.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
            beans.registerBean(CamelContext.class, () -> camel(beans));
            beans.register(BenchConfig.class);
            beans.refresh();
            CamelContext camel = beans.getBean(CamelContext.class);
            PluginHelper.getRoutesLoader(camel).loadRoutes(files(routes, connectors));
            camel.start();
            return beans;
        } catch (Exception e) {
            beans.close();
            throw new IllegalStateException(String.valueOf(e.getMessage()), e);
        }
    }

    static void stop(AnnotationConfigApplicationContext beans) {
        beans.getBean(CamelContext.class).stop();
        beans.close();
    }

    private static CamelContext camel(AnnotationConfigApplicationContext beans) {
        return new DefaultCamelContext(new DefaultRegistry(new ApplicationContextBeanRepository(beans)));
    }

    private static List<Resource> files(Path routes, Collection<String> connectors) throws IOException {
        List<Resource> files = new ArrayList<>();
        for (String name : SHARED) {
            Path own = routes.resolve("act").resolve(name);
            try (InputStream in = Files.exists(own)
                    ? Files.newInputStream(own)
                    : BenchConfig.class.getResourceAsStream("/routes/act/" + name)) {
                files.add(ResourceHelper.fromBytes(
                        name, Objects.requireNonNull(in, name).readAllBytes()));
            }
        }
        for (String connector : connectors) {
            try (Stream<Path> found = Files.list(routes.resolve("act").resolve(connector))) {
                for (Path file : found.filter(path -> path.toString().endsWith(".camel.yaml"))
                        .sorted()
                        .toList()) {
                    files.add(ResourceHelper.fromBytes(file.toString(), Files.readAllBytes(file)));
                }
            }
        }
        return files;
    }
}
