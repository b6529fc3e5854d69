package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Hindrance;
import io.signalbox.action.Inverse;
import io.signalbox.action.Ruling;
import io.signalbox.action.Ruling.Held;
import io.signalbox.action.Ruling.Suppressed;
import io.signalbox.event.Signal;
import io.signalbox.set.Standing;
import io.signalbox.store.Precautions;
import io.signalbox.store.Precautions.Apart;
import io.signalbox.store.Precautions.BudgetLimit;
import io.signalbox.store.Precautions.Echo;
import io.signalbox.store.Stop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What the guard says of each action of a decision, by what the ledger holds. Belongs to the writer's thread: what it
 * counts, it counts in the transaction that records the decision.
 */
final class GuardRows {

    private final JdbcClient sql;
    private final ContainmentRows containments;

    GuardRows(JdbcClient sql, ContainmentRows containments) {
        this.sql = sql;
        this.containments = containments;
    }

    /** @param tripped the budget that this action was the first to find used up */
    record Ruled(Ruling ruling, @Nullable String tripped) {}

    /**
     * Rules on the actions of one decision, in their order: each counts for those behind it.
     *
     * @return action id to what is said; those without a target are not among them
     */
    Map<String, Ruled> rule(Signal signal, List<Action> actions, Precautions precautions, Stop stop, Instant now) {
        Map<String, Ruled> ruled = new LinkedHashMap<>();
        List<Action> assigned =
                actions.stream().filter(action -> action.target() != null).toList();
        if (assigned.isEmpty()) {
            return ruled;
        }
        if (assigned.stream().anyMatch(action -> counts(action, precautions))) {
            // Taken before anything is counted, so that what another node counts is seen here, or waits for us.
            int ignored = sql.sql("UPDATE guard_turn SET turns = turns + 1 WHERE id = 1")
                    .update();
        }
        String back = comesBack(signal, assigned, precautions, now);
        for (Action action : assigned) {
            ruled.put(action.id(), rule(signal, action, precautions, stop, back, now));
        }
        return ruled;
    }

    private static boolean counts(Action action, Precautions precautions) {
        return Inverse.of(action.kind()).isPresent()
                || precautions.budgets().stream()
                        .anyMatch(budget -> budget.kinds().contains(action.kind()));
    }

    private Ruled rule(
            Signal signal, Action action, Precautions precautions, Stop stop, @Nullable String back, Instant now) {
        Ruling said = precautions.rulings().getOrDefault(action.id(), Ruling.GOES);
        if (!signal.set().standing().counts()) {
            said = signal.set().standing().word() == Standing.Word.ADVISORY
                    ? new Suppressed(Hindrance.ADVISORY, "the issuer's stance is advisory")
                    : new Suppressed(
                            Hindrance.ADVISORY,
                            String.valueOf(signal.set().standing().reason()));
        }
        if (said instanceof Suppressed) {
            return new Ruled(said, null);
        }
        if (back != null && !Inverse.isTelling(action.kind())) {
            boolean echo = back.startsWith("e");
            return new Ruled(new Suppressed(echo ? Hindrance.ECHO : Hindrance.HOPS, back.substring(1)), null);
        }
        // Found at a tick after ours while we waited for our turn is still a repeat; only no time at all means none.
        if (ContainmentPlaces.contains(action) && !precautions.repeatAfter().isZero()) {
            Optional<String> found = containments.inForce(action, now.minus(precautions.repeatAfter()));
            if (found.isPresent()) {
                enter(signal, action, precautions, found.get(), now);
                return new Ruled(new Suppressed(Hindrance.DUPLICATE, "it is in force already"), null);
            }
        }
        String tripped = null;
        if (said instanceof Ruling.Goes && !stop.thrown()) {
            for (BudgetLimit budget : precautions.budgets()) {
                if (concerns(budget, signal, action) && usedUp(budget, signal, action, now)) {
                    said = new Held(
                            Hindrance.BUDGET,
                            "the budget \"" + budget.name() + "\" of " + budget.most() + " in " + budget.window()
                                    + " is used up");
                    tripped = trip(budget, signal, action, now) ? budget.name() : null;
                    break;
                }
            }
        }
        if (said instanceof Ruling.Goes && stop.thrown()) {
            said = new Held(Hindrance.STOP, "the stop switch is thrown");
        }
        if (ContainmentPlaces.contains(action)) {
            enter(signal, action, precautions, said instanceof Held ? "held" : null, now);
        }
        if (said instanceof Ruling.Goes
                && precautions.budgets().stream().anyMatch(budget -> concerns(budget, signal, action))) {
            use(action, signal.set().iss(), now);
        }
        if (precautions.echoing().contains(String.valueOf(action.target()))) {
            effect(action, now);
        }
        return new Ruled(said, tripped);
    }

