package io.signalbox.queue;

import io.signalbox.Door;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import org.jspecify.annotations.Nullable;

/** The door as the queue has it: shut while too much waits, and while the broker is away. */
record QueueDoor(Room room, ConnectionFactory broker) implements Door {

    @Override
    public @Nullable String shut() {
        String full = room.full();
        if (full != null) {
            return full;
        }
        // A session is made anew by the broker: it answers, or this fails.
        try (Connection connection = broker.createConnection();
                Session session = connection.createSession()) {
            return session.getTransacted() ? "the broker gave another session than it was asked for" : null;
        } catch (JMSException | RuntimeException e) {
            return "the broker does not answer";
        }
    }
}
