package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.store.ActionRecord.Attempt;
import io.signalbox.store.ActionState;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Actions that tell of what was found after their decision was recorded. The chain proves what was decided, so they are no
 * part of that: the first line of their own story proves them. Belongs to the writer's thread.
 */
final class AddedNotices {

    private final JdbcClient sql;
    private final ActionRows actions;

    AddedNotices(JdbcClient sql, ActionRows actions) {
        this.sql = sql;
        this.actions = actions;
    }

    /** They are due at once, and go the way of any other. */
    void tell(List<Action> notices, Instant at) {
        for (Action notice : notices) {
            int inserted = sql.sql("""
                            INSERT INTO action (id, signal_id, ordinal, kind, target, state, tries, attempts,
                                                next_attempt_at, updated_at, body, added)
                            VALUES (?, ?, ?, ?, ?, ?, 0, 1, ?, ?, ?, 1)
                            ON CONFLICT DO NOTHING""")
                    .param(notice.id())
                    .param(notice.signalId())
                    .param(notice.ordinal())
                    .param(notice.kind())
                    .param(notice.target())
                    .param(ActionState.RETRYING.word())
                    .param(at.toEpochMilli())
                    .param(at.toEpochMilli())
                    .param(Wire.write(notice))
                    .update();
            if (inserted == 1) {
                actions.ruled(
                        notice.id(),
                        new Attempt(
                                at,
                                "added",
                                notice.kind() + " at " + notice.target() + ": "
                                        + notice.parameters().get("title")));
            }
        }
    }
}
