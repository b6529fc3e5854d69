package io.signalbox.decide;

import io.signalbox.action.Targets;
import io.signalbox.decide.DecideActions.Facts;
import io.signalbox.event.History;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.policy.PolicyDesk;
import io.signalbox.policy.PolicyExplanation;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicyReport;
import io.signalbox.policy.RuleReading;
import io.signalbox.policy.Surroundings;
import io.signalbox.set.Standing;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** {@link PolicyDesk} with the engine that decides. */
final class Desk implements PolicyDesk {

    /** Whatever a rule asks for, somebody does it: what is configured is not looked at. */
    private static final Targets ANY = kind -> List.of("any");

    private final ZoneId zone;
    private final Function<String, Optional<Policy>> atHand;

    Desk(ZoneId zone) {
        this(zone, version -> Optional.empty());
    }

    /** @param atHand a version to its policy, if that is compiled already */
    Desk(ZoneId zone, Function<String, Optional<Policy>> atHand) {
        this.zone = zone;
        this.atHand = atHand;
    }

    @Override
    public PolicyReport check(Path rules, Surroundings known) {
        try {
            return PolicyCheck.of(PolicyFiles.load(rules), known, zone);
        } catch (BrokenPolicyException e) {
            return new PolicyReport("", 0, e.problems(), List.of(), 0, 0);
        }
    }

    @Override
    public List<PolicyExplanation> explain(Path rules, String text) {
        List<PolicyProblem> problems = new ArrayList<>();
        List<PolicyCase> cases = CaseReader.read("the event", asCases(text), problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    problems.stream().map(PolicyProblem::text).collect(Collectors.joining("\n")));
        }
        List<PolicyExplanation> explanations = new ArrayList<>();
        Compiled compiled = compiled(() -> PolicyFiles.load(rules));
        for (PolicyCase each : cases) {
            SecurityEvent event = each.signal().events().get(0);
            Posture posture = each.posture().values().stream()
                    .findFirst()
                    .orElse(Posture.NOTHING)
                    .seenBy(event);
            explanations.add(explain(compiled, event, posture, each.history()));
        }
        return explanations;
    }

    /** One event is written as a list with one case, whose outcome nobody names. */
    private static String asCases(String text) {
        Object content;
        try {
            content = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        } catch (YAMLException e) {
            throw new IllegalArgumentException("This is neither YAML nor JSON", e);
        }
        if (content instanceof Map<?, ?> event) {
            Object given = event.containsKey("given") ? null : event;
            return given == null
                    ? new Yaml().dump(List.of(withOutcome(event)))
                    : new Yaml().dump(List.of(Map.of("case", "an event", "given", given, "then", List.of())));
        }
        return text;
    }

    private static Map<Object, Object> withOutcome(Map<?, ?> event) {
        Map<Object, Object> whole = new LinkedHashMap<>(event);
        whole.putIfAbsent("case", "an event");
        whole.putIfAbsent("then", List.of());
        return whole;
    }

    @Override
    public List<PolicyExplanation> explain(Path rules, Signal signal, List<Signal> before) {
        return explain(compiled(() -> PolicyFiles.load(rules)), signal, before);
    }

    @Override
    public List<PolicyExplanation> explain(Map<String, String> files, Signal signal, List<Signal> before) {
        return explain(compiled(() -> PolicyGate.files("the ledger", files)), signal, before);
    }

    private List<PolicyExplanation> explain(Compiled compiled, Signal signal, List<Signal> before) {
        Standing standing = signal.set().standing();
        List<SecurityEvent> earlier = before.stream()
                .filter(each -> each.set().standing().counts())
                .map(Signal::events)
                .flatMap(List::stream)
                .toList();
        return signal.events().stream()
                .map(event -> {
                    Posture posture = posture(event, earlier);
                    String unseen = standing.word() == Standing.Word.NOT_ENTITLED
                            ? String.valueOf(standing.reason())
                            : posture.overtook(event) ? DecideActions.OVERTAKEN : null;
                    return unseen == null
                            ? explain(compiled, event, posture, earlier)
                            : new PolicyExplanation(
                                    event.payload().alias(), compiled.policy().version(), List.of(), List.of(), unseen);
                })
                .toList();
    }

    /** As the ledger keeps it: by the word of the same issuer, of each aspect what happened last. */
    private static Posture posture(SecurityEvent event, List<SecurityEvent> earlier) {
        Map<String, Posture.Known> last = new TreeMap<>();
        earlier.stream()
                .filter(each -> each.issuer().equals(event.issuer()))
                .sorted(Comparator.comparing(SecurityEvent::receivedAt))
                .map(Posture::left)
                .filter(Objects::nonNull)
                .forEach(known -> last.merge(
                        known.aspect(), known, (old, young) -> young.since().isBefore(old.since()) ? old : young));
        return Posture.of(last.values()).seenBy(event);
    }

    private record Compiled(List<RuleFile> files, Policy policy) {}

    private Compiled compiled(Supplier<PolicyFiles> found) {
        try {
            PolicyFiles files = found.get();
            List<RuleFile> read = PolicyCompiler.linted(files);
            return new Compiled(read, atHand.apply(files.version()).orElseGet(() -> PolicyCompiler.build(files, read)));
        } catch (BrokenPolicyException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private PolicyExplanation explain(
            Compiled compiled, SecurityEvent event, Posture posture, List<SecurityEvent> before) {
        Policy policy = compiled.policy();
        DecideActions step = new DecideActions(
                ANY,
                Clock.fixed(event.receivedAt(), zone),
                () -> policy,
                (asked, window) -> new History(before, asked.receivedAt()),
                zone);
        try {
            Facts facts = step.facts(policy, event, posture);
            ActionRequests requests = DecideActions.ask(policy, event, facts);
            List<String> actions = requests.requests().stream()
                    .map(request -> request.kind() + ", by rule \"" + request.rule() + "\"")
                    .toList();
            List<RuleReading> readings = ExplainRules.of(compiled.files(), policy, facts);
            return new PolicyExplanation(event.payload().alias(), policy.version(), actions, readings, null);
        } catch (PolicyFailedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
