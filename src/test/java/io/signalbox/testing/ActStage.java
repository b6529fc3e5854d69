package io.signalbox.testing;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.act.Attempts;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.act.resolve.ResolveIdentity;
import io.signalbox.action.Action;
import io.signalbox.action.GuardBoard;
import io.signalbox.action.Outcome;
import io.signalbox.wire.Wire;
import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.spring.spi.ApplicationContextBeanRepository;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.core.env.MapPropertySource;

/**
 * The act stage alone, as it runs: its steps by their names, its routes from their files, and a Camel context; without
 * a web server, a ledger on disk, or the stages before it.
 */
public final class ActStage implements AutoCloseable {

    private static final Path ROUTES = Path.of("routes");

    public final MovableClock clock = new MovableClock();
    public final InMemoryLedger ledger = new InMemoryLedger();
    public final MeterRegistry meters = new SimpleMeterRegistry();

    private final AnnotationConfigApplicationContext beans = new AnnotationConfigApplicationContext();
    private final CamelContext camel;

    @Configuration(proxyBeanMethods = false)
    @ComponentScan({"io.signalbox.act", "io.signalbox.http"})
    @ComponentScan(
            basePackages = "io.signalbox.deliver",
            useDefaultFilters = false,
            includeFilters = @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*\\.LogoutSigner"))
    @ConfigurationPropertiesScan({"io.signalbox.act", "io.signalbox.http"})
    @EnableConfigurationProperties
    @ImportAutoConfiguration(SslAutoConfiguration.class)
    static class Steps {}

    /** Without a broker: connectors can be called one by one. */
    public ActStage(Map<String, Object> properties) {
        this(properties, null);
    }

    /** With a broker: all targets' queues are read. */
    public ActStage(Map<String, Object> properties, @Nullable ConnectionFactory broker) {
        beans.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
        beans.getEnvironment()
                .getPropertySources()
                .addLast(new MapPropertySource("loopback", Map.of("signalbox.http.allow", "127.0.0.0/8, ::1/128")));
        beans.registerBean(Clock.class, () -> clock);
        beans.registerBean(InMemoryLedger.class, () -> ledger);
        beans.registerBean(MeterRegistry.class, () -> meters);
        beans.register(Steps.class);
        try {
            beans.refresh();
            camel = new DefaultCamelContext(new DefaultRegistry(new ApplicationContextBeanRepository(beans)));
            if (broker != null) {
                camel.addComponent("jms", JmsComponent.jmsComponent(broker));
            }
            PluginHelper.getRoutesLoader(camel).loadRoutes(files(broker != null, kinds(properties)));
            camel.start();
            if (broker != null) {
                beans.getBean(CamelContextConfiguration.class).afterApplicationStart(camel);
            }
        } catch (RuntimeException e) {
            beans.close();
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** One attempt, as the target's route makes it, without queue and ledger. */
    public Outcome attempt(Action action) {
        return attempt(
                action, beans.getEnvironment().getProperty("signalbox.targets." + action.target() + ".kind", ""));
    }

    /** The same by a connector other than the target's own. */
    public Outcome attempt(Action action, String connector) {
        ConfiguredTargets targets = beans.getBean(ConfiguredTargets.class);
        String target = String.valueOf(action.target());
        Exchange exchange = camel.createProducerTemplate().send("direct:act." + connector, message -> {
            message.getMessage().setBody(Wire.write(action));
            message.setProperty("action", action);
            message.setProperty("target", target);
            message.setProperty("url", targets.url(target));
            message.setProperty("options", targets.options(target));
            ResolveIdentity resolve = beans.getBean(ResolveIdentity.class);
            message.setProperty("resolved", resolve.identity(resolve.at(action, target, 0)));
        });
        return exchange.getException() == null
                ? exchange.getMessage().getBody(Outcome.class)
                : beans.getBean(Attempts.class).failed(exchange.getException());
    }

    /** Puts a guard before the stage, as the stage before it is one. */
    public void guard(GuardBoard board) {
        beans.getBeanFactory().registerSingleton("guardBoard", board);
    }

    public CamelContext camel() {
        return camel;
    }

    public <T> T step(Class<T> type) {
        return beans.getBean(type);
    }

    /** As in production: routes of connectors that no target uses are not loaded. */
    private static Set<String> kinds(Map<String, Object> properties) {
        return properties.entrySet().stream()
                .filter(entry -> entry.getKey().matches("signalbox\\.targets\\.[a-z0-9-]+\\.kind"))
                .map(entry -> String.valueOf(entry.getValue()))
                .collect(Collectors.toSet());
    }

    private static List<Resource> files(boolean all, Set<String> kinds) throws Exception {
        try (Stream<Path> found =
                Stream.concat(Files.walk(ROUTES.resolve("act")), Stream.of(ROUTES.resolve("errors.camel.yaml")))) {
            return found.filter(file -> file.toString().endsWith(".camel.yaml"))
                    .filter(file -> file.getNameCount() < 4
                            || kinds.contains(file.getName(2).toString()))
                    // They need a broker.
                    .filter(file -> all
                            || !List.of(
                                            "due.camel.yaml",
                                            "protected.camel.yaml",
                                            "queue.camel.yaml",
                                            "target.camel.yaml",
                                            "unmatched.camel.yaml")
                                    .contains(String.valueOf(file.getFileName())))
                    .sorted()
                    .map(file -> ResourceHelper.fromBytes(file.toString(), bytes(file)))
                    .toList();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        camel.stop();
        beans.close();
    }
}
