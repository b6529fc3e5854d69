package io.signalbox.decide;

import io.signalbox.decide.DecideActions.Facts;
import io.signalbox.event.EventPayload;
import io.signalbox.event.SecurityEvent;
import io.signalbox.policy.RuleReading;
import io.signalbox.policy.RuleReading.Condition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.PatternDescr;
import org.drools.drl.ast.descr.RuleDescr;
import org.jspecify.annotations.Nullable;
import org.kie.api.KieBase;

/**
 * Finds out which conditions of a rule an event meets, by asking the engine: each condition becomes a rule of its own,
 * and those that fire hold. So what is explained is what the engine does, not what somebody thinks it does.
 */
final class ExplainRules {

    private static final Pattern BINDING = Pattern.compile("\\s*\\$\\w+\\s*:\\s*[\\w.!]+\\s*");

    /** A condition of some rule, and the name of the rule that asks for it alone. */
    private record Probe(String name, String text, @Nullable PatternDescr pattern) {}

    private record Subject(RuleFile file, RuleDescr rule, List<Probe> probes) {}

    private final Policy policy;
    private final Facts facts;
    private final List<Subject> subjects = new ArrayList<>();
    private final Map<String, StringBuilder> drl = new LinkedHashMap<>();
    private int next;

    private ExplainRules(Policy policy, Facts facts) {
        this.policy = policy;
        this.facts = facts;
    }

    /**
     * Every rule that is about events of this type, or about all: those that fired first, then those that missed the least.
     *
     * @throws PolicyFailedException if a condition fails on this event
     */
    static List<RuleReading> of(List<RuleFile> files, Policy policy, Facts facts) {
        ExplainRules explain = new ExplainRules(policy, facts);
        for (RuleFile file : files) {
            for (RuleDescr rule : file.rules()) {
                if (explain.isAbout(file, rule)) {
                    explain.take(file, rule);
                }
            }
        }
        return explain.readings();
    }

    private boolean isAbout(RuleFile file, RuleDescr rule) {
        EventPayload payload = facts.event().payload();
        boolean ofAnotherAlias = Comparison.of(file, rule).stream()
                .anyMatch(each -> each.type() == SecurityEvent.class
                        && each.member().equals("payload.alias")
                        && each.equality()
                        && !each.value().equals(payload.alias()));
        return !ofAnotherAlias && file.about(rule).stream().anyMatch(type -> type.isInstance(payload));
    }

    private void take(RuleFile file, RuleDescr rule) {
        List<Probe> probes = new ArrayList<>();
        List<String> bindings = new ArrayList<>();
        for (Object part : rule.getLhs().getDescrs()) {
            if (part instanceof PatternDescr pattern) {
                take(file, pattern, bindings, probes);
            } else {
                String text = RuleFile.text((BaseDescr) part);
                probes.add(probe(file, text, text, null, bindings));
            }
        }
        subjects.add(new Subject(file, rule, probes));
    }

    private void take(RuleFile file, PatternDescr pattern, List<String> bindings, List<Probe> probes) {
        List<String> bound = new ArrayList<>();
        boolean alone = true;
        for (BaseDescr constraint : pattern.getDescrs()) {
            String text = String.valueOf(constraint.getText());
            if (BINDING.matcher(text).matches()) {
                bound.add(text);
                continue;
            }
            alone = false;
            List<String> with = new ArrayList<>(bound);
            with.add(text);
            probes.add(probe(
                    file,
                    RuleFile.text(pattern, with),
                    pattern.getObjectType() + "( " + text + " )",
                    pattern,
                    bindings));
        }
        String bare = RuleFile.text(pattern, bound);
        if (alone) {
            probes.add(probe(file, bare, pattern.getObjectType() + "()", pattern, bindings));
        }
        bindings.add(bare);
    }

    private Probe probe(
            RuleFile file, String condition, String shown, @Nullable PatternDescr pattern, List<String> bindings) {
        String name = "condition " + next++;
        StringBuilder rules = drl.computeIfAbsent(file.path(), path -> new StringBuilder(file.header()));
        rules.append("rule \"").append(name).append("\" when\n");
        if (condition.contains("$")) {
            bindings.forEach(each -> rules.append("  ").append(each).append('\n'));
        }
        rules.append("  ").append(condition).append("\nthen\n  actions.recordInSiem();\nend\n");
        return new Probe(name, shown.replaceAll("\\s+", " "), pattern);
    }

    private List<RuleReading> readings() {
        if (subjects.isEmpty()) {
            return List.of();
        }
        Set<String> fired = DecideActions.ask(policy, facts.event(), facts).rules();
        Set<String> held = held();
        List<RuleReading> readings = new ArrayList<>();
        for (Subject subject : subjects) {
            List<Condition> conditions = subject.probes().stream()
                    .map(probe ->
                            new Condition(probe.text(), held.contains(probe.name()), found(subject.file(), probe)))
                    .toList();
            readings.add(new RuleReading(
                    subject.rule().getName(),
                    subject.file().path(),
                    subject.file().line(subject.rule()),
                    fired.contains(subject.rule().getName()),
                    conditions));
        }
        readings.sort(Comparator.comparing(RuleReading::fired)
                .reversed()
                .thenComparing(reading -> reading.conditions().stream()
                        .filter(each -> !each.held())
                        .count()));
        return readings;
    }

    private Set<String> held() {
        List<String> errors = new ArrayList<>();
        Map<String, String> sources = new LinkedHashMap<>();
        drl.forEach((path, source) -> sources.put(path, source.toString()));
        KieBase rules = PolicyCompiler.compileDrl(sources, errors);
        if (rules == null) {
            throw new PolicyFailedException("The conditions cannot be asked one by one: " + String.join("; ", errors));
        }
        Policy probing = new Policy(
                policy.info(), rules, policy.order(), Set.of(), policy.facts(), Map.of(), policy.lookingBack());
        return DecideActions.ask(probing, facts.event(), facts).rules();
    }

    /** The value that a condition met: the first that it reads, unless that names somebody. */
    private @Nullable String found(RuleFile file, Probe probe) {
        PatternDescr pattern = probe.pattern();
        Class<?> type = pattern == null ? null : file.type(pattern);
        if (pattern == null || type == null) {
            return null;
        }
        String text = probe.text();
        String condition = text.substring(text.indexOf('(') + 1, text.lastIndexOf(')'));
        List<ConditionValue> values = ConditionValue.of(type, pattern.getObjectType(), condition);
        return values.isEmpty() ? null : values.get(0).in(facts, null);
    }
}
