package io.signalbox.stream;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.Ledger;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.Page;
import io.signalbox.store.SignalQuery;
import io.signalbox.store.SignalRecord;
import io.signalbox.store.SourceRecord;
import io.signalbox.stream.ManagedStreams.Managed;
import io.signalbox.testing.InMemorySourceBook;
import io.signalbox.testing.MovableClock;
import io.signalbox.testing.StreamTransmitter;
import io.signalbox.testing.StreamTransmitter.Quirk;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whether it is noticed that a stream has ceased to bring what is sent on it. */
class StreamVerificationsTest {

    private static final String REVOKED = EventNames.uri("session-revoked");

    private final MovableClock clock = new MovableClock();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LoopbackHttp http = new LoopbackHttp();
    private final List<SignalRecord> recorded = new ArrayList<>();
    private final InMemorySourceBook book = new InMemorySourceBook();
    private boolean ledgerAway;

    private StreamTransmitter transmitter = StreamTransmitter.start();

    @AfterEach
    void stop() {
        transmitter.close();
        http.close();
    }

    @Test
    void isGoodOnceTheEventWithItsStateIsRecorded() {
        String id = transmitter.makeStream("Signalbox source idp", REVOKED);
        StreamVerifications verifications = verifications();
        assertThat(standing()).isNaN();

        verifications.round();
        assertThat(transmitter.calls()).contains("POST /t1/verify");
        assertThat(standing()).isNaN();

        clock.forward(Duration.ofMillis(700));
        record(id, transmitter.lastState());
        clock.forward(Duration.ofSeconds(3));
        verifications.round();
        assertThat(standing()).isEqualTo(1);
        assertThat(book.get("idp").stream())
                .isEqualTo(new SourceRecord.Stream(
                        id, "enabled", clock.instant(), null, clock.instant().minusSeconds(3), Duration.ofMillis(700)));

        long asked = asked();
        verifications.round();
        assertThat(asked()).isEqualTo(asked);
        clock.forward(Duration.ofHours(24));
        verifications.round();
        assertThat(asked()).isEqualTo(asked + 1);
        assertThat(transmitter.faults()).isEmpty();
    }

    @Test
    void isBrokenWhenItDoesNotComeInTimeAndGoodAgainWhenTheNextDoes() {
        String id = transmitter.makeStream("Signalbox source idp", REVOKED);
        StreamVerifications verifications = verifications();
        verifications.round();
        record(id, "the state of somebody else");
        clock.forward(Duration.ofMinutes(9));
        verifications.round();
        assertThat(standing()).isNaN();

        clock.forward(Duration.ofMinutes(2));
        verifications.round();
        assertThat(standing()).isZero();
        assertThat(told().fault()).contains("could not be verified", "R-51");
        assertThat(told().verifiedAt()).isNull();

        clock.forward(Duration.ofMinutes(10));
        verifications.round();
        assertThat(asked()).isEqualTo(2);
        record(id, transmitter.lastState());
        verifications.round();
        assertThat(standing()).isEqualTo(1);
        assertThat(told().fault()).isNull();
        assertThat(told().verifiedAt()).isEqualTo(clock.instant());
    }

    /** */
    @Test
    void writesDownWhatTheTransmitterSaysOfTheStreamAndHasItVerifiedOnceItGoesOn() {
        String id = transmitter.makeStream("Signalbox source idp", REVOKED);
        StreamVerifications verifications = verifications();
        verifications.round();
        record(id, transmitter.lastState());
        verifications.round();

        record(id, EventNames.STREAM_UPDATED, Map.of("status", "paused"));
        verifications.round();
        assertThat(told().status()).isEqualTo("paused");
        assertThat(told().fault()).isEqualTo("The transmitter has the stream paused");
        verifications.round();
        assertThat(asked()).isEqualTo(1);

        record(id, EventNames.STREAM_UPDATED, Map.of("status", "enabled"));
        verifications.round();
        assertThat(told().status()).isEqualTo("enabled");
        assertThat(told().fault()).isNull();
        assertThat(asked()).isEqualTo(2);
    }

    /** What is learned while the ledger is away is written down when it is back. */
    @Test
    void losesNothingOfThatWhileTheBookIsAway() {
        String id = transmitter.makeStream("Signalbox source idp", REVOKED);
        StreamVerifications verifications = verifications();
        book.away(true);
        verifications.round();
        record(id, transmitter.lastState());
        book.away(false);

        verifications.round();
        verifications.round();

        assertThat(told().id()).isEqualTo(id);
        assertThat(told().verifiedAt()).isEqualTo(clock.instant());
    }

    @Test
    void saysThatTheStreamIsPausedWhereThatIsTheCause() {
        String id = transmitter.makeStream("Signalbox source idp", REVOKED);
        transmitter.pause(id);
        StreamVerifications verifications = verifications();
        verifications.round();
        clock.forward(Duration.ofMinutes(11));
        Logger logger = (Logger) LoggerFactory.getLogger(StreamVerifications.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);

        verifications.round();

        logger.detachAppender(lines);
        assertThat(lines.list).singleElement().satisfies(line -> assertThat(line.getKeyValuePairs())
                .anySatisfy(pair ->
                        assertThat(String.valueOf(pair.value)).contains("the transmitter has the stream paused")));
    }

