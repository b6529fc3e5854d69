package io.signalbox.policy;

import java.util.Optional;

/** A whole policy that decides beside the active one, and of which nothing leaves. */
public interface ShadowBoard {

    /** What came of asking for one. */
    sealed interface Asked {

        record On(ShadowRun run) implements Asked {}

        record Unknown(String versionId) implements Asked {}

        record Refused(Iterable<PolicyProblem> problems) implements Asked {}
    }

    /** Instead of the one that may be in shadow now. */
    Asked on(String versionId, String by);

    /** @return false if none was */
    boolean off(String by);

    Optional<ShadowRun> inShadow();

    /** What it would have decided otherwise since it was put into shadow; empty if none is. */
    Optional<PolicyComparison> comparison();
}
