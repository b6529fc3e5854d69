package io.signalbox.testing;

import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.action.Severity;
import io.signalbox.set.SubjectIdentifier;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One valid action; tests change the one thing that they are about. */
public final class SampleActions {

    public static final String SIGNAL = "sig-0123456789abcdef0123456789abcdef";
    private static final String RULE = "High risk of a user: disable the account";

    private SampleActions() {}

    public static SubjectIdentifier email(String address) {
        return new SubjectIdentifier("email", Map.of("email", address));
    }

    public static Action of(String kind, String target, @Nullable SubjectIdentifier subject) {
        return new Action(
                Action.idFor(SIGNAL, RULE, 0, kind, target),
                SIGNAL,
                0,
                kind,
                target,
                subject,
                "caep/risk-level-change",
                "https://schemas.openid.net/secevent/caep/event-type/risk-level-change",
                Severity.HIGH,
                Map.of("title", "Look at this"),
                new Because(RULE, "policy-1", null),
                null,
                false);
    }
}
