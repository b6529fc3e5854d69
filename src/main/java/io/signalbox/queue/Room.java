package io.signalbox.queue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.activemq.artemis.core.postoffice.impl.LocalQueueBinding;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether there is room for another signal. It is asked at the door, before a SET is taken, and nowhere behind it: the
 * stages inside must be able to pass work on, or what is full could never be emptied. So the broker itself refuses
 * nobody, and keeps on disk what does not fit into its memory.
 *
 * <p>An outside broker has limits of its own; it always has room here, and says no itself.
 */
final class Room {

    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    /** Between two looks a few megabytes can come in; looking at each SET would cost more than that. */
    private static final Duration FRESH = Duration.ofMillis(250);

    private final @Nullable EmbeddedActiveMQ broker;
    private final long most;
    private final Clock clock;

    private volatile Instant lookedAt = Instant.MIN;
    private volatile @Nullable String full;

    Room(@Nullable EmbeddedActiveMQ broker, long most, Clock clock) {
        this.broker = broker;
        this.most = most;
        this.clock = clock;
    }

    /** Why there is no room; absent if there is. */
    @Nullable
    String full() {
        Instant now = clock.instant();
        if (lookedAt.isBefore(now.minus(FRESH))) {
            look(now);
        }
        return full;
    }

    private synchronized void look(Instant now) {
        if (!lookedAt.isBefore(now.minus(FRESH))) {
            return;
        }
        String before = full;
        full = found();
        lookedAt = now;
        if (before == null && full != null) {
            LOG.warn("No more SETs are taken: {}. Senders are told to try again; what waits is worked on", full);
        } else if (before != null && full == null) {
            LOG.info("SETs are taken again");
        }
    }

    private @Nullable String found() {
        ActiveMQServer server = broker == null ? null : broker.getActiveMQServer();
        if (server == null || !server.isActive()) {
            return null;
        }
        if (server.getPagingManager().isDiskFull()) {
            return "the disk is fuller than signalbox.broker.max-disk-usage allows";
        }
        long waiting = waiting();
        return waiting < most ? null : waiting + " bytes wait in the queues, and signalbox.broker.max-size is " + most;
    }

    /** Bytes of all messages in all queues, in memory or on disk; 0 for an outside broker. */
    long waiting() {
        ActiveMQServer server = broker == null ? null : broker.getActiveMQServer();
        if (server == null || !server.isActive()) {
            return 0;
        }
        return server.getPostOffice()
                .getAllBindings()
                .filter(LocalQueueBinding.class::isInstance)
                .mapToLong(binding -> ((LocalQueueBinding) binding).getQueue().getPersistentSize())
                .sum();
    }
}
