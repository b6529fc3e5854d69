package io.signalbox.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Silences a class that says thousands of times what a test wants it to say. */
public final class Quiet implements AutoCloseable {

    private final Logger logger;
    private final @Nullable Level before;

    public Quiet(Class<?> loud) {
        logger = (Logger) LoggerFactory.getLogger(loud);
        before = logger.getLevel();
        logger.setLevel(Level.OFF);
    }

    @Override
    public void close() {
        logger.setLevel(before);
    }

    /**
     * Turns off the audit log of an Artemis in the test's own process, as the gateway does with its own: it asks the Java
     * runtime for what Java 24 and later refuse, and then the broker does not start.
     */
    public static void brokerAudit() {
        ((Logger) LoggerFactory.getLogger("org.apache.activemq.audit")).setLevel(Level.OFF);
    }
}
