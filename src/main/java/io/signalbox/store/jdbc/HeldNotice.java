package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.action.Hindrance;
import io.signalbox.action.Ruling;
import io.signalbox.action.Ruling.Held;
import io.signalbox.action.Ruling.Suppressed;
import io.signalbox.store.Precautions;
import io.signalbox.store.Stop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells somebody that an action waits for a word, that a budget is used up, or that a rule reached for a protected subject. */
final class HeldNotice {

    private static final String KIND = "notify";

    /** No decision asks for as many. */
    private static final int BEHIND_ALL = 100_000;

    private HeldNotice() {}

    /** Actions of the same decision: they are recorded, proven, sent and repeated as any other is. */
    static List<DecidedAction> of(
            List<DecidedAction> asked, Map<String, GuardRows.Ruled> rulings, Precautions precautions, Stop stop) {
        List<DecidedAction> notices = new ArrayList<>();
        int ordinal = asked.size();
        for (DecidedAction each : asked) {
            GuardRows.Ruled ruled = rulings.get(each.action().id());
            String title = ruled == null ? null : title(each.action(), ruled);
            if (title == null) {
                continue;
            }
            for (String target : precautions.notified()) {
                DecidedAction notice = DecidedAction.of(
                        notice(each.action(), title, target, ordinal, link(each.action(), precautions)));
                notices.add(
                        stop.thrown() ? notice.ruled(new Held(Hindrance.STOP, "the stop switch is thrown")) : notice);
                ordinal++;
            }
        }
        return notices;
    }

    /** Of one whose subject was found to be protected when it was about to be done. */
    static List<Action> ofUntouched(Action action, String reason, Collection<String> targets) {
        int behindAll = BEHIND_ALL + action.ordinal();
        return targets.stream()
                .map(target -> notice(action, action.kind() + " was not done: " + reason, target, behindAll, null))
                .toList();
    }

    private static @Nullable String link(Action action, Precautions precautions) {
        return precautions.links() == null ? null : precautions.links().apply(action.id());
    }

    private static @Nullable String title(Action action, GuardRows.Ruled ruled) {
        Ruling said = ruled.ruling();
        if (said instanceof Held held) {
            boolean told = held.cause() == Hindrance.APPROVAL || ruled.tripped() != null;
            return told ? action.kind() + " waits for somebody to agree: " + held.reason() : null;
        }
        return said instanceof Suppressed suppressed && suppressed.cause() == Hindrance.PROTECTED
                ? action.kind() + " was not done: " + suppressed.reason()
                : null;
    }

    private static Action notice(Action about, String title, String target, int ordinal, @Nullable String link) {
        String rule = about.because().rule();
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("title", title);
        parameters.put("action", about.id());
        if (link != null) {
            parameters.put("link", link);
        }
        return new Action(
                Action.idFor(about.signalId(), rule, ordinal, KIND, target),
                about.signalId(),
                ordinal,
                KIND,
                target,
                about.subject(),
                about.event(),
                about.eventUri(),
                about.severity(),
                parameters,
                new Because(rule, about.because().policyVersion(), "The guard tells of " + about.id()),
                null,
                false);
    }
}
