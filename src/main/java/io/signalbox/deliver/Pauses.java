package io.signalbox.deliver;

import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Status;
import io.signalbox.store.StreamBook;
import io.signalbox.transmit.Outgoing;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes how a stream stands without being asked by its receiver, and tells it so (T-44). */
final class Pauses {

    private static final Logger LOG = LoggerFactory.getLogger(Pauses.class);

    private final StreamBook book;
    private final Outgoing outgoing;
    private final Clock clock;

    Pauses(StreamBook book, Outgoing outgoing, Clock clock) {
        this.book = book;
        this.outgoing = outgoing;
        this.clock = clock;
    }

    void pause(OutboundStream stream, String reason) {
        LOG.warn("The stream {} of {} is paused: {}", stream.id(), stream.client(), reason);
        Optional<OutboundStream> ignored = turn(stream, Status.PAUSED, reason);
    }

    Optional<OutboundStream> turn(OutboundStream stream, Status status, String reason) {
        Instant now = clock.instant();
        return book.turn(stream.id(), status, reason, now, outgoing.updated(stream, status, reason, now));
    }
}
