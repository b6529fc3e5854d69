package io.signalbox.decide;

import io.signalbox.decide.ConsequenceLint.Wish;
import io.signalbox.policy.CaseResult;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicyProblem.Weight;
import io.signalbox.policy.PolicyReport;
import io.signalbox.policy.Surroundings;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.drools.drl.ast.descr.RuleDescr;

/** Everything that can be found out about a policy before it decides: lint, compiler, its rules beside each other, its cases. */
final class PolicyCheck {

    private static final Comparator<PolicyProblem> BY_PLACE = Comparator.comparing(PolicyProblem::weight)
            .thenComparing(PolicyProblem::file)
            .thenComparingInt(PolicyProblem::line);

    private PolicyCheck() {}

    /** Nothing of a policy that the lint refuses is compiled or run. */
    static PolicyReport of(PolicyFiles files, Surroundings known, ZoneId zone) {
        return of(files, known, zone, Weight.ERROR, policy -> {});
    }

    /**
     * @param uncovered how much it matters that a rule has no firing case, or no near miss, or asks for a kind of action that
     *     no target lists: one without a list may do it all the same
     * @param compiled handed the policy if it compiles, whatever its cases give
     */
    static PolicyReport of(
            PolicyFiles files, Surroundings known, ZoneId zone, Weight uncovered, Consumer<Policy> compiled) {
        long begun = System.nanoTime();
        List<PolicyProblem> problems = new ArrayList<>();
        List<PolicyCase> cases = CaseReader.of(files, problems);
        List<RuleFile> read;
        Policy policy;
        try {
            read = PolicyCompiler.linted(files);
            for (RuleFile file : read) {
                problems.addAll(NeverFires.problems(file));
                problems.addAll(TableRows.problems(file));
                problems.addAll(wishes(file, known, uncovered));
            }
            policy = PolicyCompiler.build(files, read);
        } catch (BrokenPolicyException e) {
            problems.addAll(e.problems());
            problems.sort(BY_PLACE);
            return new PolicyReport(files.version(), 0, List.copyOf(problems), List.of(), millisSince(begun), 0);
        }
        compiled.accept(policy);
        long built = System.nanoTime();
        CaseRunner runner = new CaseRunner(policy, zone, namedTargets(read));
        List<CaseResult> results = cases.stream().map(runner::run).toList();
        long casesMillis = millisSince(built);
        problems.addAll(uncovered(read, runner, uncovered));
        problems.sort(BY_PLACE);
        return new PolicyReport(
                policy.version(),
                policy.order().size(),
                List.copyOf(problems),
                results,
                TimeUnit.NANOSECONDS.toMillis(built - begun),
                casesMillis);
    }

    /** Targets that rules name. */
    static Set<String> namedTargets(List<RuleFile> read) {
        Set<String> named = new TreeSet<>();
        for (RuleFile file : read) {
            for (RuleDescr rule : file.rules()) {
                PolicyLint.wishes(file, rule).forEach(wish -> {
                    if (wish.target() != null) {
                        named.add(wish.target());
                    }
                });
            }
        }
        return named;
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    /** Kinds and targets that nobody does, or is. */
    private static List<PolicyProblem> wishes(RuleFile file, Surroundings known, Weight unlisted) {
        List<PolicyProblem> problems = new ArrayList<>();
        Set<String> kinds = new HashSet<>(ConsequenceLint.kindsWithAWord());
        known.targets().values().forEach(kinds::addAll);
        for (RuleDescr rule : file.rules()) {
            for (Wish wish : PolicyLint.wishes(file, rule)) {
                int line = file.line(rule, file.consequenceLine(rule) + wish.line());
                String kind = wish.kind();
                if (kind != null && !kinds.contains(kind)) {
                    problems.add(problem(
                            unlisted,
                            known,
                            file,
                            rule,
                            line,
                            "asks for " + kind + ", which no target lists" + Nearest.hint(kind, kinds)
                                    + "; list it under signalbox.targets.<name>.actions of the target that does it"));
                }
                String target = wish.target();
                if (target != null && !known.targets().containsKey(target)) {
                    problems.add(problem(
                            Weight.ERROR,
                            known,
                            file,
                            rule,
                            line,
                            "names target " + target + ", which is not configured"
                                    + Nearest.hint(target, known.targets().keySet())
                                    + "; configure signalbox.targets." + target));
                }
            }
        }
        return problems;
    }

    /** Where no target is configured, this may be the desk of whoever writes the policy, far from the gateway. */
    private static PolicyProblem problem(
            Weight weight, Surroundings known, RuleFile file, RuleDescr rule, int line, String what) {
        return new PolicyProblem(
                known.targets().isEmpty() ? Weight.WARNING : weight, file.path(), rule.getName(), line, what);
    }

    /** Rows of a decision table differ in a cell each; the row above is the near miss. */
    private static List<PolicyProblem> uncovered(List<RuleFile> read, CaseRunner runner, Weight weight) {
        List<PolicyProblem> problems = new ArrayList<>();
        for (RuleFile file : read) {
            String cases = PolicyFiles.casesOf(file.path());
            for (RuleDescr rule : file.rules()) {
                Set<String> fired = runner.fired().getOrDefault(rule.getName(), Set.of());
                if (fired.isEmpty()) {
                    problems.add(new PolicyProblem(
                            weight,
                            file.path(),
                            rule.getName(),
                            file.line(rule),
                            "fires in no case; add one to " + cases + " in which it does"));
                } else if (!file.isTable() && notIn(fired, runner.missed().getOrDefault(rule.getName(), Set.of()))) {
                    problems.add(new PolicyProblem(
                            weight,
                            file.path(),
                            rule.getName(),
                            file.line(rule),
                            "has no near miss; add a case to " + cases
                                    + " with such an event on which it does not fire, and near-miss: \""
                                    + rule.getName() + "\""));
                }
            }
        }
        return problems;
    }

    private static boolean notIn(Set<String> fired, Collection<String> missed) {
        return missed.stream().noneMatch(fired::contains);
    }
}
