package io.signalbox.stream;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.event.SsfEvent;
import io.signalbox.http.GuardedHttp;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.Ledger;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.SignalQuery;
import io.signalbox.store.SignalRecord;
import io.signalbox.store.SourceBook;
import io.signalbox.store.SourceRecord;
import io.signalbox.stream.ManagedStreams.Managed;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Proves now and then that one stream still brings what is sent on it: asks for a verification event with a state that
 * nobody can guess, and looks for it in the ledger, where every SET ends that came the whole way. It need not come to this
 * node. A stream that has fallen silent looks like one on which nothing happens; this tells them apart.
 *
 * <p>Asking also counts as activity, so that a stream with an inactivity timeout stays. What is open is kept in
 * memory only: after a restart it is asked for again. What came of it is written into the book of sources, and so is what
 * the transmitter says of the stream's status, when it is asked and when it tells by itself.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.4">SSF 1.0, section
 *     8.1.4</a>
 */
final class StreamVerifications {

    private static final Logger LOG = LoggerFactory.getLogger(StreamVerifications.class);

    private static final int LOOKED_THROUGH = 50;
    /** A stream that is not made yet, or a transmitter that is away for a moment, is asked after again after this. */
    private static final Duration SOON = Duration.ofMinutes(1);

    private static final Duration PATIENCE = Duration.ZERO;

    private final Managed stream;
    private final Set<String> others;
    private final GuardedHttp http;
    private final Ledger ledger;
    private final SourceBook book;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private Instant next;
    private @Nullable Open open;
    private volatile double standing = Double.NaN;

    private String cause = "";
    private @Nullable Told told;
    private SourceRecord.@Nullable Stream news;

    StreamVerifications(
            Managed stream,
            Set<String> others,
            GuardedHttp http,
            Ledger ledger,
            SourceBook book,
            Clock clock,
            MeterRegistry meters) {
        this.stream = stream;
        this.others = others;
        this.http = http;
        this.ledger = ledger;
        this.book = book;
        this.clock = clock;
        this.next = clock.instant();
        Gauge.builder("signalbox.stream.verified", this, verifications -> verifications.standing)
                .description("1 while the last verification came, 0 while it did not; no number before the first")
                .tag("source", stream.wanted().source())
                .register(meters);
    }

    /** @param again how long after a good one it is asked for the next time */
    private record Open(String state, String streamId, Instant askedAt, Duration again) {}

    /**
     * What the transmitter said last.
     *
     * @param status absent if it does not say
     * @param at since when what it tells by itself is newer
     * @param update name of the last SET by which it told; absent if none came since
     */
    private record Told(
            String streamId,
            @Nullable StreamStatus status,
            Instant at,
            @Nullable String update) {}

    /** One look at how things stand; called every few seconds by one thread. */
    void round() {
        try {
            write();
            hear();
            Open asked = open;
            Instant now = clock.instant();
            if (asked != null) {
                Instant cameAt = came(asked);
                if (cameAt != null) {
                    good(asked, cameAt);
                } else if (now.isAfter(asked.askedAt().plus(stream.verifyWithin()))) {
                    open = null;
                    broken(
                            "no verification event came within " + stream.verifyWithin() + " (R-51)"
                                    + status(asked.streamId()),
                            stream.verifyWithin());
                }
            } else if (!now.isBefore(next)) {
                ask(now);
            }
            write();
        } catch (LedgerUnavailableException e) {
            LOG.atDebug().log("The ledger is away; the next round will look again");
        } catch (RuntimeException e) {
            // The next round must come, whatever this one fell over.
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("source", stream.wanted().source())
                    .log("A stream could not be verified because of a fault on this side");
            next = clock.instant().plus(stream.verifyWithin());
        }
    }

    private void ask(Instant now) {
        Answer<StreamClient> client = stream.client(http);
        if (client.value().isEmpty()) {
            broken(client.told(), SOON);
            return;
        }
        Answer<StreamConfiguration> found =
                new StreamReconciler(client.value().get(), stream.wanted(), others, false, PATIENCE).locate();
        if (found.value().isEmpty()) {
            broken(found.told(), SOON);
            return;
        }
        String streamId = found.value().get().streamId();
        StreamStatus status = client.value()
                .get()
                .status(streamId)
                .value()
                .map(StreamState::status)
                .orElse(null);
        told = new Told(streamId, status, now, null);
        note(null, null);
        Open asked = new Open(state(), streamId, now, again(found.value().get()));
        // Before the call: the event may overtake its answer.
        open = asked;
        Answer<Boolean> answer = client.value().get().verify(streamId, asked.state());
        if (answer.value().isEmpty()) {
            open = null;
            if (answer instanceof Answer.NotYet<Boolean> later) {
                next = now.plus(later.retryAfter());
            } else {
                broken(answer.told(), stream.verifyWithin());
            }
        }
    }

