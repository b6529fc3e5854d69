package io.signalbox.testing;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.ingest.ConfiguredSources;
import io.signalbox.ingest.SourceReports;
import io.signalbox.ingest.push.PushAnswer;
import io.signalbox.ingest.webhook.WebhookAnswer;
import io.signalbox.ingest.webhook.WebhookEvent;
import io.signalbox.ingest.webhook.WebhookRequest;
import io.signalbox.set.KeptStreams;
import io.signalbox.set.KnownIssuers;
import io.signalbox.set.Verdict;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.SourceBook;
import io.signalbox.verify.AttestSet;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.spring.spi.ApplicationContextBeanRepository;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import org.mockito.Mockito;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.yaml.snakeyaml.Yaml;

/**
 * The way in of webhooks alone, as it runs: its steps by their names and its routes from their files, without a web
 * server, a queue, or the stages behind it. What would be kept is in a list.
 */
public final class WebhookStage implements AutoCloseable {

    public static final String ISSUER = "https://vendor.acme.example";

    public final MovableClock clock = new MovableClock();
    public final MeterRegistry meters = new SimpleMeterRegistry();
    public final List<VerifiedSet> kept = new ArrayList<>();

    private final AnnotationConfigApplicationContext beans = new AnnotationConfigApplicationContext();
    private final CamelContext camel;
    private volatile boolean full;

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan({"io.signalbox.ingest", "io.signalbox.verify"})
    @EnableConfigurationProperties(Home.class)
    static class Steps {}

    /** What was answered. */
    public record Answer(
            int status,
            @Nullable String contentType,
            @Nullable String body) {}

    /**
     * @param routes a routes directory
     * @param home for a key
     * @param properties the sources; all of them are of {@link #ISSUER}
     */
    public WebhookStage(Path routes, Path home, Map<String, Object> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put("signalbox.routes-directory", routes.toString());
        all.put("signalbox.data-directory", home.toString());
        all.put("signalbox.trust[0].issuer", ISSUER);
        all.put("signalbox.trust[0].attested", "true");
        all.put("signalbox.trust[0].audiences", "https://signals.acme.example");
        beans.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", all));
        beans.registerBean(Clock.class, () -> clock);
        beans.registerBean(MeterRegistry.class, () -> meters);
        beans.registerBean(SourceBook.class, InMemorySourceBook::new);
        beans.registerBean(KeptStreams.class, () -> Mockito.mock(KeptStreams.class));
        beans.registerBean(KnownIssuers.class, AttestedIssuers::new);
        beans.registerBean("keeper", Keeper.class, () -> new Keeper(this));
        beans.register(
                Steps.class,
                ConfiguredSources.class,
                SourceReports.class,
                PushAnswer.class,
                WebhookRequest.class,
                WebhookEvent.class,
                WebhookAnswer.class,
                AttestSet.class);
        try {
            beans.refresh();
            camel = new DefaultCamelContext(new DefaultRegistry(new ApplicationContextBeanRepository(beans)));
            PluginHelper.getRoutesLoader(camel).loadRoutes(files(routes));
            camel.start();
        } catch (RuntimeException e) {
            beans.close();
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private record AttestedIssuers() implements KnownIssuers {
        @Override
        public boolean knows(String issuer) {
            return issuer.equals(ISSUER);
        }

        @Override
        public boolean attested(String issuer) {
            return issuer.equals(ISSUER);
        }
    }

    /** Stands for the queue. */
    public static final class Keeper {

        private final WebhookStage stage;

        Keeper(WebhookStage stage) {
            this.stage = stage;
        }

        public void keep(Verdict.Accepted accepted) {
            if (stage.full) {
                throw new IllegalStateException("no room");
            }
            stage.kept.add(accepted.set());
        }
    }

    /** From now on nothing can be kept. */
    public void fill() {
        full = true;
    }

    /** One request, as the web server hands it over. */
    public Answer send(String source, String method, @Nullable String query, Map<String, String> headers, String body) {
        Exchange exchange = camel.createProducerTemplate().send("direct:test.source", message -> {
            message.getMessage().setHeader("source", source);
            message.getMessage().setHeader("CamelHttpMethod", method);
            message.getMessage().setHeader("CamelHttpQuery", query);
            headers.forEach(message.getMessage()::setHeader);
            message.getMessage().setBody(body.getBytes(StandardCharsets.UTF_8));
        });
        if (exchange.getException() != null) {
            throw new IllegalStateException(exchange.getException());
        }
        return new Answer(
                exchange.getMessage().getHeader("CamelHttpResponseCode", Integer.class),
                exchange.getMessage().getHeader("Content-Type", String.class),
                exchange.getMessage().getBody(String.class));
    }

    private static List<Resource> files(Path routes) throws IOException {
        List<Resource> files = new ArrayList<>();
        try (Stream<Path> found = Files.walk(routes.resolve("ingest"))) {
            for (Path file : found.filter(each -> each.toString().endsWith(".camel.yaml"))
                    .filter(each -> !each.getParent().equals(routes.resolve("ingest")))
                    .sorted()
                    .toList()) {
                files.add(ResourceHelper.fromBytes(file.toUri().toString(), Files.readAllBytes(file)));
            }
        }
        // The door itself needs a web server; everything behind it runs.
        files.add(only(routes.resolve("ingest/webhook.camel.yaml"), "ingest-webhook", "ingest-webhook-event"));
        files.add(only(routes.resolve("flow.camel.yaml"), "verify-attested"));
        files.add(only(routes.resolve("errors.camel.yaml"), "answer-unavailable"));
        files.add(ResourceHelper.fromString("keep.camel.yaml", """
                - route:
                    id: test-source
                    routeConfigurationId: answer-unavailable
                    from:
                      uri: direct:test.source
                      steps:
                        - to: direct:ingest.webhook
                - route:
                    id: test-keep
                    errorHandler:
                      noErrorHandler: {}
                    from:
                      uri: direct:accept.set
                      steps:
                        - bean:
                            ref: keeper
                            method: keep(${body})
                """));
        return files;
    }

    private static Resource only(Path file, String... ids) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            List<Map<String, Map<String, Object>>> all = new Yaml().load(reader);
            List<Map<String, Map<String, Object>>> chosen = all.stream()
                    .filter(entry -> entry.values().stream()
                            .anyMatch(content -> List.of(ids).contains(content.get("id"))))
                    .toList();
            return ResourceHelper.fromString(file.getFileName().toString(), new Yaml().dump(chosen));
        }
    }

    @Override
    public void close() {
        camel.stop();
        beans.close();
    }
}
