package io.signalbox.guard;

import io.signalbox.Home;
import io.signalbox.StartupFact;
import io.signalbox.action.GuardBoard;
import io.signalbox.action.TargetBoard;
import io.signalbox.action.TargetStanding;
import io.signalbox.set.SourceBoard;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.Approval;
import io.signalbox.store.GuardBook;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Puts the guard together, and says at the end of the start what it keeps watch over. */
@Configuration(proxyBeanMethods = false)
class GuardConfig {

    @Bean
    ProtectedSubjects protectedSubjects(GuardProperties properties) {
        return new ProtectedSubjects(properties);
    }

    @Bean
    Budgets budgets(GuardProperties properties, GuardBook book, ObjectProvider<SourceBoard> sources, Clock clock) {
        return new Budgets(properties, book, sources::getObject, clock);
    }

    @Bean
    ApprovalLinks approvalLinks(GuardProperties properties, Home home) {
        return new ApprovalLinks(properties, home);
    }

    @Bean
    TrustedTime trustedTime(Clock clock, GuardProperties properties) {
        return new TrustedTime(clock, System::nanoTime, properties.clockDoubt());
    }

    @Bean
    GuardBoard guardBoard(
            GuardProperties properties,
            ProtectedSubjects untouchable,
            Budgets budgets,
            ApprovalLinks links,
            GuardBook book) {
        return new GuardBoard() {
            @Override
            public List<String> protectedSubjects() {
                return untouchable.texts();
            }

            @Override
            public boolean isProtected(SubjectIdentifier subject) {
                return untouchable.holds(subject);
            }

            @Override
            public List<SubjectIdentifier> protectedOneByOne() {
                return untouchable.oneByOne();
            }

            @Override
            public boolean fourEyes() {
                return properties.fourEyes();
            }

            @Override
            public Set<String> dryRun() {
                return new TreeSet<>(properties.dryRun());
            }

            @Override
            public List<Map<String, Object>> budgets() {
                return budgets.limits().stream()
                        .map(limit -> Map.<String, Object>of(
                                "name",
                                limit.name(),
                                "kinds",
                                new TreeSet<>(limit.kinds()),
                                "most",
                                limit.most(),
                                "within",
                                limit.window()))
                        .toList();
            }

            @Override
            public Optional<String> approvalNamed(String link) {
                return links.named(link)
                        .filter(named -> book.approval(named.actionId())
                                .filter((Approval open) -> named.isOf(open))
                                .isPresent())
                        .map(ApprovalLinks.Named::actionId);
            }
        };
    }

    @Bean
    @Order(7)
    StartupFact guardFact(
            GuardProperties properties, ProtectedSubjects untouchable, TargetBoard board, GuardBook book) {
        checkTargets(properties, board);
        return StartupFact.of(
                "guard",
                () -> untouchable.texts().size() + " protected, "
                        + properties.budgets().stream()
                                .map(budget -> Objects.requireNonNull(budget.name()))
                                .collect(Collectors.joining(", ", "budgets: ", ""))
                        + (properties.dryRun().isEmpty() ? "" : "; dry run: " + new TreeSet<>(properties.dryRun()))
                        + (book.stop().thrown() ? "; THE STOP SWITCH IS THROWN" : ""));
    }

    /** A slip here would let loose what somebody believes to be held. */
    private static void checkTargets(GuardProperties properties, TargetBoard board) {
        Set<String> names = board.standings().stream().map(TargetStanding::name).collect(Collectors.toSet());
        Set<String> unknown = new HashSet<>(properties.dryRun());
        unknown.removeAll(names);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "signalbox.guard.dry-run: there is no target named " + new TreeSet<>(unknown));
        }
        unknown = new HashSet<>(properties.echoes().keySet());
        unknown.removeAll(names);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "signalbox.guard.echoes: there is no target named " + new TreeSet<>(unknown));
        }
    }
}
