package io.signalbox.action;

import io.signalbox.set.SubjectIdentifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the guard keeps watch over, as configured. */
public interface GuardBoard {

    /** As they were written. */
    List<String> protectedSubjects();

    /** Whether the subject is one of them, by any identifier that it comes with. */
    boolean isProtected(SubjectIdentifier subject);

    /** Those of them that name one subject each, so that it can be found out whom they are at a target. */
    List<SubjectIdentifier> protectedOneByOne();

    /** Whether who wrote a policy may not agree to what it asks for. */
    boolean fourEyes();

    /** Names of the targets at which nothing is done. */
    Set<String> dryRun();

    /** Each by its members, for operators. */
    List<Map<String, Object>> budgets();

    /** The held action that a signed link names; empty if the link is not ours, or was answered. */
    Optional<String> approvalNamed(String link);
}
