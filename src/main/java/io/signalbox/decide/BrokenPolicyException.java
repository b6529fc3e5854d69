package io.signalbox.decide;

import io.signalbox.policy.PolicyProblem;
import java.util.List;

/** A policy that may not decide anything: it stops the start. Each problem names its file, and its rule if there is one. */
final class BrokenPolicyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<PolicyProblem> problems;

    BrokenPolicyException(String origin, List<PolicyProblem> problems) {
        super("The policy in " + origin + " cannot be used:\n  - "
                + String.join(
                        "\n  - ", problems.stream().map(PolicyProblem::text).toList()));
        this.problems = List.copyOf(problems);
    }

    List<PolicyProblem> problems() {
        return problems;
    }
}
