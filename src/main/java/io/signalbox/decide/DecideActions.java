package io.signalbox.decide;

import io.signalbox.Step;
import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.action.Capabilities;
import io.signalbox.action.Decision;
import io.signalbox.action.Grounds;
import io.signalbox.action.Severity;
import io.signalbox.action.Targets;
import io.signalbox.decide.ActionRequests.Request;
import io.signalbox.decide.Policy.Fact;
import io.signalbox.event.EventPayload;
import io.signalbox.event.History;
import io.signalbox.event.Moment;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.policy.PolicyDesk;
import io.signalbox.policy.Surroundings;
import io.signalbox.set.Standing;
import java.time.Clock;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.drools.modelcompiler.constraints.ConstraintEvaluationException;
import org.jspecify.annotations.Nullable;
import org.kie.api.runtime.KieSession;
import org.kie.api.runtime.rule.ConsequenceException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Asks the rules. The same signal, the same policy and the same targets give the same actions under the same ids, on
 * every node and after every restart (invariant I-2).
 */
@Step("decideActions")
public final class DecideActions {

    /**
     * Stands in the decision in the place of a rule. An event that was overtaken on its way tells how things stood before
     * what is known already: to act on it would undo what the later one brought about.
     */
    static final String OVERTAKEN = "Older than what is known of its subject: recorded, nothing done";

    /** No rule can make another fire, so a run that long is one that would not end. */
    private static final int FIRINGS_PER_RULE = 20;

    private final Targets targets;
    private final Clock clock;
    private final Supplier<Policy> policy;
    private final Recollection recollection;
    private final ZoneId zone;
    private final KeptGrounds kept;

    @Autowired
    DecideActions(
            Targets targets,
            Clock clock,
            Supplier<Policy> policy,
            Recollection recollection,
            KeptGrounds kept,
            DecideProperties properties) {
        this(targets, clock, policy, recollection, properties.zoneId(), kept);
    }

    /** Where nothing is remembered and the clock on the wall shows UTC. */
    DecideActions(Targets targets, Clock clock, Supplier<Policy> policy) {
        this(targets, clock, policy, Recollection.NOTHING, ZoneOffset.UTC);
    }

    /** For decisions that nobody records. */
    DecideActions(Targets targets, Clock clock, Supplier<Policy> policy, Recollection recollection, ZoneId zone) {
        this(targets, clock, policy, recollection, zone, KeptGrounds.NONE);
    }

    DecideActions(
            Targets targets,
            Clock clock,
            Supplier<Policy> policy,
            Recollection recollection,
            ZoneId zone,
            KeptGrounds kept) {
        this.kept = kept;
        this.targets = targets;
        this.clock = clock;
        this.policy = policy;
        this.recollection = recollection;
        this.zone = zone;
    }

    /**
     * Where policies are checked, tested and explained, apart from any gateway.
     *
     * @param zone whose clock on the wall rules read hour and weekday from
     */
    public static PolicyDesk desk(ZoneId zone) {
        return new Desk(zone);
    }

