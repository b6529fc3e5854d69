package io.signalbox.decide;

import java.util.List;

/** A policy that may not decide anything: it stops the start. Each problem names its file, and its rule if there is one. */
final class BrokenPolicyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    BrokenPolicyException(String origin, List<String> problems) {
        super("The policy in " + origin + " cannot be used:\n  - " + String.join("\n  - ", problems));
        this.problems = List.copyOf(problems);
    }

    List<String> problems() {
        return problems;
    }
}
