package io.signalbox.policy;

import java.util.List;

/** What came of publishing a policy. */
public sealed interface Publication {

    /**
     * It passed its checks and is kept.
     *
     * @param isNew false if the same rules and cases were kept before; the first author stands
     */
    record Kept(PolicyVersion version, boolean isNew) implements Publication {}

    /** Nothing of it was kept. */
    record Refused(List<PolicyProblem> problems) implements Publication {}
}
