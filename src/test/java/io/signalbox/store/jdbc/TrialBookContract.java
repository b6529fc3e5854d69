package io.signalbox.store.jdbc;

import static io.signalbox.testing.Recorded.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.event.Signal;
import io.signalbox.policy.DecisionDifference;
import io.signalbox.policy.PassedCheck;
import io.signalbox.policy.PolicyComparison;
import io.signalbox.policy.PolicyVersion;
import io.signalbox.policy.Replayed;
import io.signalbox.policy.ShadowRun;
import io.signalbox.policy.SimulationState;
import io.signalbox.policy.SimulationState.Stage;
import io.signalbox.store.Ledger;
import io.signalbox.store.Page;
import io.signalbox.store.Replay;
import io.signalbox.store.TrialBook;
import io.signalbox.store.TrialBook.WouldHave;
import io.signalbox.testing.Recorded;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

/** What is kept of policies on trial, and what they are tried on, whatever the store. */
abstract class TrialBookContract {

    @TempDir
    Path folder;

    private LedgerDatabase database;
    private GroupCommit writer;
    private TrialBook trials;
    private Ledger ledger;
    private Replay replay;

    /** The URL of a store with nothing in it. */
    abstract @Nullable String newStore();

    abstract @Nullable String username();

    @BeforeEach
    void open() {
        StoreProperties properties =
                new StoreProperties(newStore(), username(), null, null, 2, 64, Duration.ofSeconds(5));
        database = LedgerDatabase.open(properties, new Home(folder), new MockEnvironment());
        StorageFailures failures = new StorageFailures(database.name());
        Chain chain = new Chain(database.writesInBatches());
        writer = new GroupCommit(
                database.transactions(),
                chain,
                failures,
                properties.writeQueue(),
                properties.writeWait(),
                new SimpleMeterRegistry());
        trials = new JdbcTrialBook(database, writer, failures);
        ledger = new JdbcLedger(database, writer, chain, failures);
        replay = new JdbcReplay(database, failures);
        JdbcPolicyBook book = new JdbcPolicyBook(database, writer, chain, failures);
        for (String id : List.of("pol-1", "pol-2")) {
            assertThat(book.keep(
                            new PolicyVersion(id, NOON, "ada", "", new PassedCheck(1, 1, 1, List.of())),
                            Map.of("policy/a.drl", "")))
                    .isTrue();
        }
    }

    @AfterEach
    void close() {
        writer.close();
        database.close();
    }

    @Test
    void showsSignalsAgainInTheOrderInWhichTheyCame() {
        List<Signal> signals = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            Signal signal = Recorded.signal(Recorded.ISSUER, "jti-" + i, "a@acme.example", NOON.plusSeconds(i / 2));
            signals.add(signal);
            if (i == 3) {
                ledger.park(signal, "it could not be decided", NOON);
            } else {
                assertThat(ledger.record(signal, Recorded.decision(signal, "idp", null)))
                        .hasSize(1);
            }
        }

        List<Replayed> seen = new ArrayList<>();
        Page<Replayed> page = replay.signals(NOON, NOON.plusSeconds(3), null, 2);
        while (true) {
            seen.addAll(page.items());
            if (page.next() == null) {
                break;
            }
            page = replay.signals(NOON, NOON.plusSeconds(3), page.next(), 2);
        }

