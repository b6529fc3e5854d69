package io.signalbox.ingest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.ingest.ConfiguredSources.Source;
import io.signalbox.set.SourceStanding;
import io.signalbox.store.LedgerUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * How the sources stand, as metrics and as health. The ledger is asked once in a while however often they are read; while
 * it is away, the metrics are not a number.
 *
 * <p>The indicator is no part of readiness: to take this node out of service would not bring a transmitter back, and
 * would shut the door to all others.
 */
@Component("sourcesHealthIndicator")
final class SampledSources implements HealthIndicator {

    private static final Duration FRESH = Duration.ofSeconds(5);

    private final ConfiguredSources sources;
    private final SourceStandings standings;
    private final Clock clock;
    private Instant sampledAt = Instant.MIN;
    private @Nullable Map<String, SourceStanding> sample;

    SampledSources(ConfiguredSources sources, SourceStandings standings, Clock clock, MeterRegistry meters) {
        this.sources = sources;
        this.standings = standings;
        this.clock = clock;
        for (Source source : sources.all()) {
            gauge(
                    source,
                    "signalbox.source.up",
                    "1 while nothing has to be done about this source",
                    meters,
                    found -> found.up() ? 1 : 0);
            gauge(
                    source,
                    "signalbox.source.lag.seconds",
                    "how long the last SET had been issued when it came",
                    meters,
                    found -> found.lag() == null ? 0 : found.lag().toMillis() / 1000.0);
            gauge(
                    source,
                    "signalbox.source.silence.seconds",
                    "how long no SET has come; not a number before the first",
                    meters,
                    this::silence);
        }
    }

    private void gauge(
            Source source,
            String name,
            String description,
            MeterRegistry meters,
            ToDoubleFunction<SourceStanding> value) {
        Gauge.builder(name, this, self -> self.read(source.name(), value))
                .description(description)
                .tag("source", source.name())
                .register(meters);
    }

    private double read(String source, ToDoubleFunction<SourceStanding> value) {
        Map<String, SourceStanding> now = sample();
        SourceStanding found = now == null ? null : now.get(source);
        return found == null ? Double.NaN : value.applyAsDouble(found);
    }

    private double silence(SourceStanding standing) {
        return standing.lastSetAt() == null
                ? Double.NaN
                : Math.max(
                        0,
                        Duration.between(standing.lastSetAt(), clock.instant()).toMillis() / 1000.0);
    }

    /** Down while a source that must be up is not. */
    @Override
    public Health health() {
        List<String> needed = sources.all().stream()
                .filter(Source::mustBeUp)
                .map(Source::name)
                .toList();
        if (needed.isEmpty()) {
            return Health.up().build();
        }
        Map<String, SourceStanding> now = sample();
        if (now == null) {
            return Health.down()
                    .withDetail("sources", "the ledger does not say")
                    .build();
        }
        Health.Builder health = Health.up();
        for (String name : needed) {
            SourceStanding standing = now.get(name);
            String state = standing == null ? "unknown" : standing.state();
            if (standing == null || !standing.up()) {
                health.down();
            }
            health.withDetail(name, state);
        }
        return health.build();
    }

    /** Absent while the ledger is away; that is remembered as long, or each metric would wait for it anew. */
    private synchronized @Nullable Map<String, SourceStanding> sample() {
        Instant now = clock.instant();
        if (sampledAt.isBefore(now.minus(FRESH))) {
            try {
                sample = standings.standings().stream()
                        .collect(Collectors.toMap(SourceStanding::name, Function.identity()));
            } catch (LedgerUnavailableException e) {
                sample = null;
            }
            sampledAt = clock.instant();
        }
        return sample;
    }
}
