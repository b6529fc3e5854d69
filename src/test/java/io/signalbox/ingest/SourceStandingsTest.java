package io.signalbox.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.set.SetError;
import io.signalbox.set.SourceBoard;
import io.signalbox.set.SourceStanding;
import io.signalbox.set.Verdict;
import io.signalbox.store.Lease;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.SourceRecord;
import io.signalbox.store.SourceRecord.Poll;
import io.signalbox.store.SourceRecord.Refusals;
import io.signalbox.testing.InMemoryLeases;
import io.signalbox.testing.InMemorySourceBook;
import io.signalbox.testing.LoggedIn;
import io.signalbox.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an operator is told of one source, by what was written down and by what the time says about it. */
class SourceStandingsTest {

    private static final Instant START = MovableClock.START;

    private final MovableClock clock = new MovableClock();
    private final InMemorySourceBook book = new InMemorySourceBook();
    private final InMemoryLeases leases = new InMemoryLeases();
    private @Nullable String shut;

    private SourceBoard board(String... keys) {
        Map<String, String> all = new TreeMap<>();
        for (int i = 0; i < keys.length; i += 2) {
            all.put(keys[i], keys[i + 1]);
        }
        return new SourceBench(all, new LoggedIn()).board(book, leases, () -> shut, clock);
    }

    private SourceBoard pushed(String... keys) {
        return board(with(keys, "delivery", "push"));
    }

    private SourceBoard polled(String... keys) {
        return board(with(with(keys, "delivery", "poll"), "poll-uri", "https://idp.example.com/poll"));
    }

    private static String[] with(String[] keys, String key, String value) {
        String[] more = Arrays.copyOf(keys, keys.length + 2);
        more[keys.length] = key;
        more[keys.length + 1] = value;
        return more;
    }

    private static SourceStanding of(SourceBoard board) {
        assertThat(board.standings()).hasSize(1);
        return board.standings().get(0);
    }

    private void taken(Instant at) {
        book.add(Map.of("idp", new SourceRecord("idp", 1, at, Duration.ofSeconds(2), Map.of(), null)));
    }

    private void polls(String state, @Nullable String fault) {
        book.add(Map.of(
                "idp",
                new SourceRecord("idp", 0, null, null, Map.of(), new Poll("node-a", 1, state, START, fault, START))));
    }

    @Test
    void aPushedSourceWaitsUntilSomethingCame() {
        SourceBoard board = pushed();
        assertThat(of(board).state()).isEqualTo("waiting");
        assertThat(of(board).up()).isTrue();

        taken(START);

        assertThat(of(board).state()).isEqualTo("up");
        assertThat(of(board).taken()).isEqualTo(1);
        assertThat(of(board).lastSetAt()).isEqualTo(START);
        assertThat(of(board).lag()).isEqualTo(Duration.ofSeconds(2));
    }

    /** Anybody can send nonsense to an open address. */
    @Test
    void refusalsAreShownAndDoNotMakeAPushedSourceFaulty() {
        book.add(Map.of(
                "idp",
                new SourceRecord("idp", 0, null, null, Map.of("authentication_failed", new Refusals(9, START)), null)));

        assertThat(of(pushed()).state()).isEqualTo("waiting");
        assertThat(of(pushed()).refusals())
                .containsEntry("authentication_failed", new SourceStanding.Refusals(9, START));
    }

    /** A door that is open is worth nothing while nothing of the stream comes to it. */
    @Test
    void aSourceWhoseStreamDoesNotBringItsVerificationIsNotUp() {
        SourceRecord.Stream broken = new SourceRecord.Stream("st-1", "paused", START, "it is paused", START, null);
        book.add(Map.of("idp", new SourceRecord("idp", 0, null, null, Map.of(), null, broken)));
        taken(START);

        SourceStanding kept = of(new SourceBench(
                        Map.of("delivery", "push", "must-be-up", "true", "max-silence", "1h"), new LoggedIn("idp"))
                .board(book, leases, () -> shut, clock));
        assertThat(kept.state()).isEqualTo("faulty");
        assertThat(kept.up()).isFalse();
        assertThat(kept.fault()).isEqualTo("it is paused");
        assertThat(kept.stream())
                .isEqualTo(new SourceStanding.Stream("st-1", "paused", START, "it is paused", START, null));
        // Of a stream that is left to others now, nothing is known any more.
        assertThat(of(pushed()).state()).isEqualTo("up");
        assertThat(of(pushed()).stream()).isNull();
    }