        assertThat(seen).extracting(Replayed::signal).containsExactlyInAnyOrderElementsOf(signals.subList(0, 6));
        assertThat(seen)
                .isSortedAccordingTo((a, b) ->
                        a.signal().set().receivedAt().compareTo(b.signal().set().receivedAt()));
        for (Replayed each : seen) {
            boolean parked = each.signal().equals(signals.get(3));
            assertThat(each.decision()).isEqualTo(parked ? null : Recorded.decision(each.signal(), "idp", null));
        }
        List<Replayed> walked = new ArrayList<>();
        replay.signals(NOON, NOON.plusSeconds(3)).forEachRemaining(walked::add);
        assertThat(walked).isEqualTo(seen);
        assertThat(replay.count(NOON, NOON.plusSeconds(3))).isEqualTo(6);
    }

    @Test
    void oneSimulationRunsAtATimeUnlessItHasFallenSilent() {
        SimulationState first = simulation("sim-1", NOON, Stage.RUNNING, null);
        assertThat(trials.begin(first, NOON.minusSeconds(60))).isTrue();
        assertThat(trials.begin(simulation("sim-2", NOON.plusSeconds(5), Stage.RUNNING, null), NOON.minusSeconds(55)))
                .isFalse();
        assertThat(trials.begin(simulation("sim-3", NOON.plusSeconds(90), Stage.RUNNING, null), NOON.plusSeconds(30)))
                .isTrue();

        PolicyComparison result =
                new PolicyComparison(3, 1, 0, 0, Map.of(), Map.of(), List.of(), List.of(difference(true)));
        SimulationState done = simulation("sim-3", NOON.plusSeconds(95), Stage.DONE, result);
        assertThat(trials.update(done)).isTrue();

        assertThat(trials.simulation("sim-1")).contains(first);
        assertThat(trials.simulation("sim-2")).isEmpty();
        assertThat(trials.simulation("sim-3")).contains(done);
        assertThat(trials.begin(simulation("sim-4", NOON.plusSeconds(96), Stage.RUNNING, null), NOON.plusSeconds(36)))
                .isTrue();
    }

    @Test
    void keepsWhatThePolicyInShadowWouldHaveDecidedAndNothingOfOthers() {
        assertThat(trials.shadow()).isEmpty();
        trials.wouldHave("pol-1", List.of(wouldHave("sig-0", NOON)));
        ShadowRun run = new ShadowRun("pol-1", NOON, "ada");
        trials.shadow(run);
        assertThat(trials.shadow()).contains(run);

        WouldHave first = wouldHave("sig-1", NOON.plusSeconds(1));
        WouldHave second = wouldHave("sig-2", NOON.plusSeconds(2));
        trials.wouldHave("pol-1", List.of(first, second));
        trials.wouldHave("pol-1", List.of(wouldHave("sig-1", NOON.plusSeconds(9))));
        trials.wouldHave("pol-2", List.of(wouldHave("sig-3", NOON.plusSeconds(3))));
        assertThat(trials.wouldHave(10)).containsExactly(second, first);

        trials.shadow(new ShadowRun("pol-2", NOON.plusSeconds(10), "bob"));
        assertThat(trials.wouldHave(10)).isEmpty();
        trials.wouldHave("pol-2", List.of(wouldHave("sig-1", NOON.plusSeconds(11))));
        assertThat(trials.wouldHave(10)).hasSize(1);

        assertThat(trials.forgetWouldHave(NOON, 100, 10)).isEqualTo(2);
        assertThat(trials.wouldHave(10)).hasSize(1);
        assertThat(trials.endShadow()).isTrue();
        assertThat(trials.endShadow()).isFalse();
        assertThat(trials.shadow()).isEmpty();
    }

    @Test
    void forgetsWhatIsOldAndWhatIsTooMuch() {
        trials.shadow(new ShadowRun("pol-1", NOON, "ada"));
        List<WouldHave> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(wouldHave("sig-" + i, NOON.plusSeconds(i)));
        }
        trials.wouldHave("pol-1", all);

        assertThat(trials.forgetWouldHave(NOON.plusSeconds(2), 100, 1)).isEqualTo(1);
        assertThat(trials.forgetWouldHave(NOON.plusSeconds(2), 100, 5)).isEqualTo(1);
        assertThat(trials.forgetWouldHave(NOON, 3, 100)).isEqualTo(5);
        assertThat(trials.wouldHave(100)).extracting(WouldHave::signalId).containsExactly("sig-9", "sig-8", "sig-7");
    }

    private static SimulationState simulation(
            String id, Instant updatedAt, Stage stage, @Nullable PolicyComparison result) {
        return new SimulationState(id, "pol-1", "recorded", "ada", NOON, updatedAt, stage, 1, 3, result, null);
    }

    private static WouldHave wouldHave(String signalId, Instant at) {
        return new WouldHave(signalId, at, List.of("a rule"), List.of("session.revoke"), difference(true));
    }

    private static DecisionDifference difference(boolean changed) {
        return new DecisionDifference(
                "sig-1",
                null,
                "caep/session-revoked",
                NOON,
                "pol-0",
                List.of(),
                changed ? List.of("a rule") : List.of(),
                List.of(),
                List.of(),
                List.of(),
                "HIGH",
                "HIGH");
    }
}
