package io.signalbox.action;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the guard keeps watch over, as configured. */
public interface GuardBoard {

    /** As they were written. */
    List<String> protectedSubjects();

    /** Names of the targets at which nothing is done. */
    Set<String> dryRun();

    /** Each by its members, for operators. */
    List<Map<String, Object>> budgets();

    /** The held action that a signed link names; empty if the link is not ours, or was answered. */
    Optional<String> approvalNamed(String link);
}
