package io.signalbox.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.action.Decision;
import io.signalbox.event.Signal;
import io.signalbox.policy.PolicyComparison;
import io.signalbox.policy.PolicyComparison.Change;
import io.signalbox.policy.PolicySimulations.Request;
import io.signalbox.policy.PolicySimulator.Trial;
import io.signalbox.policy.Publication;
import io.signalbox.policy.Replayed;
import io.signalbox.policy.ShadowBoard;
import io.signalbox.policy.SimulationState;
import io.signalbox.policy.SimulationState.Asked;
import io.signalbox.policy.Surroundings;
import io.signalbox.store.Page;
import io.signalbox.store.Replay;
import io.signalbox.testing.InMemoryPolicyBook;
import io.signalbox.testing.InMemoryTrialBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A draft is tried on what was and on what comes, and nobody notices. */
class PolicyTrialsTest {

    private static final String ACTIVE = """
            rule "High: a note" when RiskLevelChange( currentLevel == RiskLevel.HIGH ) then actions.note("high"); end
            """;

    /** Asks for posture, which the active one does not. */
    private static final String DRAFT = """
            rule "High: a ticket" when RiskLevelChange( currentLevel == RiskLevel.HIGH, riskReason != "BAD" )
            then actions.openTicket("high"); end
            rule "High again: disable" when RiskLevelChange( currentLevel == RiskLevel.HIGH, riskReason != "BAD" )
              Posture( risk == RiskLevel.HIGH ) then actions.disableAccount(); end
            """;

    private static final String ACTIVE_CASES = """
            - case: a HIGH risk
              given: {event: caep/risk-level-change, principal: USER, current_level: HIGH}
              then: [ticket.note]
            - case: a LOW risk
              given: {event: caep/risk-level-change, principal: USER, current_level: LOW}
              near-miss: "High: a note"
              then: []
            """;

    private static final String DRAFT_CASES = """
            - case: a HIGH risk
              given: {event: caep/risk-level-change, principal: USER, current_level: HIGH}
              near-miss: "High again: disable"
              then: [ticket.open]
            - case: a HIGH risk again
              given: {event: caep/risk-level-change, principal: USER, current_level: HIGH}
              posture: {risk/USER: HIGH}
              then: [ticket.open, account.disable]
            - case: a LOW risk
              given: {event: caep/risk-level-change, principal: USER, current_level: LOW}
              near-miss: "High: a ticket"
              then: []
            """;

    private static Map<String, String> files(String rules, String cases) {
        Map<String, String> files = new TreeMap<>(Policies.files(rules).contents());
        files.put("policy/test.cases.yaml", cases);
        return files;
    }

    @TempDir
    Path home;

    private final InMemoryPolicyBook book = new InMemoryPolicyBook();
    private final InMemoryTrialBook trials = new InMemoryTrialBook();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final PolicyProperties properties =
            new PolicyProperties(PolicyProperties.Source.LEDGER, Duration.ofSeconds(1), Duration.ofDays(1), 1);
    private PublishedPolicies policies;
    private ShadowPolicy shadow;
    private String draft = "";

    @BeforeEach
    void start() throws IOException {
        for (Map.Entry<String, String> file : files(ACTIVE, ACTIVE_CASES).entrySet()) {
            Path path = home.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        policies = new PublishedPolicies(
                book, new RulesFolder(home), false, Surroundings.UNKNOWN, ZoneOffset.UTC, Policies.CLOCK);
        shadow = new ShadowPolicy(
                policies,
                book,
                trials,
                Recollection.NOTHING,
                properties,
                new DecideProperties(1, "UTC", DecideProperties.Facts.NONE),
                Policies.CLOCK,
                meters);
        draft = ((Publication.Kept) policies.publish(files(DRAFT, DRAFT_CASES), "ada", ""))
                .version()
                .id();
    }

    @AfterEach
    void stop() {
        shadow.close();
    }

    private double shadowed(String outcome) {
        return meters.counter("signalbox.policy.shadow", "outcome", outcome).count();
    }

    private Decision decide(Signal signal) {
        return Policies.deciding(policies.get()).decide(signal, Map.of());
    }

    private static Signal high(@Nullable String reason) {
        return Policies.signal(
                "caep/risk-level-change",
                reason == null
                        ? Map.of("principal", "USER", "current_level", "HIGH")
                        : Map.of("principal", "USER", "current_level", "HIGH", "risk_reason", reason));
    }

    @Test
    void aDraftInShadowDecidesTheSameSignalsAndTellsTheDifference() {
        Signal signal = high("STOLEN");
        shadow.watch(signal, Map.of(), decide(signal));
        assertThat(shadow.on("pol-none", "ada")).isInstanceOf(ShadowBoard.Asked.Unknown.class);
        assertThat(shadow.asksForPosture()).isFalse();

        assertThat(shadow.on(draft, "ada")).isInstanceOf(ShadowBoard.Asked.On.class);
        assertThat(shadow.asksForPosture()).isTrue();
        shadow.watch(signal, Map.of(), decide(signal));

        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> shadowed("decided") == 1);
        PolicyComparison comparison = shadow.comparison().orElseThrow();
        assertThat(comparison.signals()).isEqualTo(1);
        assertThat(comparison.kinds())
                .containsEntry("ticket.open", new Change(0, 1, 1, 0, 0))
                .containsEntry("ticket.note", new Change(1, 0, 0, 1, 0));
        assertThat(comparison.examples()).hasSize(1);
        assertThat(comparison.examples().get(0).subject())
                .isEqualTo(Policies.ADA.key())
                .doesNotContain("ada@");

        assertThat(shadow.off("ada")).isTrue();
        shadow.watch(signal, Map.of(), decide(signal));
        assertThat(shadow.inShadow()).isEmpty();
        assertThat(shadow.comparison()).isEmpty();
        assertThat(shadow.off("ada")).isFalse();
    }

