package io.signalbox.policy;

import java.util.List;

/**
 * What is known of a policy after it was looked at.
 *
 * @param version digest of its rules and cases; empty if not even its files could be read
 * @param rules how many there are, each row of a decision table counted as one; 0 if it does not compile
 * @param problems what is wrong, errors before warnings, by file and line
 * @param cases what its cases gave, in the order of the files; empty if it does not compile
 * @param compileMillis how long reading and compiling took, milliseconds
 * @param casesMillis how long all cases took, milliseconds
 */
public record PolicyReport(
        String version,
        int rules,
        List<PolicyProblem> problems,
        List<CaseResult> cases,
        long compileMillis,
        long casesMillis) {

    /** Whether it may decide: no error, and each case as it says. */
    public boolean good() {
        return problems.stream().noneMatch(PolicyProblem::isError)
                && cases.stream().allMatch(CaseResult::passed);
    }
}
