package io.signalbox.decide;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Targets;
import io.signalbox.decide.PolicyCase.Expected;
import io.signalbox.event.History;
import io.signalbox.policy.CaseResult;
import java.time.Clock;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides cases with the step that decides signals, and compares. */
final class CaseRunner {

    /** Whatever kind is asked for, one target does it; whoever names a target means that one. */
    private static final String TARGET = "any";

    private final Policy policy;
    private final ZoneId zone;
    private final List<String> targets;
    private final Map<String, Set<String>> fired = new HashMap<>();
    private final Map<String, Set<String>> missed = new HashMap<>();

    /**
     * @param zone the one of the configuration, for rules that ask what time of day it is
     * @param named targets that rules name
     */
    CaseRunner(Policy policy, ZoneId zone, Set<String> named) {
        this.policy = policy;
        this.zone = zone;
        List<String> all = new ArrayList<>(named);
        all.add(TARGET);
        this.targets = List.copyOf(all);
    }

    /** Rule to the types of event on which it fired in some case. */
    Map<String, Set<String>> fired() {
        return fired;
    }

    /** Rule to the types of event on which a case showed it not to fire. */
    Map<String, Set<String>> missed() {
        return missed;
    }

    CaseResult run(PolicyCase each) {
        long begun = System.nanoTime();
        List<String> expected = each.then().stream().map(Expected::text).toList();
        List<String> got = new ArrayList<>();
        List<String> differences = new ArrayList<>();
        try {
            Decision decision = decide(each);
            for (String rule : decision.rules()) {
                fired.computeIfAbsent(rule, name -> new HashSet<>()).add(each.event());
            }
            decision.actions().forEach(action -> got.add(text(action)));
            compare(each, decision, differences);
        } catch (PolicyFailedException e) {
            differences.add(String.valueOf(e.getMessage()));
        }
        if (each.nearMiss() != null) {
            missed.computeIfAbsent(each.nearMiss(), name -> new HashSet<>()).add(each.event());
        }
        long micros = (System.nanoTime() - begun) / 1_000;
        return new CaseResult(
                each.file(), each.line(), each.sentence(), expected, got, List.copyOf(differences), micros);
    }

    private Decision decide(PolicyCase each) {
        Set<String> capable = each.capable();
        Targets able = kind -> capable == null || capable.contains(kind) ? targets : List.of();
        DecideActions step = new DecideActions(
                able,
                Clock.fixed(each.signal().set().receivedAt(), ZoneOffset.UTC),
                () -> policy,
                (event, window) -> new History(each.history(), event.receivedAt()),
                zone);
        Decision decision = step.decide(each.signal(), each.posture());
        // Each kind went to every target that some rule names; what was asked for is told by one of them.
        List<Action> actions = decision.actions().stream()
                .filter(action -> isAsked(action, decision))
                .toList();
        return new Decision(
                decision.signalId(),
                decision.policyVersion(),
                decision.decidedAt(),
                decision.severity(),
                decision.rules(),
                actions);
    }

    private static boolean isAsked(Action action, Decision decision) {
        return action.target() == null
                || action.target().equals(TARGET)
                || decision.actions().stream()
                        .noneMatch(other -> TARGET.equals(other.target())
                                && other.kind().equals(action.kind())
                                && other.because().equals(action.because())
                                && other.parameters().equals(action.parameters()));
    }

    private void compare(PolicyCase each, Decision decision, List<String> differences) {
        List<Action> got = decision.actions();
        List<Expected> then = each.then();
        for (int i = 0; i < Math.max(got.size(), then.size()); i++) {
            if (i >= got.size()) {
                differences.add("expected " + then.get(i).text() + ", and nothing asked for it");
            } else if (i >= then.size()) {
                differences.add("not expected: " + text(got.get(i)));
            } else if (!fits(then.get(i), got.get(i))) {
                differences.add("expected " + then.get(i).text() + ", got " + text(got.get(i)));
            }
        }
        if (each.severity() != null && !decision.severity().name().equals(each.severity())) {
            differences.add("expected severity " + each.severity() + ", got " + decision.severity());
        }
        String nearMiss = each.nearMiss();
        if (nearMiss != null && !policy.order().containsKey(nearMiss)) {
            differences.add("near-miss names no rule: \"" + nearMiss + "\""
                    + Nearest.hint(nearMiss, policy.order().keySet()));
        } else if (nearMiss != null && decision.rules().contains(nearMiss)) {
            differences.add("the near miss fired: \"" + nearMiss + "\"");
        }
    }

    private static boolean fits(Expected expected, Action action) {
        return expected.kind().equals(action.kind())
                && fits(expected.lasts(), action.lasts())
                && fits(expected.because(), action.because().sentence())
                && fits(expected.target(), action.target())
                && fits(expected.parameters(), action.parameters());
    }

    private static boolean fits(@Nullable Object expected, @Nullable Object got) {
        return expected == null || Objects.equals(expected, got);
    }

    /** For people: what, and which rule asked. */
    static String text(Action action) {
        return new Expected(
                                action.kind(),
                                action.lasts(),
                                action.because().sentence(),
                                TARGET.equals(action.target()) ? null : action.target(),
                                action.parameters().isEmpty() ? null : action.parameters())
                        .text()
                + (action.target() == null ? ", which no target does" : "")
                + (action.shadow() ? ", in shadow" : "")
                + ", by rule \"" + action.because().rule() + "\"";
    }
}
