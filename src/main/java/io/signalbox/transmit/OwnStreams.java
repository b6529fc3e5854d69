package io.signalbox.transmit;

import io.signalbox.store.OutboundStream;
import io.signalbox.store.StreamBook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** The streams of whoever asks, and nobody else's (T-11). */
@Component
@OnlyAsTransmitter
public final class OwnStreams {

    /** How exactly we know when a receiver was last heard of; each time would be a write. */
    private static final Duration EXACTLY = Duration.ofMinutes(1);

    private final Transmitter transmitter;
    private final StreamBook book;
    private final Clock clock;

    OwnStreams(Transmitter transmitter, StreamBook book, Clock clock) {
        this.transmitter = transmitter;
        this.book = book;
        this.clock = clock;
    }

    /**
     * The client's stream; its receiver was heard of (T-80).
     *
     * @throws BadCall with 404 if the client has none with this id
     */
    OutboundStream find(Client client, String id) {
        return owned(client, id);
    }

    /** The same for who polls. */
    public OutboundStream owned(Client client, String id) {
        OutboundStream stream = book.find(id)
                .filter(found -> found.client().equals(client.id()))
                .orElseThrow(BadCall::noStream);
        Instant now = clock.instant();
        if (transmitter.inactivityTimeout() != null
                && stream.activeAt().plus(EXACTLY).isBefore(now)) {
            book.heard(id, now);
        }
        return stream;
    }

    String pollPlace(OutboundStream stream) {
        return transmitter.pollPlace(stream);
    }
}