    @Test
    void aLedgerThatIsGoneIsTheShadowsTroubleAlone() {
        assertThat(shadow.on(draft, "ada")).isInstanceOf(ShadowBoard.Asked.On.class);
        trials.gone(true);
        Signal signal = high(null);

        shadow.watch(signal, Map.of(), decide(signal));
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> shadowed("failed") == 1);

        trials.gone(false);
        shadow.watch(signal, Map.of(), decide(signal));
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> shadowed("decided") == 1);
    }

    /** Three times the same of one user: how the user stood is rebuilt, not looked up. */
    @Test
    void aSimulationComparesWithWhatWasDecidedAsSubjectsStoodThen() {
        List<Replayed> recorded = new ArrayList<>();
        for (String reason : List.of("ONE", "TWO", "THREE")) {
            Signal signal = high(reason);
            recorded.add(new Replayed(signal, decide(signal)));
        }
        recorded.add(new Replayed(high("PARKED"), null));
        DifferenceTally tally = simulate(DRAFT, recorded);

        PolicyComparison comparison = tally.comparison();

        assertThat(comparison.signals()).isEqualTo(3);
        assertThat(comparison.skipped()).isEqualTo(1);
        assertThat(comparison.rules())
                .containsEntry("High: a note", new Change(3, 0, 0, 3, 0))
                .containsEntry("High: a ticket", new Change(0, 3, 3, 0, 0))
                .containsEntry("High again: disable", new Change(0, 2, 2, 0, 0));
        assertThat(comparison.subjects()).hasSize(1);
        assertThat(simulate(ACTIVE, recorded).comparison().changed()).isZero();
    }

    private static DifferenceTally simulate(String rules, List<Replayed> recorded) {
        return new Simulator(ZoneOffset.UTC, Policies.CLOCK)
                .run(
                        Policies.policy(rules),
                        null,
                        new Trial(Map.of(), null, false, 1),
                        Collections.emptyIterator(),
                        recorded.iterator(),
                        seen -> true);
    }

    @Test
    void oneSimulationRunsInTheBackgroundAndTellsWhatCameOfIt() {
        Signal signal = high("ONE");
        Decision decision = decide(signal);
        CountDownLatch gate = new CountDownLatch(1);
        Replay replay = new Replay() {
            @Override
            public Page<Replayed> signals(Instant from, Instant to, @Nullable String after, int limit) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                boolean now = to.equals(Policies.NOW);
                return new Page<>(now ? List.of(new Replayed(signal, decision)) : List.of(), null);
            }

            @Override
            public long count(Instant from, Instant to) {
                return 1;
            }
        };
        try (BackgroundSimulations simulations =
                new BackgroundSimulations(policies, book, trials, replay, 1, ZoneOffset.UTC, Policies.CLOCK)) {
            assertThat(simulations.begin(new Request(null, "pol-none", 7, false), "ada"))
                    .isInstanceOf(Asked.Unknown.class);
            assertThat(simulations.begin(new Request(Map.of("policy/a.drl", "rule"), null, 7, false), "ada"))
                    .isInstanceOf(Asked.Refused.class);
            SimulationState begun =
                    ((Asked.Begun) simulations.begin(new Request(null, draft, 7, false), "ada")).simulation();
            assertThat(simulations.begin(new Request(null, draft, 7, false), "bob"))
                    .isInstanceOf(Asked.Busy.class);
            assertThat(begun.of()).isEqualTo(1);

            gate.countDown();

            SimulationState done = Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(
                            () -> simulations.simulation(begun.id()).orElseThrow(),
                            state -> state.stage() != SimulationState.Stage.RUNNING);
            assertThat(done.stage()).isEqualTo(SimulationState.Stage.DONE);
            assertThat(done.by()).isEqualTo("ada");
            assertThat(Objects.requireNonNull(done.result()).changed()).isEqualTo(1);
        }
    }
}