    /** what the transmitter says of the stream, unasked. */
    private void hear() {
        Told before = told;
        if (before == null) {
            return;
        }
        SignalRecord latest = signals(before.streamId(), before.at())
                .filter(record -> updated(record) != null)
                .findFirst()
                .orElse(null);
        StreamStatus now = latest == null ? null : updated(latest);
        if (latest == null || now == null || latest.signal().set().jti().equals(before.update())) {
            return;
        }
        told = new Told(
                before.streamId(), now, before.at(), latest.signal().set().jti());
        LOG.atLevel(now == StreamStatus.ENABLED ? Level.INFO : Level.WARN)
                .addKeyValue("source", stream.wanted().source())
                .addKeyValue("status", now.word())
                .log("The transmitter says that a stream's status changed");
        note(null, null);
        if (now == StreamStatus.ENABLED && open == null) {
            next = clock.instant();
        }
    }

    private static @Nullable StreamStatus updated(SignalRecord record) {
        return record.signal().events().stream()
                .map(SecurityEvent::payload)
                .filter(SsfEvent.StreamUpdated.class::isInstance)
                .map(SsfEvent.StreamUpdated.class::cast)
                .map(event -> StreamStatus.valueOf(event.status().name()))
                .findFirst()
                .orElse(null);
    }

    /** Half of an inactivity timeout at most, as asking is what keeps the stream; never more often than it may. */
    private Duration again(StreamConfiguration found) {
        Duration again = stream.verifyEvery();
        Duration timeout = found.inactivityTimeout();
        if (timeout != null && timeout.dividedBy(2).compareTo(again) < 0) {
            again = timeout.dividedBy(2);
        }
        Duration least = found.minVerificationInterval();
        return least != null && least.compareTo(again) > 0 ? least : again;
    }

    /** The most likely cause, where the transmitter tells it: a stream that is paused holds its verification, too. */
    private String status(String streamId) {
        return stream.client(http)
                .value()
                .flatMap(client -> client.status(streamId).value())
                .filter(state -> state.status() != StreamStatus.ENABLED)
                .map(state ->
                        "; the transmitter has the stream " + state.status().word())
                .orElse("");
    }

    /** When the event came that was asked for; null if it has not. */
    private @Nullable Instant came(Open asked) {
        // A little before, since a SET's time of arrival may be another node's clock.
        return signals(asked.streamId(), asked.askedAt().minus(Duration.ofMinutes(2)))
                .map(SignalRecord::signal)
                .map(Signal::set)
                .filter(set -> {
                    Map<String, Object> payload = set.events().get(EventNames.VERIFICATION);
                    return payload != null && asked.state().equals(payload.get("state"));
                })
                .map(VerifiedSet::receivedAt)
                .findFirst()
                .orElse(null);
    }

    /** By their subject, which for events of the stream is the stream itself; the newest first. */
    private Stream<SignalRecord> signals(String streamId, Instant from) {
        SubjectIdentifier subject = new SubjectIdentifier("opaque", Map.of("id", streamId));
        SignalQuery query =
                new SignalQuery(null, stream.wanted().issuer(), subject.key(), from, null, null, LOOKED_THROUGH);
        return ledger.signals(query).items().stream();
    }

    private void good(Open asked, Instant cameAt) {
        if (standing == 0) {
            LOG.atInfo().addKeyValue("source", stream.wanted().source()).log("The stream brings its events again");
        }
        open = null;
        standing = 1;
        Duration took = Duration.between(asked.askedAt(), cameAt);
        note(cameAt, took.isNegative() ? Duration.ZERO : took);
        next = clock.instant().plus(asked.again());
    }

    /** For the book, which is written at the end of this round, or of the next if the ledger is away. */
    private void note(@Nullable Instant verifiedAt, @Nullable Duration roundTrip) {
        Told now = told;
        String fault = null;
        if (now != null && now.status() != null && now.status() != StreamStatus.ENABLED) {
            fault = "The transmitter has the stream " + now.status().word();
        } else if (standing == 0) {
            fault = "The stream could not be verified: " + cause;
        }
        SourceRecord.Stream unwritten = news;
        if (unwritten != null && verifiedAt == null) {
            verifiedAt = unwritten.verifiedAt();
            roundTrip = unwritten.roundTrip();
        }
        news = new SourceRecord.Stream(
                now == null ? null : now.streamId(),
                now == null || now.status() == null ? null : now.status().word(),
                clock.instant(),
                fault,
                verifiedAt,
                roundTrip);
    }

    private void write() {
        SourceRecord.Stream written = news;
        if (written != null) {
            String source = stream.wanted().source();
            book.add(Map.of(source, new SourceRecord(source, 0, null, null, Map.of(), null, written)));
            news = null;
        }
    }

    /**
     * Said each time: what is wrong may be another thing than before.
     *
     * @param soon when it is tried again, unless a good one would be sooner
     */
    private void broken(String why, Duration soon) {
        LOG.atWarn()
                .addKeyValue("source", stream.wanted().source())
                .addKeyValue("issuer", stream.wanted().issuer())
                .addKeyValue("cause", why)
                .log("A stream could not be verified; events on it may be lost");
        standing = 0;
        cause = why;
        note(null, null);
        next = clock.instant().plus(soon.compareTo(stream.verifyEvery()) < 0 ? soon : stream.verifyEvery());
    }

    private String state() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
