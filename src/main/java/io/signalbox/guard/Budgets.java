package io.signalbox.guard;

import io.signalbox.guard.GuardProperties.Budget;
import io.signalbox.set.SourceBoard;
import io.signalbox.set.SourceStanding;
import io.signalbox.store.GuardBook;
import io.signalbox.store.Precautions.BudgetLimit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The budgets as numbers. Of a share, the number follows from how many subjects are known; subjects that were heard of
 * within the window do not count, or whoever names ten thousand would be allowed two hundred.
 */
final class Budgets {

    /** Counting them takes the store a moment, and they do not become many in a few minutes. */
    private static final Duration COUNTED_EVERY = Duration.ofMinutes(10);

    private record Counted(long subjects, Instant at) {}

    private final GuardProperties properties;
    private final GuardBook book;
    private final Supplier<SourceBoard> sources;
    private final Clock clock;
    private final Map<Duration, Counted> known = new ConcurrentHashMap<>();

    Budgets(GuardProperties properties, GuardBook book, Supplier<SourceBoard> sources, Clock clock) {
        this.properties = properties;
        this.book = book;
        this.sources = sources;
        this.clock = clock;
    }

    List<BudgetLimit> limits() {
        return properties.budgets().stream().map(this::limit).toList();
    }

    /** How far back anything is counted. */
    Duration longestWindow() {
        return properties.budgets().stream()
                .map(budget -> Objects.requireNonNull(budget.within()))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    private BudgetLimit limit(Budget budget) {
        Duration window = Objects.requireNonNull(budget.within());
        Set<String> issuers = new HashSet<>(budget.issuers());
        if (!budget.sources().isEmpty()) {
            issuers.addAll(issuersOf(budget.sources()));
        }
        return new BudgetLimit(
                Objects.requireNonNull(budget.name()),
                budget.kinds(),
                budget.targets(),
                Set.copyOf(issuers),
                budget.rules(),
                budget.apart(),
                Math.max(budget.most(), budget.share() == 0 ? 0 : (long) (budget.share() * subjects(window))),
                window);
    }

    private Set<String> issuersOf(Set<String> names) {
        return sources.get().standings().stream()
                .filter(standing -> names.contains(standing.name()))
                .map(SourceStanding::transmitter)
                .collect(Collectors.toSet());
    }

    /** Counts anew where that is due. Not while something is decided: a large ledger takes seconds to be counted. */
    void recount() {
        if (properties.population() > 0) {
            return;
        }
        Instant now = clock.instant();
        for (Budget budget : properties.budgets()) {
            Duration window = Objects.requireNonNull(budget.within());
            Counted last = known.get(window);
            if (budget.share() > 0
                    && (last == null || last.at().plus(COUNTED_EVERY).isBefore(now))) {
                known.put(window, new Counted(book.knownSubjects(now.minus(window)), now));
            }
        }
    }

    /** None until they were counted: then the number that is configured holds. */
    private long subjects(Duration window) {
        if (properties.population() > 0) {
            return properties.population();
        }
        Counted last = known.get(window);
        return last == null ? 0 : last.subjects();
    }
}
