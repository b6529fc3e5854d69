package io.signalbox.api;

import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.action.Severity;
import io.signalbox.set.SubjectIdentifier;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What came of a test action.
 *
 * @param action its id, under which the target may know it
 * @param outcome the word: {@code done}, {@code already-done}, {@code not-found}, {@code unmatched},
 *     {@code suppressed} (whom the subject turns out to be at the target is protected), {@code refused} or {@code no-answer}
 * @param detail what the target said
 */
record TrialView(String action, String outcome, String detail) {

    private static final String RULE = "An operator's test";

    /** Reads what is to be done; each test is an action of its own, or a target would take the second for a repeat. */
    static Action action(String target, String kind, Body body, Instant now) {
        String severity = body.text("severity");
        String id = "%09x".formatted(now.getEpochSecond()).substring(0, 9)
                + UUID.randomUUID().toString().replace("-", "").substring(0, 23);
        return new Action(
                "act-" + id,
                "sig-" + id,
                0,
                kind,
                target,
                subject(body),
                "signalbox/test",
                "urn:signalbox:test",
                severity == null ? Severity.INFO : severity(severity),
                body.textsByName("parameters"),
                new Because(RULE, "none", null),
                null,
                false);
    }

    private static @Nullable SubjectIdentifier subject(Body body) {
        Map<String, Object> subject = body.object("subject");
        if (subject == null) {
            return null;
        }
        SubjectIdentifier read = SubjectIdentifier.of(subject)
                .orElseThrow(() -> Problems.badParameter("subject", "must be a subject identifier (RFC 9493)"));
        read.flaw().ifPresent(flaw -> {
            throw Problems.badParameter("subject", flaw);
        });
        return read;
    }

    private static Severity severity(String text) {
        return Arrays.stream(Severity.values())
                .filter(each -> each.name().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        Problems.badParameter("severity", "must be one of " + Arrays.toString(Severity.values())));
    }
}
