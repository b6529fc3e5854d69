package io.signalbox.deliver;

import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Status;
import io.signalbox.store.Outbox;
import io.signalbox.store.StreamBook;
import io.signalbox.transmit.Transmitter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the transmitter does once in a while: it pauses streams that nobody takes anything from, and replaces keys. */
final class Upkeep {

    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private static final Duration EVERY = Duration.ofMinutes(1);

    private final StreamBook book;
    private final Outbox outbox;
    private final Pauses pauses;
    private final TenantKeys keys;
    private final Transmitter transmitter;
    private final DeliverProperties properties;
    private final Clock clock;
    private Instant next = Instant.MIN;

    Upkeep(
            StreamBook book,
            Outbox outbox,
            Pauses pauses,
            TenantKeys keys,
            Transmitter transmitter,
            DeliverProperties properties,
            Clock clock) {
        this.book = book;
        this.outbox = outbox;
        this.pauses = pauses;
        this.keys = keys;
        this.transmitter = transmitter;
        this.properties = properties;
        this.clock = clock;
    }

    /** Called often, by the node that delivers; does something once a minute. */
    synchronized void due() {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(EVERY);
        look(now);
    }

    void look(Instant now) {
        List<OutboundStream> streams = new ArrayList<>();
        transmitter.clients().forEach(client -> streams.addAll(book.of(client.id())));
        Map<String, Outbox.Backlog> backlog = outbox.backlog();
        // T-105.
        List<String> overdue = outbox.age(now.minus(properties.keep()), now.minus(properties.keep()), now);
        Duration silence = transmitter.inactivityTimeout();
        for (OutboundStream stream : streams) {
            Outbox.Backlog waiting = backlog.get(stream.id());
            if (stream.status() != Status.ENABLED) {
                continue;
            }
            if (overdue.contains(stream.id())) {
                pauses.pause(stream, "SETs were not taken for as long as they are kept");
            } else if (waiting != null && waiting.waiting() > properties.mostWaiting()) {
                pauses.pause(stream, "More SETs wait than are kept for one stream");
            } else if (silence != null && stream.activeAt().plus(silence).isBefore(now)) {
                // T-81.
                pauses.pause(stream, "Its receiver was not heard of for longer than inactivity_timeout");
            }
        }
        Duration every = properties.rotateKeysEvery();
        if (every != null && keys.isOlderThan(every)) {
            List<String> ignored = keys.rotate(false);
            LOG.info("New signing keys are published, and sign in {}", properties.keyOverlap());
        }
    }
}
