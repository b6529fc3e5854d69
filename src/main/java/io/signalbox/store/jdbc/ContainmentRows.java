package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Inverse;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionRecord.Attempt;
import io.signalbox.store.ActionState;
import io.signalbox.store.Precautions.Recovery;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What is taken from whom, and when it is given back. All reasons for one state of a target have one place; the state is
 * given back when the last reason falls away, and only if we brought it about. Belongs to the writer's thread.
 */
final class ContainmentRows {

    /** Reasons at a place that stand: not lifted, not merely held, and not failed. */
    private static final String STANDS =
            " WHERE place = ? AND released_at IS NULL AND lifted_at IS NULL AND (found IS NULL OR found NOT IN"
                    + " ('held', 'nothing'))";

    private static final String STANDING = " FROM containment" + STANDS;

    private static final Set<ActionState> BROUGHT_ABOUT =
            EnumSet.of(ActionState.DONE, ActionState.ALREADY_DONE, ActionState.SUPPRESSED);
    private static final Set<ActionState> NOT_YET = EnumSet.of(ActionState.WAITING, ActionState.RETRYING);

    private static final String OURS = "ours";
    private static final String NOTHING = "nothing";
    /** Given back by an attempt while one that takes it was under way: nobody knows which came last. */
    private static final String SHAKEN = "shaken";

    private final JdbcClient sql;
    private final ActionRows actions;
    private final ContainmentPlaces places;

    ContainmentRows(JdbcClient sql, ActionRows actions) {
        this.sql = sql;
        this.actions = actions;
        this.places = new ContainmentPlaces(sql);
    }

    /**
     * How the target was found by one of ours that was seen in force there since; empty if none was, and the action must
     * go.
     */
    Optional<String> inForce(Action action, Instant since) {
        return sql.sql("SELECT found" + STANDING + " AND found_at > ? ORDER BY found_at DESC LIMIT 1")
                .param(places.of(action, action.kind()))
                .param(since.toEpochMilli())
                .query(String.class)
                .optional()
                .filter(found -> !found.equals("unknown"));
    }

    /**
     * A new reason. What is about to be given back at its place is not.
     *
     * @param found {@code held} if it waits for somebody; of a repeat, what it repeats; otherwise absent
     */
    void enter(Action action, String iss, @Nullable String aspect, long causedAt, @Nullable String found, Instant at) {
        String place = places.of(action, action.kind());
        boolean held = "held".equals(found);
        Duration lasts = action.lasts();
        int inserted = sql.sql("""
                        INSERT INTO containment (action_id, place, subject_key, target, kind, iss, rule, signal_id, aspect,
                          caused_at, since, lasts, until_at, found, found_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING""")
                .param(action.id())
                .param(place)
                .param(ContainmentPlaces.subjectKey(action, action.kind()))
                .param(action.target())
                .param(action.kind())
                .param(iss)
                .param(action.because().rule())
                .param(action.signalId())
                .param(aspect)
                .param(causedAt)
                .param(at.toEpochMilli())
                .param(lasts == null ? null : lasts.toMillis())
                .param(lasts == null || held ? null : at.plus(lasts).toEpochMilli())
                .param(found)
                // A repeat does not prove that it is still in force.
                .param((Long) null)
                .update();
        if (inserted == 1 && !held) {
            keep(place, action.id(), at);
        }
    }

    /** A held one may go now. */
    void begin(String actionId, Instant at) {
        int begun = sql.sql("""
                        UPDATE containment SET found = NULL, since = ?,
                          until_at = CASE WHEN lasts IS NULL THEN NULL ELSE ? + lasts END
                        WHERE action_id = ? AND found = 'held'""")
                .param(at.toEpochMilli())
                .param(at.toEpochMilli())
                .param(actionId)
                .update();
        if (begun == 1) {
            one(actionId).ifPresent(row -> keep(row.place(), actionId, at));
        }
    }

    /**
     * It is known now whose account the action falls on, and it was not asked of the target yet: reasons that came under
     * other identifiers of that account are reasons for the same.
     */
    boolean located(Action action, String identity, Instant at) {
        for (String kind : Inverse.takenBackBy(action.kind())) {
            String account = ContainmentPlaces.account(action, kind, identity);
            if (places.isTaken(account)) {
                places.remember(ContainmentPlaces.named(action, kind), account);
            }
        }
        String id = Inverse.recordedId(action);
        ContainmentRow row = one(id).orElse(null);
        String named = ContainmentPlaces.named(action, action.kind());
        String account = ContainmentPlaces.account(action, action.kind(), identity);
        if (row == null || row.place().equals(account) || row.content().releasedAt() != null) {
            return false;
        }
        places.remember(named, account);
        if (row.place().equals(named)) {
            places.move(named, account);
        } else {
            places.moveOne(id, account);
        }
        if (row.content().stands()) {
            keep(account, id, at);
        }
        return true;
    }

