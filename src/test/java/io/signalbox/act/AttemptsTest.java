package io.signalbox.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.testing.InMemoryLedger;
import io.signalbox.testing.MovableClock;
import io.signalbox.testing.SampleActions;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class AttemptsTest {

    private static final Outcome DOWN = new Outcome.NoAnswer("down", null);

    private final InMemoryLedger ledger = new InMemoryLedger();
    private final MovableClock clock = new MovableClock();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Attempts attempts = attempts(List.of(Duration.ofSeconds(1), Duration.ofSeconds(5)));
    private final Action action = SampleActions.of("ticket.open", "tickets", SampleActions.email("a@acme.example"));

    private Attempts attempts(List<Duration> retry) {
        return attempts(retry, 0);
    }

    private Attempts attempts(List<Duration> retry, int perMinute) {
        MockEnvironment environment = new MockEnvironment().withProperty("SECRET", "0123456789abcdef");
        TargetProperties properties = new TargetProperties(
                Map.of(
                        "tickets",
                        new TargetProperties.Target(
                                "webhook",
                                "https://tickets.example.com",
                                List.of(),
                                null,
                                null,
                                null,
                                "SECRET",
                                new TargetProperties.Auth(null, null, null, null, null, null, null, null, "basic"),
                                null,
                                4,
                                perMinute,
                                Duration.ofSeconds(30),
                                true,
                                Map.of())),
                new TargetProperties.Act(
                        retry,
                        0,
                        Duration.ofHours(1),
                        Duration.ofMinutes(5),
                        new TargetProperties.Breaker(4, Duration.ofSeconds(60), Duration.ofMinutes(5))),
                "./routes");
        ConfiguredTargets targets = new ConfiguredTargets(properties, environment);
        return new Attempts(
                ledger,
                targets,
                new Breakers(targets, properties, clock, meters),
                new RateLimits(targets, clock),
                new SampledBacklog(ledger, targets, clock, meters),
                properties,
                clock,
                meters);
    }

    @Test
    void whatIsOverTheRateWaitsAndNoTryIsCounted() {
        ledger.add(action);
        Attempts slow = attempts(List.of(Duration.ofSeconds(1)), 30);

        assertThat(slow.open(action.id(), 0)).isNotNull();
        assertThatThrownBy(() -> slow.open(action.id(), 0)).isInstanceOf(TargetPausedException.class);
        clock.forward(Duration.ofSeconds(1));
        assertThatThrownBy(() -> slow.open(action.id(), 0)).isInstanceOf(TargetPausedException.class);
        clock.forward(Duration.ofSeconds(1));
        assertThat(slow.open(action.id(), 0)).isNotNull();
        assertThat(ledger.get(action).attempts()).isEmpty();
    }

    private void attempt(Outcome outcome) {
        int number = ledger.get(action).attempts().size();
        Action opened = attempts.open(action.id(), number);
        assertThat(opened).isEqualTo(action);
        attempts.close(action, number, outcome);
    }

    private double counted(String meter) {
        return meters.find(meter).counters().stream()
                .mapToDouble(c -> c.count())
                .sum();
    }

    @Test
    void recordsWhatTheTargetDid() {
        ledger.add(action);
        attempt(new Outcome.Done("HTTP 200"));

        ActionRecord record = ledger.get(action);
        assertThat(record.state()).isEqualTo(ActionState.DONE);
        assertThat(record.attempts()).containsExactly(new ActionRecord.Attempt(MovableClock.START, "done", "HTTP 200"));
        assertThat(record.nextAttemptAt()).isNull();
    }

    @Test
    void endsWhatNoRetryCanChange() {
        Map.of(
                        new Outcome.AlreadyDone("x"), ActionState.ALREADY_DONE,
                        new Outcome.NotFound("x"), ActionState.NOT_FOUND,
                        new Outcome.Refused("x"), ActionState.REFUSED)
                .forEach((outcome, state) -> {
                    ledger.add(action);
                    attempt(outcome);
                    assertThat(ledger.get(action).state()).isEqualTo(state);
                });
    }

    @Test
    void triesAgainAfterEachPauseAndThenGivesUp() {
        ledger.add(action);
        attempt(DOWN);
        assertThat(ledger.get(action).nextAttemptAt()).isEqualTo(MovableClock.START.plusSeconds(1));
        assertThat(attempts.due()).isEmpty();

        clock.forward(Duration.ofSeconds(1));
        assertThat(attempts.due()).extracting(ActionRecord::action).containsExactly(action);
        attempt(DOWN);
        assertThat(ledger.get(action).nextAttemptAt()).isEqualTo(MovableClock.START.plusSeconds(6));

        clock.forward(Duration.ofSeconds(5));
        attempt(DOWN);
        assertThat(ledger.get(action).state()).isEqualTo(ActionState.DEAD);
        assertThat(ledger.get(action).attempts()).hasSize(3);
        assertThat(ledger.get(action).nextAttemptAt()).isNull();
    }

    @Test
    void beginsTheScheduleAnewWhenRedriven() {
        ledger.add(action);
        attempt(DOWN);
        attempt(DOWN);
        attempt(DOWN);

        ledger.redrive(action.id(), clock.instant());
        assertThat(attempts.due()).hasSize(1);
        attempt(DOWN);
        assertThat(ledger.get(action).state()).isEqualTo(ActionState.RETRYING);
        assertThat(ledger.get(action).nextAttemptAt()).isEqualTo(MovableClock.START.plusSeconds(1));
    }

    @Test
    void waitsAsLongAsTheTargetAsksButNotForEver() {
        ledger.add(action);
        attempt(new Outcome.NoAnswer("busy", Duration.ofSeconds(90)));
        assertThat(ledger.get(action).nextAttemptAt()).isEqualTo(MovableClock.START.plusSeconds(90));
        attempt(new Outcome.NoAnswer("busy", Duration.ofDays(900)));
        assertThat(ledger.get(action).nextAttemptAt()).isEqualTo(MovableClock.START.plusSeconds(3600));
    }

    @Test
    void dropsAMessageThatTheLedgerHasOvertaken() {
        ledger.add(action);
        attempt(DOWN);

        assertThat(attempts.open(action.id(), 0)).isNull();
        assertThat(attempts.open(action.id(), null)).isNull();
        assertThat(attempts.open(action.id(), 1)).isEqualTo(action);
        assertThat(counted("signalbox.actions.repeats")).isEqualTo(2);
    }

    @Test
    void doesNotRepeatWhatHasEnded() {
        ledger.add(action);
        attempt(new Outcome.Done("HTTP 200"));

        assertThat(attempts.open(action.id(), 1)).isNull();
        assertThat(counted("signalbox.actions.repeats")).isEqualTo(1);
    }

    @Test
    void keepsTheFirstOutcomeOfTwoAttemptsMadeSideBySide() {
        ledger.add(action);
        attempts.open(action.id(), 0);
        attempts.open(action.id(), 0);
        attempts.close(action, 0, new Outcome.Done("HTTP 200"));
        attempts.close(action, 0, DOWN);

        assertThat(ledger.get(action).state()).isEqualTo(ActionState.DONE);
        assertThat(ledger.get(action).attempts()).hasSize(1);
    }

    @Test
    void countsAnActionThatTheLedgerDoesNotKnow() {
        assertThat(attempts.open(action.id(), 0)).isNull();
        assertThat(counted("signalbox.lost")).isEqualTo(1);
    }

    @Test
    void passesTheLedgersFailureOnSoThatTheMessageGoesBack() {
        ledger.add(action);
        ledger.failNext(1);
        assertThatThrownBy(() -> attempts.open(action.id(), 0)).isInstanceOf(LedgerUnavailableException.class);
        ledger.failNext(1);
        assertThatThrownBy(() -> attempts.close(action, 0, DOWN)).isInstanceOf(LedgerUnavailableException.class);
    }

    @Test
    void treatsATargetThatIsNoLongerConfiguredAsDown() {
        Action orphan = SampleActions.of("ticket.open", "gone", null);
        ledger.add(orphan);
        ledger.attempted(orphan.id(), DOWN, ActionState.RETRYING, clock.instant(), clock.instant());

        assertThat(attempts.due()).isEmpty();
        assertThat(ledger.get(orphan).attempts().get(1).detail()).isEqualTo("No target of this name is configured");
    }

    @Test
    void leavesATargetAloneThatGivesNoAnswersAndCountsNoTryMeanwhile() {
        List<Action> actions = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            actions.add(action("user" + i));
            ledger.add(actions.get(i));
        }
        for (Action failing : actions.subList(0, 4)) {
            attempts.open(failing.id(), 0);
            attempts.close(failing, 0, DOWN);
        }
        assertThat(gauge("signalbox.target.breaker")).isEqualTo(2);
        Action next = actions.get(4);
        assertThatThrownBy(() -> attempts.open(next.id(), 0)).isInstanceOf(TargetPausedException.class);
        assertThat(ledger.get(next).state()).isEqualTo(ActionState.WAITING);
        assertThat(ledger.get(next).attempts()).isEmpty();
        clock.forward(Duration.ofSeconds(59));
        assertThat(attempts.due()).isEmpty();

        clock.forward(Duration.ofSeconds(1));
        // One of the four that are due; were none in the queue, this one would be the probe.
        assertThat(attempts.due()).hasSize(1);
        assertThat(attempts.open(next.id(), 0)).isEqualTo(next);
        assertThat(gauge("signalbox.target.breaker")).isEqualTo(1);
        assertThatThrownBy(() -> attempts.open(actions.get(5).id(), 0)).isInstanceOf(TargetPausedException.class);
        attempts.close(next, 0, new Outcome.Refused("HTTP 403"));

        assertThat(gauge("signalbox.target.breaker")).isZero();
        assertThat(attempts.open(actions.get(5).id(), 0)).isEqualTo(actions.get(5));
        assertThat(attempts.due()).hasSize(3);
    }

    @Test
    void keepsWhatTheTargetSaidToAnActionThatWasDiscardedMeanwhile() {
        ledger.add(action);
        attempts.open(action.id(), 0);
        ledger.discard(action.id(), "a drill", clock.instant());
        attempts.close(action, 0, new Outcome.Done("HTTP 200"));
        attempts.close(action, 0, new Outcome.Done("HTTP 200"));

        assertThat(ledger.get(action).state()).isEqualTo(ActionState.DISCARDED);
        assertThat(ledger.get(action).attempts())
                .extracting(ActionRecord.Attempt::outcome)
                .containsExactly("discarded", "done");
        assertThat(attempts.open(action.id(), 1)).isNull();
    }

    @Test
    void showsWhatLiesBeforeATargetWithoutAskingTheLedgerEachTime() {
        ledger.add(action);
        clock.forward(Duration.ofSeconds(30));
        assertThat(backlog("waiting")).isEqualTo(1);
        assertThat(backlog("dead")).isZero();
        assertThat(meters.get("signalbox.actions.oldest.seconds").gauge().value())
                .isEqualTo(Duration.between(Instant.EPOCH, clock.instant()).toSeconds());

        attempt(new Outcome.Done("HTTP 200"));
        assertThat(backlog("waiting")).isEqualTo(1);
        clock.forward(Duration.ofSeconds(6));
        assertThat(backlog("waiting")).isZero();
        assertThat(meters.get("signalbox.actions.oldest.seconds").gauge().value())
                .isZero();

        clock.forward(Duration.ofSeconds(6));
        ledger.failNext(1);
        assertThat(backlog("waiting")).isNaN();
        assertThat(backlog("dead")).isNaN();
        clock.forward(Duration.ofSeconds(6));
        assertThat(backlog("waiting")).isZero();
    }

    @Test
    void countsNothingLostFromTheStart() {
        assertThat(meters.get("signalbox.lost").counter().count()).isZero();
    }

    private double backlog(String state) {
        return meters.get("signalbox.actions").tag("state", state).gauge().value();
    }

    private double gauge(String meter) {
        return meters.get(meter).gauge().value();
    }

    private static Action action(String user) {
        Action sample = SampleActions.of("ticket.open", "tickets", SampleActions.email(user + "@acme.example"));
        return new Action(
                "act-" + user,
                sample.signalId(),
                sample.ordinal(),
                sample.kind(),
                sample.target(),
                sample.subject(),
                sample.event(),
                sample.eventUri(),
                sample.severity(),
                sample.parameters(),
                sample.because(),
                null,
                false);
    }

    @Test
    void refusesAConnectorThatEndsWithoutAnOutcome() {
        ledger.add(action);
        attempts.close(action, 0, "done, I think");

        assertThat(ledger.get(action).state()).isEqualTo(ActionState.REFUSED);
    }

    @Test
    void namesTheSortOfFailureButNotItsText() {
        assertThat(attempts.failed(new IllegalStateException("token abc", new ConnectException("10.1.2.3")))
                        .detail())
                .isEqualTo("No connection: refused or timed out");
        assertThat(attempts.failed(new IOException("alice@acme.example")).detail())
                .isEqualTo("The connection broke: IOException");
        assertThat(attempts.failed(new IllegalArgumentException("secret")).detail())
                .isEqualTo("The connector failed: IllegalArgumentException");
        assertThat(attempts.failed(null).mayBeRetried()).isTrue();
    }

    @Test
    void spreadsPausesByTheJitterAndGoesOnForMoreThanADay() {
        RetrySchedule early = new RetrySchedule(List.of(Duration.ofSeconds(10)), 0.2, Duration.ofHours(1), () -> 0);
        RetrySchedule late = new RetrySchedule(List.of(Duration.ofSeconds(10)), 0.2, Duration.ofHours(1), () -> 1);

        assertThat(early.after(1, null)).contains(Duration.ofSeconds(8));
        assertThat(late.after(1, null)).contains(Duration.ofSeconds(12));
        assertThat(late.after(1, Duration.ofSeconds(3))).contains(Duration.ofSeconds(12));
        assertThat(late.after(2, null)).isEmpty();
    }
}
