package io.signalbox.policy;

import java.util.List;

/** What came of making another policy active. */
public sealed interface Swap {

    /** It decides from here on; what was being decided is finished by the one before. */
    record Done(PolicyActivation activation) implements Swap {}

    /** It decides already. */
    record Already(PolicyActivation activation) implements Swap {}

    /** Nothing is kept under this id. */
    record Unknown(String versionId) implements Swap {}

    /** There is none before it. */
    record NothingBefore() implements Swap {}

    /** Somebody else made a change just then. */
    record Overtaken() implements Swap {}

    /** It was kept once, and this release can no longer use it. */
    record Refused(List<PolicyProblem> problems) implements Swap {}
}