    /** What is about to be given back here is not: somebody wants it kept. */
    private void keep(String place, String by, Instant at) {
        List<String> leaving = sql.sql("""
                        SELECT a.id FROM containment c JOIN action a ON a.id = c.action_id
                        WHERE c.place = ? AND c.released_at IS NULL AND a.state = 'undoing'""").param(place).query(String.class).list();
        for (String id : leaving) {
            boolean ignored = actions.move(
                    id,
                    EnumSet.of(ActionState.UNDOING),
                    ActionState.UNDONE,
                    null,
                    new Attempt(at, ActionState.UNDONE.word(), "Not taken back: " + by + " asks for it anew"));
        }
    }

    Optional<ContainmentRow> one(String actionId) {
        return sql.sql("SELECT " + ContainmentRow.COLUMNS + " FROM containment WHERE action_id = ?")
                .param(actionId)
                .query(ContainmentRow::of)
                .optional();
    }

    /**
     * An attempt was recorded; the action stands in this state now.
     *
     * @param heard false if an attempt before this one got no answer
     */
    void attempted(Action action, ActionState state, boolean heard, Instant at) {
        ContainmentRow row = one(action.id()).orElse(null);
        if (row == null) {
            if (state == ActionState.DONE || state == ActionState.ALREADY_DONE) {
                givenBackBy(action, at);
            }
            return;
        }
        if (state == ActionState.UNDONE) {
            released(row, at);
        } else if (state == ActionState.DONE || state == ActionState.ALREADY_DONE) {
            boolean shaken = SHAKEN.equals(row.content().found());
            found(row, shaken || state == ActionState.DONE ? OURS : foundBefore(row, heard), at);
            if (shaken) {
                again(action.id(), at);
            } else if (row.content().liftedAt() != null) {
                giveBackIfLast(row, String.valueOf(row.content().liftedBy()), at);
            }
        } else if (state == ActionState.NOT_FOUND
                || state == ActionState.REFUSED
                || state == ActionState.UNMATCHED
                || state == ActionState.SUPPRESSED
                || state == ActionState.DEAD) {
            found(row, NOTHING, at);
        }
    }

    /** The target did it after all, though the action was given up while the attempt was under way. */
    void doneLate(Action action, Instant at) {
        one(action.id()).ifPresent(row -> {
            found(row, OURS, at);
            int ignored = sql.sql("UPDATE containment SET released_at = NULL WHERE action_id = ?")
                    .param(action.id())
                    .update();
            giveBackIfLast(row, String.valueOf(row.content().liftedBy()), at);
        });
    }

    /** It was given back after all, though somebody asked to keep it while the attempt was under way. */
    void undoneLate(Action action, Instant at) {
        one(action.id()).ifPresent(row -> released(row, at));
    }

    private String foundBefore(ContainmentRow row, boolean heard) {
        boolean ours = sql.sql("""
                        SELECT count(*) FROM containment
                        WHERE place = ? AND released_at IS NULL AND found = 'ours'""").param(row.place()).query(Long.class).single() > 0;
        if (ours) {
            return OURS;
        }
        return heard ? "theirs" : "unknown";
    }

    private void found(ContainmentRow row, String found, Instant at) {
        int ignored = sql.sql("UPDATE containment SET found = ?, found_at = ? WHERE action_id = ?")
                .param(found)
                .param(at.toEpochMilli())
                .param(row.content().actionId())
                .update();
    }

    /** The target gave it back. Whoever still wants it kept asks for it once more. */
    private void released(ContainmentRow row, Instant at) {
        Optional<String> wanted =
                sql.sql("""
                        SELECT c.action_id FROM containment c JOIN action a ON a.id = c.action_id
                        WHERE c.place = ? AND c.released_at IS NULL AND c.lifted_at IS NULL
                          AND c.found IN ('ours', 'theirs', 'unknown')
                          AND a.state IN ('done', 'already-done', 'suppressed')
                        ORDER BY c.since DESC, c.action_id LIMIT 1""").param(row.place()).query(String.class).optional();
        int ignored = sql.sql("""
                        UPDATE containment SET released_at = ?
                        WHERE place = ? AND released_at IS NULL AND lifted_at IS NOT NULL""").param(at.toEpochMilli()).param(row.place()).update();
        wanted.ifPresent(id -> again(id, at));
        int shaken = sql.sql("UPDATE containment SET found = 'shaken'" + STANDS + " AND found IS NULL")
                .param(row.place())
                .update();
    }

    private void again(String id, Instant at) {
        boolean ignored = actions.move(
                id,
                BROUGHT_ABOUT,
                ActionState.RETRYING,
                at.toEpochMilli(),
                new Attempt(at, ActionRecord.AGAIN, "It was given back while somebody asked to keep it"));
    }