    /** What each configured target lists; without an own list, nothing that a rule could be held against. */
    public static Surroundings surroundings(Environment environment) {
        Map<String, Set<String>> targets = new TreeMap<>();
        Binder binder = Binder.get(environment);
        binder.bind("signalbox.targets", Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet()
                .forEach(name -> targets.put(
                        name,
                        new TreeSet<>(
                                binder.bind("signalbox.targets." + name + ".actions", Bindable.listOf(String.class))
                                        .orElse(List.of()))));
        return new Surroundings(targets);
    }

    /**
     * Each event is decided by itself; the decision holds what was asked about each, in the order of the token. What its
     * issuer was not entitled to say is shown to no rule; the decision then names the reason.
     *
     * @param postures subject key to how that subject stood before this signal
     * @throws io.signalbox.store.LedgerUnavailableException if a rule asks for a history that cannot be read now
     */
    public Decision decide(Signal signal, Map<String, Posture> postures) {
        // Read once: a policy that is swapped meanwhile decides the next signal.
        Policy current = policy.get();
        Standing standing = signal.set().standing();
        if (standing.word() == Standing.Word.NOT_ENTITLED) {
            // In the place of a rule as well. A guard that a policy could forget would be none.
            return new Decision(
                    signal.id(),
                    current.version(),
                    clock.instant(),
                    Severity.INFO,
                    List.of(String.valueOf(standing.reason())),
                    List.of());
        }
        Severity severity = Severity.INFO;
        Set<String> rules = new LinkedHashSet<>();
        if (standing.reason() != null) {
            // An adviser is not obeyed: what would be done is asked for, and the guard and the ledger let none of it
            // go.
            rules.add(standing.reason());
        }
        List<Asked> asked = new ArrayList<>();
        List<Grounds> grounds = new ArrayList<>();
        for (SecurityEvent event : signal.events()) {
            Posture posture = event.subject() == null
                    ? Posture.NOTHING
                    : postures.getOrDefault(event.subject().key(), Posture.NOTHING)
                            .seenBy(event);
            if (posture.overtook(event)) {
                rules.add(OVERTAKEN);
                continue;
            }
            Facts facts = facts(current, event, posture);
            ActionRequests requests = ask(current, event, facts);
            Comparator<String> order = Comparator.comparing(
                    rule -> Objects.requireNonNullElse(current.order().get(rule), 0));
            List<String> fired = requests.rules().stream().sorted(order).toList();
            rules.addAll(fired);
            kept.add(grounds, current, facts, fired);
            requests.requests().stream()
                    .sorted(Comparator.comparing(Request::rule, order))
                    .forEach(request -> asked.add(new Asked(event, request)));
            if (requests.severity().compareTo(severity) > 0) {
                severity = requests.severity();
            }
        }
        return new Decision(
                signal.id(),
                current.version(),
                clock.instant(),
                severity,
                List.copyOf(rules),
                actions(signal, current, severity, asked),
                List.copyOf(grounds));
    }

    private record Asked(SecurityEvent event, Request request) {}

    /** What the rules are shown of one event. Looked up before they run: no rule can hang on a ledger. */
    Facts facts(Policy current, SecurityEvent event, Posture posture) {
        return new Facts(
                event,
                posture,
                current.asksFor(Fact.HISTORY, event.payload()) && current.lookingBack() != null
                        ? recollection.of(event, current.lookingBack())
                        : new History(List.of(), event.receivedAt()),
                Moment.of(event.occurredAt(), zone),
                new Capabilities(targets));
    }

    /** All facts about one event. */
    record Facts(SecurityEvent event, Posture posture, History history, Moment moment, Capabilities capabilities) {

        /** The event itself, and what this policy asks for beside it. */
        void insertInto(KieSession session, Policy policy) {
            session.insert(event);
            session.insert(event.payload());
            if (policy.asksForPosture()) {
                session.insert(posture);
            }
            if (policy.asksFor(Fact.HISTORY)) {
                session.insert(history);
            }
            if (policy.asksFor(Fact.MOMENT)) {
                session.insert(moment);
            }
            if (policy.asksFor(Fact.CAPABILITIES)) {
                session.insert(capabilities);
            }
        }
    }

    static ActionRequests ask(Policy policy, SecurityEvent event, Facts facts) {
        ActionRequests requests = new ActionRequests(policy.shadowed(), event, facts.posture());
        int limit = FIRINGS_PER_RULE * Math.max(1, policy.order().size());
        KieSession session = policy.rules().newKieSession();
        try {
            session.addEventListener(requests);
            session.setGlobal("actions", requests);
            facts.insertInto(session, policy);
            if (session.fireAllRules(limit) >= limit) {
                throw new PolicyFailedException("The rules do not come to an end; the last that fired was \""
                        + requests.rule() + "\", on " + event.payload().alias());
            }
        } catch (ConsequenceException e) {
            throw new PolicyFailedException(
                    "Rule \"" + requests.rule() + "\" failed on "
                            + event.payload().alias(),
                    e.getCause());
        } catch (ConstraintEvaluationException e) {
            throw new PolicyFailedException(
                    e.getMessage() + " on " + event.payload().alias(), e.getCause());
        } finally {
            session.dispose();
        }
        return requests;
    }

    /** One thing happened, though it is told in two dialects: rules for either may ask, and it is done once. */
    private static boolean isAskedOfAnother(Asked derived, List<Asked> asked) {
        return asked.stream()
                .takeWhile(other -> other != derived)
                .anyMatch(other -> other.event() != derived.event()
                        && other.request().kind().equals(derived.request().kind())
                        && other.request().parameters().equals(derived.request().parameters())
                        && Objects.equals(
                                other.event().subject(), derived.event().subject()));
    }

    private List<Action> actions(Signal signal, Policy policy, Severity severity, List<Asked> asked) {
        List<Action> actions = new ArrayList<>();
        for (Asked each : asked) {
            Request request = each.request();
            SecurityEvent event = each.event();
            if (event.derivedFrom() != null && isAskedOfAnother(each, asked)) {
                continue;
            }
            EventPayload payload = event.payload();
            List<@Nullable String> able = new ArrayList<>(targets.doing(request.kind()));
            if (request.at() != null) {
                able.removeIf(target -> !Objects.equals(target, request.at()));
            }
            if (able.isEmpty()) {
                // Recorded all the same: somebody believes that this is done.
                able.add(null);
            }
            for (@Nullable String target : able) {
                int ordinal = actions.size();
                actions.add(new Action(
                        Action.idFor(signal.id(), request.rule(), ordinal, request.kind(), target),
                        signal.id(),
                        ordinal,
                        request.kind(),
                        target,
                        event.subject(),
                        payload.alias(),
                        payload.uri(),
                        severity,
                        request.parameters(),
                        new Because(request.rule(), policy.version(), request.sentence()),
                        request.lasts(),
                        request.shadow()));
            }
        }
        return List.copyOf(actions);
    }
}
