package io.signalbox.guard;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Step;
import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Hindrance;
import io.signalbox.action.Inverse;
import io.signalbox.action.Ruling;
import io.signalbox.action.Ruling.Held;
import io.signalbox.action.Ruling.Suppressed;
import io.signalbox.action.Targets;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.guard.GuardProperties.Approve;
import io.signalbox.store.Precautions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of each action of a decision whether it goes. What can be said by the decision alone is said here; what must be
 * counted is counted by the ledger while it records, by the precautions that this step gives it.
 */
@Step("guardActions")
public final class GuardActions {

    private static final Logger LOG = LoggerFactory.getLogger(GuardActions.class);

    private final GuardProperties properties;
    private final ProtectedSubjects untouchable;
    private final Budgets budgets;
    private final Targets targets;
    private final @Nullable ApprovalLinks links;
    private final MeterRegistry meters;

    GuardActions(
            GuardProperties properties,
            ProtectedSubjects untouchable,
            Budgets budgets,
            Targets targets,
            ApprovalLinks links,
            MeterRegistry meters) {
        this.properties = properties;
        this.untouchable = untouchable;
        this.budgets = budgets;
        this.targets = targets;
        this.links = properties.linkBase() == null ? null : links;
        this.meters = meters;
    }

    /** What the ledger is to heed when it records this decision. */
    public Precautions guard(Signal signal, Decision decision) {
        Map<String, Ruling> rulings = new HashMap<>();
        Map<String, String> aspects = new HashMap<>();
        for (Action action : decision.actions()) {
            Ruling said = rule(action);
            if (said != null) {
                rulings.put(action.id(), said);
            }
            String aspect = aspect(signal, action);
            if (aspect != null) {
                aspects.put(action.id(), aspect);
            }
        }
        String issuer = signal.set().iss();
        Set<String> givesBack = properties.restorers().stream()
                .filter(restorer -> restorer.issuer().equals(issuer))
                .flatMap(restorer -> restorer.of().stream())
                .collect(Collectors.toSet());
        return new Precautions(
                Map.copyOf(rulings),
                budgets.limits(),
                properties.repeatAfter(),
                properties.echoes().keySet(),
                Effects.in(signal, properties.echoes(), properties.echoWindow()),
                properties.hops(),
                Map.copyOf(aspects),
                Recoveries.in(signal, givesBack),
                properties.approvalWait(),
                targets.doing("notify"),
                links == null ? null : id -> links.link(id, decision.decidedAt()),
                this::heard);
    }

    private @Nullable Ruling rule(Action action) {
        if (action.shadow()) {
            return new Suppressed(Hindrance.SHADOW, "the rule is in shadow");
        }
        if (action.subject() != null && !Inverse.isTelling(action.kind()) && untouchable.holds(action.subject())) {
            return new Suppressed(Hindrance.PROTECTED, "the subject is protected");
        }
        if (properties.dryRun().contains(String.valueOf(action.target()))) {
            return new Suppressed(Hindrance.DRY_RUN, "the target " + action.target() + " is in dry run");
        }
        return properties.approve().stream().anyMatch(approve -> waits(approve, action))
                ? new Held(Hindrance.APPROVAL, "somebody has to agree to " + action.kind())
                : null;
    }

    private static boolean waits(Approve approve, Action action) {
        return (approve.kinds().isEmpty() || approve.kinds().contains(action.kind()))
                && (approve.targets().isEmpty() || approve.targets().contains(String.valueOf(action.target())))
                && (approve.rules().isEmpty()
                        || approve.rules().contains(action.because().rule()));
    }

    private static @Nullable String aspect(Signal signal, Action action) {
        return signal.events().stream()
                .filter(event -> event.payload().alias().equals(action.event())
                        && Objects.equals(event.subject(), action.subject()))
                .map(GuardActions::aspect)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String aspect(SecurityEvent event) {
        Posture.Known left = Posture.left(event);
        return left == null ? null : left.aspect();
    }

    /** After the commit, and of what was recorded now: a decision that is repeated is not heard again. */
    private void heard(List<Precautions.Ruled> rulings) {
        for (Precautions.Ruled each : rulings) {
            Ruling said = each.ruling();
            Hindrance cause = said instanceof Held held
                    ? held.cause()
                    : said instanceof Suppressed suppressed ? suppressed.cause() : null;
            meters.counter(
                            "signalbox.guard.rulings",
                            "kind",
                            each.kind(),
                            "ruling",
                            said instanceof Held ? "held" : cause == null ? "goes" : "suppressed",
                            "cause",
                            cause == null ? "none" : cause.word())
                    .increment();
            if (each.tripped() != null) {
                LOG.warn(
                        "The budget \"{}\" is used up: {} at {} and what follows wait for somebody to agree (action {})",
                        each.tripped(),
                        each.kind(),
                        each.target(),
                        each.actionId());
            }
            if (cause == Hindrance.PROTECTED) {
                LOG.warn(
                        "A rule reached for a protected subject: {} at {} was not done (action {})",
                        each.kind(),
                        each.target(),
                        each.actionId());
            }
        }
    }
}