    /** Somebody gave it back by an action of its own: every reason is void. */
    private void givenBackBy(Action action, Instant at) {
        if (action.target() == null || action.subject() == null) {
            return;
        }
        for (String kind : Inverse.takenBackBy(action.kind())) {
            List<String> held = sql.sql("""
                            SELECT action_id FROM containment
                            WHERE place = ? AND released_at IS NULL
                              AND (found IS NULL OR found NOT IN ('held', 'nothing'))""")
                    .param(places.of(action, kind))
                    .query(String.class)
                    .list();
            for (String id : held) {
                lifted(id, "action " + action.id(), at);
                int ignored = sql.sql("UPDATE containment SET released_at = ? WHERE action_id = ?")
                        .param(at.toEpochMilli())
                        .param(id)
                        .update();
                Set<ActionState> from = EnumSet.copyOf(BROUGHT_ABOUT);
                from.add(ActionState.UNDOING);
                from.add(ActionState.UNDO_FAILED);
                boolean moved = actions.move(
                        id,
                        from,
                        ActionState.UNDONE,
                        null,
                        new Attempt(at, ActionState.UNDONE.word(), "Given back by the action " + action.id()));
            }
        }
    }

    private boolean lifted(String actionId, String by, Instant at) {
        return sql.sql("""
                        UPDATE containment SET lifted_at = ?, lifted_by = ?
                        WHERE action_id = ? AND lifted_at IS NULL""").param(at.toEpochMilli()).param(by).param(actionId).update() == 1;
    }

    /**
     * Takes one reason away.
     *
     * @param by who or what, for operators
     * @return false if it does not stand any more
     */
    boolean lift(String actionId, String by, Instant at) {
        ContainmentRow row = one(actionId).orElse(null);
        if (row == null
                || !row.content().stands()
                || "held".equals(row.content().found())
                || !lifted(actionId, by, at)) {
            return false;
        }
        boolean notYet = actions.move(
                actionId,
                NOT_YET,
                ActionState.DISCARDED,
                null,
                new Attempt(at, ActionState.DISCARDED.word(), "Lifted before it was done: " + by));
        if (notYet) {
            end(actionId, at);
        } else {
            giveBackIfLast(row, by, at);
        }
        return true;
    }

    /** Never came about, and will not. */
    void end(String actionId, Instant at) {
        int ignored = sql.sql("""
                        UPDATE containment SET found = 'nothing', released_at = ?,
                          lifted_at = COALESCE(lifted_at, ?), lifted_by = COALESCE(lifted_by, 'its end')
                        WHERE action_id = ? AND (found IS NULL OR found = 'held')""")
                .param(at.toEpochMilli())
                .param(at.toEpochMilli())
                .param(actionId)
                .update();
    }

    private void giveBackIfLast(ContainmentRow row, String by, Instant at) {
        String id = row.content().actionId();
        Optional<String> other = sql.sql("SELECT action_id" + STANDING + " AND action_id <> ? ORDER BY since LIMIT 1")
                .param(row.place())
                .param(id)
                .query(String.class)
                .optional();
        if (other.isPresent()) {
            ended(id, by + "; the action " + other.get() + " still asks for it", at);
            return;
        }
        boolean ours = foundBefore(row, true).equals(OURS);
        if (ours) {
            boolean ignored = actions.move(
                    id,
                    EnumSet.of(
                            ActionState.DONE, ActionState.ALREADY_DONE, ActionState.SUPPRESSED, ActionState.DISCARDED),
                    ActionState.UNDOING,
                    at.toEpochMilli(),
                    new Attempt(at, ActionState.UNDOING.word(), by));
            return;
        }
        ended(id, by + "; left as it is, for we found it so", at);
        int ignored = sql.sql("UPDATE containment SET released_at = ? WHERE place = ? AND released_at IS NULL"
                        + " AND lifted_at IS NOT NULL")
                .param(at.toEpochMilli())
                .param(row.place())
                .update();
    }

    private void ended(String id, String why, Instant at) {
        boolean ignored = actions.move(
                id, BROUGHT_ABOUT, ActionState.UNDONE, null, new Attempt(at, ActionState.UNDONE.word(), why));
    }

    /** What a signal gives back of what was taken for the same reason, by the same word. */
    void recover(Recovery recovery, String by, Instant at) {
        List<String> found = sql.sql("""
                        SELECT action_id FROM containment
                        WHERE subject_key IN (:subjects) AND aspect = :aspect AND iss IN (:issuers)
                          AND caused_at <= :caused AND lifted_at IS NULL""")
                .param("subjects", List.of(recovery.subjectKey()))
                .param("aspect", recovery.aspect())
                .param("issuers", recovery.issuers())
                .param("caused", recovery.occurredAt().toEpochMilli())
                .query(String.class)
                .list();
        for (String id : found) {
            boolean ignored = lift(id, by, at);
        }
    }
}
