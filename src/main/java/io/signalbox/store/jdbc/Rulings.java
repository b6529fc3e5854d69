package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Hindrance;
import io.signalbox.action.Ruling.Held;
import io.signalbox.event.Signal;
import io.signalbox.store.ActionRecord.Attempt;
import io.signalbox.store.Precautions;
import io.signalbox.store.Stop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The guard's word on each action of a decision, as it becomes part of the record. Belongs to the writer's thread. */
final class Rulings {

    private final GuardRows guard;
    private final ContainmentRows containments;
    private final ActionRows actions;

    Rulings(GuardRows guard, ContainmentRows containments, ActionRows actions) {
        this.guard = guard;
        this.containments = containments;
        this.actions = actions;
    }

    /**
     * Gives back what the signal gives back, and then rules on what is asked for.
     *
     * @param heard is told each ruling
     * @return what is to be inserted: what was asked for, and what tells of that which is held
     */
    List<DecidedAction> on(
            Signal signal,
            Decision decision,
            List<DecidedAction> asked,
            Precautions precautions,
            Stop stop,
            List<Precautions.Ruled> heard) {
        Instant now = decision.decidedAt();
        precautions.recoveries().forEach(recovery -> containments.recover(recovery, "the signal " + signal.id(), now));
        Map<String, GuardRows.Ruled> said =
                guard.rule(signal, asked.stream().map(DecidedAction::action).toList(), precautions, stop, now);
        List<DecidedAction> ruled = new ArrayList<>();
        for (DecidedAction action : asked) {
            GuardRows.Ruled word = said.get(action.action().id());
            ruled.add(word == null ? action : action.ruled(word.ruling()));
        }
        ruled.addAll(HeldNotice.of(asked, said, precautions, stop));
        for (DecidedAction each : ruled) {
            Action action = each.action();
            GuardRows.Ruled word = said.get(action.id());
            heard.add(new Precautions.Ruled(
                    action.id(), action.kind(), action.target(), each.ruling(), word == null ? null : word.tripped()));
        }
        return ruled;
    }

    /** Once they are inserted: the word itself, and the question to somebody. */
    void keep(List<DecidedAction> ruled, Precautions precautions, Instant now) {
        for (DecidedAction each : ruled) {
            String id = each.action().id();
            Attempt word = each.word(now);
            if (word != null) {
                actions.ruled(id, word);
            }
            if (each.ruling() instanceof Held held) {
                boolean byStop = held.cause() == Hindrance.STOP;
                guard.ask(id, held.cause(), byStop ? null : now.plus(precautions.approvalWait()), now);
            }
        }
    }
}
