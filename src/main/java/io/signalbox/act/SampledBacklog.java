package io.signalbox.act;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.store.ActionState;
import io.signalbox.store.Backlog;
import io.signalbox.store.Ledger;
import io.signalbox.store.LedgerUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What lies before each target, as metrics. The ledger is asked once in a while however often, and for however many
 * targets, the metrics are read; while it is away, the metrics are not a number.
 */
@Component
final class SampledBacklog {

    private static final Duration FRESH = Duration.ofSeconds(5);
    private static final List<ActionState> STATES =
            List.of(ActionState.WAITING, ActionState.RETRYING, ActionState.DEAD);

    private final Ledger ledger;
    private final Clock clock;
    private Instant sampledAt = Instant.MIN;
    private @Nullable List<Backlog> sample;

    SampledBacklog(Ledger ledger, ConfiguredTargets targets, Clock clock, MeterRegistry meters) {
        this.ledger = ledger;
        this.clock = clock;
        for (String target : targets.names()) {
            for (ActionState state : STATES) {
                Gauge.builder("signalbox.actions", this, backlog -> backlog.actions(target, state))
                        .description("actions of this target in this state")
                        .tag("target", target)
                        .tag("state", state.word())
                        .register(meters);
            }
            Gauge.builder("signalbox.actions.oldest.seconds", this, backlog -> backlog.oldest(target))
                    .description("how long the oldest action that was never tried has been waiting; 0 if there is none")
                    .tag("target", target)
                    .register(meters);
        }
    }

    /** Names of targets that have actions to be tried again, configured or not. */
    List<String> retrying() {
        List<Backlog> now = sample();
        return now == null
                ? List.of()
                : List.copyOf(now.stream()
                        .filter(backlog -> backlog.state() == ActionState.RETRYING)
                        .map(Backlog::target)
                        .collect(java.util.stream.Collectors.toCollection(TreeSet::new)));
    }

    private double actions(String target, ActionState state) {
        List<Backlog> now = sample();
        return now == null
                ? Double.NaN
                : of(now, target, state).map(Backlog::actions).orElse(0L).doubleValue();
    }

    private double oldest(String target) {
        List<Backlog> now = sample();
        return now == null
                ? Double.NaN
                : of(now, target, ActionState.WAITING)
                        .map(backlog -> Math.max(
                                0.0,
                                Duration.between(backlog.since(), clock.instant())
                                                .toMillis()
                                        / 1000.0))
                        .orElse(0.0);
    }

    private static Optional<Backlog> of(List<Backlog> sample, String target, ActionState state) {
        return sample.stream()
                .filter(backlog -> backlog.target().equals(target) && backlog.state() == state)
                .findFirst();
    }

    /** Absent while the ledger is away; that is remembered as long, or each metric would wait for it anew. */
    private synchronized @Nullable List<Backlog> sample() {
        Instant now = clock.instant();
        if (sampledAt.isBefore(now.minus(FRESH))) {
            try {
                sample = ledger.backlog();
            } catch (LedgerUnavailableException e) {
                sample = null;
            }
            sampledAt = clock.instant();
        }
        return sample;
    }
}
