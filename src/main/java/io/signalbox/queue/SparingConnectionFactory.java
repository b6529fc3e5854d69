package io.signalbox.queue;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.jms.connection.DelegatingConnectionFactory;

/**
 * Does not ask a broker again that could not be reached a moment ago. Senders and all consumers share one connection and
 * wait for one another while it is made: each of dozens would try in turn, and a sender would hang for a minute before it
 * is told to come back.
 */
final class SparingConnectionFactory extends DelegatingConnectionFactory {

    private static final long PAUSE = Duration.ofSeconds(1).toNanos();

    private volatile @Nullable Failure last;

    SparingConnectionFactory(ConnectionFactory target) {
        setTargetConnectionFactory(target);
    }

    private record Failure(JMSException cause, long at) {}

    @Override
    public Connection createConnection() throws JMSException {
        Failure before = last;
        if (before != null && System.nanoTime() - before.at() < PAUSE) {
            JMSException again = new JMSException("The broker could not be reached a moment ago: "
                    + before.cause().getMessage());
            again.initCause(before.cause());
            throw again;
        }
        try {
            Connection made = super.createConnection();
            last = null;
            return made;
        } catch (JMSException e) {
            last = new Failure(e, System.nanoTime());
            throw e;
        }
    }
}
