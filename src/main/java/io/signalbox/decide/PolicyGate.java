package io.signalbox.decide;

import io.signalbox.policy.CaseResult;
import io.signalbox.policy.PassedCheck;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicyReport;
import io.signalbox.policy.Surroundings;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The one way in for a policy: nothing that did not pass here is kept, and nothing else ever decides. */
final class PolicyGate {

    /** What became of a policy that wanted to pass. */
    sealed interface Checked {

        record Passed(Policy policy, PassedCheck check) implements Checked {}

        record Failed(List<PolicyProblem> problems) implements Checked {}
    }

    private PolicyGate() {}

    /** Files that came over the wire, or what is wrong with them before they are even read. */
    static List<PolicyProblem> unfit(Map<String, String> files) {
        List<PolicyProblem> problems = new ArrayList<>();
        long size = 0;
        for (Map.Entry<String, String> file : files.entrySet()) {
            size += file.getValue().length();
            if (!PolicyFiles.PATH.matcher(file.getKey()).matches()) {
                problems.add(PolicyProblem.error(
                        file.getKey(), null, 0, "is no path below the rules folder, such as policy/risk.drl"));
            }
        }
        if (size > PolicyFiles.LARGEST || files.size() > PolicyFiles.MOST_FILES) {
            problems.add(PolicyProblem.error("the policy", null, 0, PolicyFiles.TOO_LARGE));
        }
        return problems;
    }

    static PolicyFiles files(String origin, Map<String, String> contents) {
        return new PolicyFiles(origin, new TreeMap<>(contents));
    }

    /**
     * Lints, compiles, and runs the cases. That a rule has no case is a remark: a policy that decides as it says may decide.
     *
     * @param known what is configured here: a rule that names a target that is not would ask nobody
     * @param zone whose clock on the wall its rules read
     */
    static Checked check(PolicyFiles files, Surroundings known, ZoneId zone) {
        @Nullable Policy[] compiled = {null};
        PolicyReport report =
                PolicyCheck.of(files, known, zone, PolicyProblem.Weight.WARNING, policy -> compiled[0] = policy);
        List<PolicyProblem> problems = new ArrayList<>();
        report.problems().stream().filter(PolicyProblem::isError).forEach(problems::add);
        for (CaseResult each : report.cases()) {
            if (!each.passed()) {
                problems.add(PolicyProblem.error(
                        each.file(),
                        null,
                        each.line(),
                        "the case \"" + each.sentence() + "\" is not decided as it says: "
                                + String.join("; ", each.differences())));
            }
        }
        Policy policy = compiled[0];
        if (!problems.isEmpty() || policy == null) {
            return new Checked.Failed(problems);
        }
        List<String> remarks = report.problems().stream()
                .filter(problem -> !problem.isError())
                .map(PolicyProblem::text)
                .toList();
        return new Checked.Passed(
                policy,
                new PassedCheck(
                        report.rules(),
                        policy.info().fileCount(),
                        report.cases().size(),
                        remarks));
    }

    /** Without its cases: for one that passed before, in this release or another. */
    static Checked compile(PolicyFiles files, PassedCheck before) {
        try {
            return new Checked.Passed(PolicyCompiler.compile(files), before);
        } catch (BrokenPolicyException e) {
            return new Checked.Failed(e.problems());
        }
    }

    static BrokenPolicyException broken(String origin, List<PolicyProblem> problems) {
        return new BrokenPolicyException(origin, problems);
    }
}