    private void enter(Signal signal, Action action, Precautions precautions, @Nullable String found, Instant now) {
        long causedAt = signal.events().stream()
                .filter(event -> event.payload().alias().equals(action.event()))
                .map(event -> event.occurredAt().toEpochMilli())
                .findFirst()
                .orElse(now.toEpochMilli());
        containments.enter(action, signal.set().iss(), precautions.aspects().get(action.id()), causedAt, found, now);
    }

    /** Whether the signal tells what we did ourselves ({@code e}), or has been round too often ({@code h}), and how. */
    private @Nullable String comesBack(Signal signal, List<Action> actions, Precautions precautions, Instant now) {
        if (actions.stream().allMatch(action -> Inverse.isTelling(action.kind()))) {
            return null;
        }
        Echo echo = precautions.echo();
        if (echo != null && !echo.subjects().isEmpty()) {
            Optional<String> ours = sql.sql("""
                            SELECT e.action_id FROM own_effect e JOIN action a ON a.id = e.action_id
                            WHERE e.subject_key IN (:subjects) AND e.target IN (:targets) AND e.kind IN (:kinds)
                              AND a.state IN ('waiting', 'retrying', 'undoing', 'done', 'undone') AND a.updated_at >= :since
                              AND a.signal_id <> :signal
                            ORDER BY e.at DESC LIMIT 1""")
                    .param("subjects", echo.subjects())
                    .param("targets", echo.targets())
                    .param("kinds", echo.kinds())
                    .param("since", now.minus(echo.window()).toEpochMilli())
                    .param("signal", signal.id())
                    .query(String.class)
                    .optional();
            if (ours.isPresent()) {
                return "ethe signal tells what our own action " + ours.get() + " did";
            }
        }
        String txn = signal.set().txn();
        if (txn == null || signal.set().subject() == null || precautions.hops() == Integer.MAX_VALUE) {
            return null;
        }
        long rounds = sql.sql("""
                        SELECT count(*) FROM signal
                        WHERE txn = ? AND subject_key = ? AND events = (SELECT events FROM signal WHERE id = ?)
                          AND id <> ?""")
                .param(txn)
                .param(signal.set().subject().key())
                .param(signal.id())
                .param(signal.id())
                .query(Long.class)
                .single();
        return rounds < precautions.hops() ? null : "hthis event came round " + rounds + " times before within one txn";
    }

    /** To be known again when the target's own issuer tells of it. */
    private void effect(Action action, Instant now) {
        if (action.subject() == null || Inverse.isTelling(action.kind())) {
            return;
        }
        for (String key : subjectKeys(action)) {
            int ignored = sql.sql("""
                            INSERT INTO own_effect (subject_key, target, kind, action_id, at) VALUES (?, ?, ?, ?, ?)
                            ON CONFLICT DO NOTHING""")
                    .param(key)
                    .param(action.target())
                    .param(action.kind())
                    .param(action.id())
                    .param(now.toEpochMilli())
                    .update();
        }
    }

    private static List<String> subjectKeys(Action action) {
        List<String> keys = new ArrayList<>();
        if (action.subject() != null) {
            action.subject().principals().values().forEach(principal -> principal
                    .identifiers()
                    .forEach(identifier -> keys.add(identifier.key())));
        }
        return keys.stream().distinct().toList();
    }

    private static boolean concerns(BudgetLimit budget, Signal signal, Action action) {
        return budget.kinds().contains(action.kind())
                && (budget.targets().isEmpty() || budget.targets().contains(String.valueOf(action.target())))
                && (budget.issuers().isEmpty()
                        || budget.issuers().contains(signal.set().iss()))
                && (budget.rules().isEmpty()
                        || budget.rules().contains(action.because().rule()));
    }