    @Test
    void keepsAStreamThatIsStoppedWhenNobodyCalls() {
        transmitter.close();
        transmitter = StreamTransmitter.start(Quirk.STOPS_WHEN_NOBODY_CALLS);
        String id = transmitter.makeStream("Signalbox source idp", REVOKED);
        StreamVerifications verifications = verifications();
        verifications.round();
        record(id, transmitter.lastState());
        verifications.round();

        clock.forward(StreamTransmitter.INACTIVITY.dividedBy(2));
        verifications.round();

        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void isBrokenWhenThereIsNoStreamToAskAbout() {
        StreamVerifications verifications = verifications();

        verifications.round();

        assertThat(standing()).isZero();
        assertThat(asked()).isZero();
        assertThat(told().id()).isNull();
        assertThat(told().fault()).contains("could not be verified");

        String id = transmitter.makeStream("Signalbox source idp", REVOKED);
        clock.forward(Duration.ofMinutes(1));
        verifications.round();
        assertThat(asked()).isEqualTo(1);
        assertThat(told().id()).isEqualTo(id);
    }

    @Test
    void comesBackLaterWhenTheTransmitterAsksForPatienceOrTheLedgerIsAway() {
        transmitter.close();
        transmitter = StreamTransmitter.start(Quirk.ASKS_FOR_PATIENCE);
        String id = transmitter.makeStream("Signalbox source idp", REVOKED);
        StreamVerifications verifications = verifications();
        verifications.round();
        verifications.round();
        assertThat(asked()).isEqualTo(1);
        assertThat(standing()).isNaN();

        clock.forward(Duration.ofSeconds(1));
        verifications.round();
        assertThat(asked()).isEqualTo(2);
        record(id, transmitter.lastState());
        ledgerAway = true;
        clock.forward(Duration.ofMinutes(20));
        verifications.round();
        assertThat(standing()).isNaN();
        ledgerAway = false;
        verifications.round();
        assertThat(standing()).isEqualTo(1);
    }

    private SourceRecord.Stream told() {
        return Objects.requireNonNull(book.get("idp").stream());
    }

    private long asked() {
        return transmitter.calls().stream().filter("POST /t1/verify"::equals).count();
    }

    private double standing() {
        return meters.get("signalbox.stream.verified")
                .tag("source", "idp")
                .gauge()
                .value();
    }

    private StreamVerifications verifications() {
        Authorization login = new ClientLogin(
                http,
                Clock.systemUTC(),
                transmitter.tokenUri(),
                StreamTransmitter.CLIENT,
                new ClientAuthentication.Basic(StreamTransmitter.SECRET),
                List.of());
        DesiredStream wanted = new DesiredStream(
                "idp",
                transmitter.issuer(),
                WellKnown.SSF,
                null,
                DeliveryMethod.POLL,
                null,
                null,
                List.of(REVOKED),
                "Signalbox source idp");
        return new StreamVerifications(
                new Managed(wanted, login, Duration.ofHours(24), Duration.ofMinutes(10)),
                Set.of(),
                http,
                ledger(),
                book,
                clock,
                meters);
    }

    private void record(String streamId, String state) {
        record(streamId, EventNames.VERIFICATION, Map.of("state", state));
    }

    private void record(String streamId, String type, Map<String, Object> payload) {
        SubjectIdentifier subject = new SubjectIdentifier("opaque", Map.of("id", streamId));
        VerifiedSet set = new VerifiedSet(
                transmitter.issuer(),
                "jti-" + recorded.size(),
                clock.instant(),
                List.of("https://receiver.example/one"),
                null,
                null,
                subject,
                Map.of(type, payload),
                "a.b.c",
                clock.instant());
        SecurityEvent event = new SecurityEvent(
                set.id(),
                set.iss(),
                null,
                subject,
                ((EventCatalog.Reading.Read) EventCatalog.read(type, payload)).payload(),
                clock.instant(),
                clock.instant());
        recorded.add(0, new SignalRecord(new Signal(set, List.of(event)), null, List.of(), null));
    }

    /** A ledger that can only be asked for signals, by issuer, subject and time. */
    private Ledger ledger() {
        return (Ledger) Proxy.newProxyInstance(
                Ledger.class.getClassLoader(), new Class<?>[] {Ledger.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("signals")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    if (ledgerAway) {
                        throw new LedgerUnavailableException("away", new IllegalStateException());
                    }
                    SignalQuery query = (SignalQuery) arguments[0];
                    return new Page<>(
                            recorded.stream()
                                    .filter(record ->
                                            record.signal().set().iss().equals(query.iss()))
                                    .filter(record -> {
                                        SubjectIdentifier subject =
                                                record.signal().set().subject();
                                        return subject != null && subject.key().equals(query.subjectKey());
                                    })
                                    .filter(record -> query.from() == null
                                            || !record.signal()
                                                    .set()
                                                    .receivedAt()
                                                    .isBefore(query.from()))
                                    .toList(),
                            null);
                });
    }
}
