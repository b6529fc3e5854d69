package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.action.TargetStanding;
import io.signalbox.store.ActionState;
import io.signalbox.store.Backlog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A target as operators and their scripts read it. Members may be added; none is renamed.
 *
 * @param kind its connector; absent if no target of this name is configured any more
 * @param breaker how this node stands to it: {@code closed}, {@code open} or {@code half-open}
 * @param breakerSince when the breaker came into this state, or the process was started
 * @param waiting actions that were decided and never tried
 * @param retrying actions that were tried and will be again
 * @param dead actions that were tried as often as the schedule allows
 * @param oldestWaitingSince when the oldest of those waiting was decided; absent if none waits
 * @param oldestWaitingSeconds the same as an age
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TargetView(
        String name,
        @Nullable String kind,
        @Nullable String breaker,
        @Nullable Instant breakerSince,
        long waiting,
        long retrying,
        long dead,
        @Nullable Instant oldestWaitingSince,
        @Nullable Long oldestWaitingSeconds) {

    static TargetView of(String name, @Nullable TargetStanding standing, List<Backlog> backlog, Instant now) {
        Instant oldest = backlog.stream()
                .filter(row -> row.target().equals(name) && row.state() == ActionState.WAITING)
                .map(Backlog::since)
                .findFirst()
                .orElse(null);
        return new TargetView(
                name,
                standing == null ? null : standing.kind(),
                standing == null ? null : standing.breaker(),
                standing == null ? null : standing.since(),
                count(backlog, name, ActionState.WAITING),
                count(backlog, name, ActionState.RETRYING),
                count(backlog, name, ActionState.DEAD),
                oldest,
                oldest == null
                        ? null
                        : Math.max(0, Duration.between(oldest, now).toSeconds()));
    }

    private static long count(List<Backlog> backlog, String name, ActionState state) {
        return backlog.stream()
                .filter(row -> row.target().equals(name) && row.state() == state)
                .mapToLong(Backlog::actions)
                .sum();
    }
}