    /** Counts no further than it must: a budget that is used up costs as much as its size, however many come. */
    private boolean usedUp(BudgetLimit budget, Signal signal, Action action, Instant now) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        StringBuilder query = new StringBuilder("SELECT count(*) FROM (SELECT 1 FROM budget_use WHERE at > :since");
        parameters.put("since", now.minus(budget.window()).toEpochMilli());
        parameters.put("most", budget.most());
        boolean byKind = budget.apart().contains(Apart.KIND);
        query.append(" AND kind IN (:kinds)");
        parameters.put("kinds", byKind ? List.of(action.kind()) : budget.kinds());
        if (budget.apart().contains(Apart.TARGET)) {
            query.append(" AND target = :target");
            parameters.put("target", action.target());
        } else if (!budget.targets().isEmpty()) {
            query.append(" AND target IN (:targets)");
            parameters.put("targets", budget.targets());
        }
        if (budget.apart().contains(Apart.ISSUER)) {
            query.append(" AND iss = :iss");
            parameters.put("iss", signal.set().iss());
        } else if (!budget.issuers().isEmpty()) {
            query.append(" AND iss IN (:issuers)");
            parameters.put("issuers", budget.issuers());
        }
        if (budget.apart().contains(Apart.RULE)) {
            query.append(" AND rule = :rule");
            parameters.put("rule", action.because().rule());
        } else if (!budget.rules().isEmpty()) {
            query.append(" AND rule IN (:rules)");
            parameters.put("rules", budget.rules());
        }
        query.append(" LIMIT :most) AS counted");
        long used =
                sql.sql(query.toString()).params(parameters).query(Long.class).single();
        boolean usedUp = used >= budget.most();
        if (!usedUp) {
            int ignored = sql.sql("DELETE FROM budget_tripped WHERE budget = ? AND counted = ?")
                    .param(budget.name())
                    .param(counted(budget, signal, action))
                    .update();
        }
        return usedUp;
    }

    private static String counted(BudgetLimit budget, Signal signal, Action action) {
        List<String> parts = new ArrayList<>();
        for (Apart apart : Apart.values()) {
            if (budget.apart().contains(apart)) {
                parts.add(
                        switch (apart) {
                            case KIND -> action.kind();
                            case TARGET -> String.valueOf(action.target());
                            case ISSUER -> signal.set().iss();
                            case RULE -> action.because().rule();
                        });
            }
        }
        return String.join(" | ", parts);
    }

    /** @return whether it was not known yet */
    private boolean trip(BudgetLimit budget, Signal signal, Action action, Instant now) {
        return sql.sql("""
                        INSERT INTO budget_tripped (budget, counted, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING""")
                        .param(budget.name())
                        .param(counted(budget, signal, action))
                        .param(now.toEpochMilli())
                        .update()
                == 1;
    }

    /** Counts against the budgets from now on; an action that somebody agreed to does as well. */
    void use(Action action, String iss, Instant now) {
        if (Inverse.isTelling(action.kind())) {
            return;
        }
        int ignored = sql.sql("""
                        INSERT INTO budget_use (action_id, kind, target, iss, rule, at) VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING""")
                .param(action.id())
                .param(action.kind())
                .param(action.target())
                .param(iss)
                .param(action.because().rule())
                .param(now.toEpochMilli())
                .update();
    }

    /** Asks somebody to agree. */
    void ask(String actionId, Hindrance cause, @Nullable Instant expiresAt, Instant now) {
        int ignored = sql.sql("""
                        INSERT INTO approval (action_id, cause, asked_at, expires_at, assigned_to) VALUES (?, ?, ?, ?, NULL)
                        ON CONFLICT (action_id) DO UPDATE SET cause = excluded.cause, asked_at = excluded.asked_at,
                          expires_at = excluded.expires_at""")
                .param(actionId)
                .param(cause.word())
                .param(now.toEpochMilli())
                .param(expiresAt == null ? null : expiresAt.toEpochMilli())
                .update();
    }

    /** @return whether it was open */
    boolean answered(String actionId) {
        return sql.sql("DELETE FROM approval WHERE action_id = ?")
                        .param(actionId)
                        .update()
                == 1;
    }
}
