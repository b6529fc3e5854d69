package io.signalbox.testing;

import io.signalbox.set.SubjectIdentifier;
import java.util.Map;

/** Any JSON object where a subject identifier should be. */
public final class AnySubject {

    private AnySubject() {}

    /**
     * @throws AssertionError if it is read as a subject that is not the same when it is written and read again, or when it
     *     is written in its one spelling
     */
    public static void isReadInOneWay(Map<String, Object> json) {
        SubjectIdentifier subject = SubjectIdentifier.of(json).orElse(null);
        if (subject == null || subject.flaw().isPresent()) {
            return;
        }
        SubjectIdentifier canonical = subject.canonical();
        SubjectIdentifier again = SubjectIdentifier.of(subject.toJson()).orElseThrow();
        must(again.equals(subject), "read again as another: " + again);
        must(canonical.canonical().equals(canonical), "its one spelling has another: " + canonical.canonical());
        must(canonical.flaw().isEmpty(), "its one spelling does not fit: " + canonical.flaw());
        must(subject.sameAs(canonical) && canonical.sameAs(subject), "not the same as its one spelling");
        must(subject.fingerprint().equals(canonical.fingerprint()), "looked up by another name in its one spelling");
        must(subject.key().startsWith("sub-"), "has no key");
        must(!subject.identifiers().isEmpty(), "identifies nobody, and is said to be in order");
        subject.principals()
                .values()
                .forEach(each -> must(each.key().startsWith("sub-"), "has a member without a key"));
    }

    private static void must(boolean held, String what) {
        if (!held) {
            throw new AssertionError(what);
        }
    }
}
