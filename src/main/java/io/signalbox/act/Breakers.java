package io.signalbox.act;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.action.TargetBoard;
import io.signalbox.action.TargetStanding;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** One breaker for each configured target. Each node finds out for itself: what it cannot reach, another may. */
@Component
final class Breakers implements TargetBoard {

    private final Map<String, Breaker> breakers = new TreeMap<>();
    private final ConfiguredTargets targets;

    Breakers(ConfiguredTargets targets, TargetProperties properties, Clock clock, MeterRegistry meters) {
        this.targets = targets;
        for (String target : targets.names()) {
            Breaker breaker = new Breaker(target, properties.act().breaker(), clock);
            breakers.put(target, breaker);
            Gauge.builder("signalbox.target.breaker", breaker, found -> found.state()
                            .number())
                    .description("0: the target is called; 1: one attempt probes it; 2: it is left alone")
                    .tag("target", target)
                    .register(meters);
        }
    }

    /** Absent if no target of this name is configured. */
    @Nullable
    Breaker of(@Nullable String target) {
        return target == null ? null : breakers.get(target);
    }

    @Override
    public List<TargetStanding> standings() {
        return breakers.entrySet().stream()
                .map(entry -> new TargetStanding(
                        entry.getKey(),
                        targets.kind(entry.getKey()),
                        entry.getValue().state().word(),
                        entry.getValue().since()))
                .toList();
    }
}
