package io.signalbox.action;

import io.signalbox.set.SubjectIdentifier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells whom a subject is at each configured target, and how that was found out. */
public interface Identities {

    /**
     * Asks the chain of each target anew, whatever is remembered.
     *
     * @return one for each configured target, in the order of their names; holds personal data
     */
    List<Explained> explain(SubjectIdentifier subject);

    /**
     * What a target's chain came to.
     *
     * @param verdict {@code matched}, {@code passed-on} (the target is told the subject as it came), {@code unmatched},
     *     {@code ambiguous} or {@code no-answer}
     * @param identity whom the subject is there; present only if it matched
     * @param detail the same as a sentence without personal data
     * @param steps each step that was asked, in order; the last one decided
     */
    record Explained(
            String target, String verdict, @Nullable String identity, String detail, List<Look> steps) {

        /** Whether the target can be told whom an action is about. */
        public boolean matched() {
            return verdict.equals("matched") || verdict.equals("passed-on");
        }
    }

    /**
     * One question.
     *
     * @param step such as {@code ldap}
     * @param asked what was asked
     * @param found what came back
     */
    record Look(String step, String asked, String found) {}
}
