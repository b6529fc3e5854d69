package io.signalbox.demo;

import io.signalbox.OpenPath;
import io.signalbox.StartupFact;
import java.nio.file.Path;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.annotation.Order;

/** Says how to try it: the last line of the start-up report. */
@Configuration(proxyBeanMethods = false)
@Profile(DemoSecrets.PROFILE)
class DemoConfig {

    @Bean
    OpenPath demoPath() {
        return new OpenPath(null, "/demo/**", "the demo's own far ends, on loopback, with credentials of their own");
    }

    @Bean
    @Order
    StartupFact tryIt() {
        return StartupFact.of(
                "TRY IT",
                () -> System.lineSeparator() + System.lineSeparator() + "      " + command() + System.lineSeparator());
    }

    /** Started from a jar, the classes are inside it; started by Maven, they lie in its output folder. */
    private static String command() {
        String started = System.getProperty("sun.java.command", "").split(" ", 2)[0];
        return started.endsWith(".jar")
                ? "java -jar " + Path.of(started) + " demo send"
                : "java -cp target/classes io.signalbox.demo.SendSignal";
    }
}
