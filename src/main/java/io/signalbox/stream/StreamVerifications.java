package io.signalbox.stream;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.event.Signal;
import io.signalbox.http.GuardedHttp;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.Ledger;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.SignalQuery;
import io.signalbox.store.SignalRecord;
import io.signalbox.stream.ManagedStreams.Managed;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves now and then that one stream still brings what is sent on it: asks for a verification event with a state that
 * nobody can guess, and looks for it in the ledger, where every SET ends that came the whole way. It need not come to this
 * node. A stream that has fallen silent looks like one on which nothing happens; this tells them apart.
 *
 * <p>Asking also counts as activity, so that a stream with an inactivity timeout stays. What is open is kept in
 * memory only: after a restart it is asked for again.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.4">SSF 1.0, section
 *     8.1.4</a>
 */
final class StreamVerifications {

    private static final Logger LOG = LoggerFactory.getLogger(StreamVerifications.class);

    private static final int LOOKED_THROUGH = 50;
    private static final Duration PATIENCE = Duration.ZERO;

    private final Managed stream;
    private final Set<String> others;
    private final GuardedHttp http;
    private final Ledger ledger;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private Instant next;
    private @Nullable Open open;
    private volatile double standing = Double.NaN;

    StreamVerifications(
            Managed stream, Set<String> others, GuardedHttp http, Ledger ledger, Clock clock, MeterRegistry meters) {
        this.stream = stream;
        this.others = others;
        this.http = http;
        this.ledger = ledger;
        this.clock = clock;
        this.next = clock.instant();
        Gauge.builder("signalbox.stream.verified", this, verifications -> verifications.standing)
                .description("1 while the last verification came, 0 while it did not; no number before the first")
                .tag("source", stream.wanted().source())
                .register(meters);
    }

    /** @param again how long after a good one it is asked for the next time */
    private record Open(String state, String streamId, Instant askedAt, Duration again) {}

    /** One look at how things stand; called every few seconds by one thread. */
    void round() {
        try {
            Open asked = open;
            Instant now = clock.instant();
            if (asked != null) {
                if (came(asked)) {
                    good(asked);
                } else if (now.isAfter(asked.askedAt().plus(stream.verifyWithin()))) {
                    open = null;
                    broken("no verification event came within " + stream.verifyWithin() + " (R-51)"
                            + status(asked.streamId()));
                }
            } else if (!now.isBefore(next)) {
                ask(now);
            }
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
            broken(client.told());
            return;
        }
        Answer<StreamConfiguration> found =
                new StreamReconciler(client.value().get(), stream.wanted(), others, false, PATIENCE).locate();
        if (found.value().isEmpty()) {
            broken(found.told());
            return;
        }
        String streamId = found.value().get().streamId();
        Open asked = new Open(state(), streamId, now, again(found.value().get()));
        // Before the call: the event may overtake its answer.
        open = asked;
        Answer<Boolean> answer = client.value().get().verify(streamId, asked.state());
        if (answer.value().isEmpty()) {
            open = null;
            if (answer instanceof Answer.NotYet<Boolean> later) {
                next = now.plus(later.retryAfter());
            } else {
                broken(answer.told());
            }
        }
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

    /** By the subject, which for this event is the stream itself. */
    private boolean came(Open asked) {
        SubjectIdentifier subject = new SubjectIdentifier("opaque", Map.of("id", asked.streamId()));
        // A little before, since a SET's time of arrival may be another node's clock.
        SignalQuery query = new SignalQuery(
                null,
                stream.wanted().issuer(),
                subject.key(),
                asked.askedAt().minus(Duration.ofMinutes(2)),
                null,
                null,
                LOOKED_THROUGH);
        return ledger.signals(query).items().stream()
                .map(SignalRecord::signal)
                .map(Signal::set)
                .map(set -> set.events().get(EventNames.VERIFICATION))
                .anyMatch(payload -> payload != null && asked.state().equals(payload.get("state")));
    }

    private void good(Open asked) {
        if (standing == 0) {
            LOG.atInfo().addKeyValue("source", stream.wanted().source()).log("The stream brings its events again");
        }
        open = null;
        standing = 1;
        next = clock.instant().plus(asked.again());
    }

    /** Said each time: what is wrong may be another thing than before. Tried again sooner than a good one. */
    private void broken(String why) {
        LOG.atWarn()
                .addKeyValue("source", stream.wanted().source())
                .addKeyValue("issuer", stream.wanted().issuer())
                .addKeyValue("cause", why)
                .log("A stream could not be verified; events on it may be lost");
        standing = 0;
        Duration soon = stream.verifyWithin().compareTo(stream.verifyEvery()) < 0
                ? stream.verifyWithin()
                : stream.verifyEvery();
        next = clock.instant().plus(soon);
    }

    private String state() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
