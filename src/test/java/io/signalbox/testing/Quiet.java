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
}
