package io.signalbox.flow;

import io.signalbox.StartupFact;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.web.server.Ssl;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/** The block at the end of the start: what listens where, what is loaded, what is missing. */
@Configuration(proxyBeanMethods = false)
class StartupReportConfig {

    private static final Logger LOG = LoggerFactory.getLogger("io.signalbox");

    private final Environment environment;
    private final ObjectProvider<StartupFact> facts;
    private final ObjectProvider<BuildProperties> build;
    private final ServerProperties server;
    private final ManagementServerProperties management;

    StartupReportConfig(
            Environment environment,
            ObjectProvider<StartupFact> facts,
            ObjectProvider<BuildProperties> build,
            ServerProperties server,
            ManagementServerProperties management) {
        this.server = server;
        this.management = management;
        this.environment = environment;
        this.facts = facts;
        this.build = build;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        String web = here(server.getSsl(), "local.server.port");
        // What is said for one port counts for the other, unless something is said for that.
        String watched =
                here(management.getSsl() == null ? server.getSsl() : management.getSsl(), "local.management.port");
        List<String> lines = new ArrayList<>();
        lines.add("Signalbox " + version() + " serves" + after(event.getTimeTaken()) + " on Java "
                + Runtime.version().feature());
        lines.add(line("push", web + "/push   (RFC 8935, application/secevent+jwt)"));
        lines.add(line("api", web + "/api"));
        lines.add(line("management", watched + "/actuator/health/readiness"));
        facts.orderedStream()
                .filter(fact -> !fact.missing())
                .forEach(fact -> lines.add(line(fact.label(), fact.text().get())));
        facts.orderedStream()
                .filter(StartupFact::missing)
                .forEach(fact -> lines.add(
                        line("MISSING", fact.label() + ": " + fact.text().get())));
        LOG.info(String.join(System.lineSeparator(), lines));
    }

    private String here(@Nullable Ssl ssl, String port) {
        return (Ssl.isEnabled(ssl) ? "https" : "http") + "://localhost:" + environment.getProperty(port);
    }

    private String version() {
        BuildProperties properties = build.getIfAvailable();
        return properties == null ? "(unpackaged)" : properties.getVersion();
    }

    private static String after(Duration time) {
        return time == null ? "" : " after %.1f s".formatted(time.toMillis() / 1000.0);
    }

    private static String line(String label, String text) {
        return "  %-11s %s".formatted(label, text);
    }
}