    @Test
    void silenceIsNormalOnlyForSoLong() {
        SourceBoard board = pushed("max-silence", "1h", "must-be-up", "true");
        clock.forward(Duration.ofMinutes(50));
        taken(clock.instant());
        clock.forward(Duration.ofHours(1));
        assertThat(of(board).state()).isEqualTo("up");

        clock.forward(Duration.ofSeconds(1));

        assertThat(of(board).state()).isEqualTo("silent");
        assertThat(of(board).up()).isFalse();
        assertThat(of(board).since()).isEqualTo(START.plus(Duration.ofMinutes(110)));
        assertThat(of(board).fault()).contains("2026-11-22T10:50:00Z");
        taken(clock.instant());
        assertThat(of(board).state()).isEqualTo("up");
    }

    @Test
    void silenceIsCountedFromTheStartWhereNothingEverCame() {
        SourceBoard board = pushed("max-silence", "1h");
        clock.forward(Duration.ofMinutes(61));

        assertThat(of(board).state()).isEqualTo("silent");
    }

    @Test
    void whileWeTakeNothingNoSourceIsUp() {
        SourceBoard board = pushed();
        taken(START);
        shut = "too much waits";

        assertThat(of(board).state()).isEqualTo("shut");
        assertThat(of(board).fault()).isEqualTo("No SETs are taken: too much waits");
        assertThat(of(board).up()).isFalse();
    }

    @Test
    void aPolledSourceStandsAsItsPollerSays() {
        SourceBoard board = polled();
        assertThat(of(board).state()).isEqualTo("waiting");
        assertThat(leases.claim("poll/idp", "node-a/1", START, START.plusSeconds(30)))
                .isPresent();
        assertThat(of(board).state()).isEqualTo("waiting");

        polls("faulty", "The poll endpoint answers 500");
        assertThat(of(board).state()).isEqualTo("faulty");
        assertThat(of(board).fault()).isEqualTo("The poll endpoint answers 500");
        assertThat(of(board).node()).isEqualTo("node-a");
        assertThat(of(board).lastPollAt()).isEqualTo(START);
        assertThat(of(board).up()).isFalse();

        polls("up", null);
        assertThat(of(board).up()).isTrue();
        polls("throttled", "The poll endpoint answers 429");
        assertThat(of(board).up()).isTrue();
    }

    @Test
    void aSourceThatNobodyPollsIsShownAfterTheTimeThatATakeoverNeeds() {
        SourceBoard board = polled();
        Lease lease = leases.claim("poll/idp", "node-a/1", START, START.plusSeconds(30))
                .orElseThrow();
        polls("up", null);

        clock.forward(Duration.ofSeconds(90));
        assertThat(of(board).state()).isEqualTo("up");
        clock.forward(Duration.ofSeconds(1));

        assertThat(of(board).state()).isEqualTo("unattended");
        assertThat(of(board).since()).isEqualTo(lease.expiresAt());
        assertThat(of(board).up()).isFalse();
        assertThat(leases.claim(
                        "poll/idp", "node-b/1", clock.instant(), clock.instant().plusSeconds(30)))
                .isPresent();
        assertThat(of(board).state()).isEqualTo("up");
    }

    @Test
    void aSourceThatWasNeverPolledIsShownToo() {
        SourceBoard board = polled();
        clock.forward(Duration.ofSeconds(61));

        assertThat(of(board).state()).isEqualTo("unattended");
    }

    @Test
    void whileTheLedgerIsAwayNothingIsMadeUp() {
        SourceBoard board = polled();
        book.away(true);

        assertThatThrownBy(board::standings).isInstanceOf(LedgerUnavailableException.class);
    }

    /** Counts survive that the ledger is away, and are written when it is back. */
    @Test
    void whatCouldNotBeWrittenIsWrittenLater() {
        SourceReports reports = SourceBench.reports(book, clock, new SimpleMeterRegistry());
        Poll poll = new Poll("node-a", 1, "up", START, null, START);
        book.away(true);
        reports.polled("idp", new Poll("node-a", 1, "faulty", START, "x", null));
        reports.note("idp", new Verdict.Refused(SetError.INVALID_KEY, "x"));
        reports.write();
        reports.note("idp", new Verdict.Refused(SetError.INVALID_KEY, "x"));
        reports.polled("idp", poll);
        reports.write();

        book.away(false);
        reports.write();
        reports.write();

        assertThat(book.get("idp").refusals()).containsEntry("invalid_key", new Refusals(2, START));
        assertThat(book.get("idp").poll()).isEqualTo(poll);
    }
}
