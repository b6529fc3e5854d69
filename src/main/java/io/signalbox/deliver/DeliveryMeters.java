package io.signalbox.deliver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Method;
import io.signalbox.store.OutboundStream.Status;
import io.signalbox.store.Outbox;
import io.signalbox.store.Outbox.Backlog;
import io.signalbox.store.StreamBook;
import io.signalbox.transmit.Client;
import io.signalbox.transmit.Transmitter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How deliveries go, as metrics. By client, of which the configuration names a few, and not by stream, of which a client may
 * have thousands; {@code /api/transmitter/streams} tells of each. The store is asked once in a while, however often the
 * metrics are read; while it is away, they are not a number.
 */
final class DeliveryMeters {

    private static final Duration FRESH = Duration.ofSeconds(5);

    /** What a SET came to. */
    enum Outcome {
        /** Its receiver has it. */
        DELIVERED("delivered"),
        /** Its receiver would not have it. */
        REFUSED("refused"),
        /** No answer that settles it; it is tried again. */
        UNANSWERED("unanswered");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }
    }

    private final StreamBook book;
    private final Outbox outbox;
    private final Clock clock;
    private final Map<String, Counter> counters = new HashMap<>();
    private Instant sampledAt = Instant.MIN;
    private @Nullable Sample sample;

    private record Sample(List<OutboundStream> streams, Map<String, Backlog> backlog) {}

    DeliveryMeters(Transmitter transmitter, StreamBook book, Outbox outbox, Clock clock, MeterRegistry meters) {
        this.book = book;
        this.outbox = outbox;
        this.clock = clock;
        for (Client client : transmitter.clients()) {
            String id = client.id();
            for (Status status : Status.values()) {
                Gauge.builder("signalbox.outbox.streams", this, each -> each.streams(id, status))
                        .description("streams of this client that stand so")
                        .tag("client", id)
                        .tag("status", status.word())
                        .register(meters);
            }
            Gauge.builder("signalbox.outbox.waiting", this, each -> each.waiting(id))
                    .description("SETs that wait on the streams of this client")
                    .tag("client", id)
                    .register(meters);
            Gauge.builder("signalbox.outbox.oldest.seconds", this, each -> each.oldest(id))
                    .description("how long the oldest of them has been waiting; 0 if there is none")
                    .tag("client", id)
                    .register(meters);
            for (Method method : Method.values()) {
                for (Outcome outcome : Outcome.values()) {
                    counters.put(
                            key(id, method, outcome),
                            Counter.builder("signalbox.outbox.sets")
                                    .description("what receivers said of the SETs that went out to them")
                                    .tag("client", id)
                                    .tag("method", method.word())
                                    .tag("outcome", outcome.word)
                                    .register(meters));
                }
            }
        }
    }

    private static String key(String client, Method method, Outcome outcome) {
        return method.word() + " " + outcome.word + " " + client;
    }

    /** Counts what came of so many SETs of a stream. */
    void count(OutboundStream stream, Outcome outcome, int sets) {
        Counter counter = counters.get(key(stream.client(), stream.method(), outcome));
        if (counter != null && sets > 0) {
            counter.increment(sets);
        }
    }

    private double streams(String client, Status status) {
        Sample now = sample();
        return now == null
                ? Double.NaN
                : now.streams().stream()
                        .filter(stream -> stream.client().equals(client) && stream.status() == status)
                        .count();
    }

    private double waiting(String client) {
        Sample now = sample();
        return now == null
                ? Double.NaN
                : backlogs(now, client).stream().mapToLong(Backlog::waiting).sum();
    }

    private double oldest(String client) {
        Sample now = sample();
        return now == null
                ? Double.NaN
                : backlogs(now, client).stream()
                        .map(Backlog::oldest)
                        .min(Instant::compareTo)
                        .map(since -> Math.max(
                                0.0, Duration.between(since, clock.instant()).toMillis() / 1000.0))
                        .orElse(0.0);
    }

    private static List<Backlog> backlogs(Sample sample, String client) {
        return sample.streams().stream()
                .filter(stream -> stream.client().equals(client))
                .map(stream -> sample.backlog().get(stream.id()))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Absent while the store is away; that is remembered as long, or each metric would wait for it anew. */
    private synchronized @Nullable Sample sample() {
        Instant now = clock.instant();
        if (sampledAt.isBefore(now.minus(FRESH))) {
            try {
                sample = new Sample(book.all(), outbox.backlog());
            } catch (LedgerUnavailableException e) {
                sample = null;
            }
            sampledAt = clock.instant();
        }
        return sample;
    }
}
