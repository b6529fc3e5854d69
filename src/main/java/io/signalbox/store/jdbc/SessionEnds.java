package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Grounds;
import io.signalbox.store.ActionRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Folds a logout token and a SET that tell of the same end of a session into one round of actions, whichever comes first.
 * Works in the transaction that records a decision, so that two nodes that hear of it at once do not both act.
 *
 * <p>A logout token says no more than that the session ended: after anything that said so it asks for nothing. A SET says
 * more, such as who ended it, so policy may ask for more; after a logout token it is spared only what was asked for already.
 */
final class SessionEnds {

    /** Begins what stands in the decision in the place of a rule. */
    static final String TOLD = "Told already by ";

    /** No issuer names a second session as it named the first, and none tells of one a day late. */
    private static final Duration KEPT = Duration.ofDays(1);

    /** Whoever loses all sessions may have logged in again since: only what happened at the same time is the same. */
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    private static final Duration BETWEEN_CLEARINGS = Duration.ofMinutes(1);

    private final JdbcClient sql;
    private final LedgerReader reader;
    /** The one writer alone reads and sets it. */
    private Instant cleared = Instant.EPOCH;

    SessionEnds(JdbcClient sql, LedgerReader reader) {
        this.sql = sql;
        this.reader = reader;
    }

    private record Row(String signalId, boolean setMayCome, long occurredAt, long decidedAt) {}

    /** The decision, without what was asked for already; the same if nobody told of it before. */
    Decision folded(SessionEnd end, Decision decision) {
        long now = decision.decidedAt().toEpochMilli();
        clear(decision.decidedAt());
        if (end.session() != null && end.user() != null) {
            Row all = row(end.iss(), end.user());
            if (all != null && isLately(all, now) && tellsTheSame(end, all) && isAtOnce(end, all)) {
                return folded(end, decision, all.signalId());
            }
        }
        Row row = claimed(end, now);
        if (row == null || row.signalId().equals(end.signalId())) {
            return decision;
        }
        if (isLately(row, now) && tellsTheSame(end, row) && (end.session() != null || isAtOnce(end, row))) {
            return folded(end, decision, row.signalId());
        }
        replace(end, now);
        return decision;
    }

    private static boolean isLately(Row row, long now) {
        return row.decidedAt() >= now - KEPT.toMillis();
    }

    private static boolean tellsTheSame(SessionEnd end, Row row) {
        return end.logoutToken() || row.setMayCome();
    }

    private static boolean isAtOnce(SessionEnd end, Row row) {
        return Math.abs(end.occurredAt() - row.occurredAt()) <= AT_ONCE.toMillis();
    }

    private Decision folded(SessionEnd end, Decision decision, String first) {
        if (end.logoutToken()) {
            return nothingDone(decision, first);
        }
        int ignored = sql.sql("UPDATE session_end SET set_may_come = 0 WHERE iss = ? AND signal_id = ?")
                .param(end.iss())
                .param(first)
                .update();
        List<Action> rest = rest(decision.actions(), first);
        if (rest.isEmpty()) {
            return nothingDone(decision, first);
        }
        List<String> rules = new ArrayList<>(decision.rules());
        rules.add(TOLD + first + ": what that led to is not done again");
        return told(decision, List.copyOf(rules), rest, decision.grounds());
    }

    private static Decision nothingDone(Decision decision, String first) {
        return told(decision, List.of(TOLD + first + ": recorded, nothing done"), List.of(), List.of());
    }

    private static Decision told(Decision decision, List<String> rules, List<Action> actions, List<Grounds> grounds) {
        return new Decision(
                decision.signalId(),
                decision.policyVersion(),
                decision.decidedAt(),
                decision.severity(),
                rules,
                actions,
                grounds);
    }

    /** What the first round did not ask for, numbered anew: ordinals have no gaps. */
    private List<Action> rest(List<Action> asked, String first) {
        List<Action> before =
                reader.actionsOf(first).stream().map(ActionRecord::action).toList();
        List<Action> rest = new ArrayList<>();
        for (Action action : asked) {
            if (before.stream().noneMatch(earlier -> isTheSame(earlier, action))) {
                rest.add(numbered(action, rest.size()));
            }
        }
        return List.copyOf(rest);
    }

    private static boolean isTheSame(Action earlier, Action action) {
        return earlier.kind().equals(action.kind())
                && Objects.equals(earlier.target(), action.target())
                && earlier.parameters().equals(action.parameters())
                && Objects.equals(earlier.lasts(), action.lasts())
                && earlier.shadow() == action.shadow();
    }

    private static Action numbered(Action action, int ordinal) {
        return new Action(
                Action.idFor(action.signalId(), action.because().rule(), ordinal, action.kind(), action.target()),
                action.signalId(),
                ordinal,
                action.kind(),
                action.target(),
                action.subject(),
                action.event(),
                action.eventUri(),
                action.severity(),
                action.parameters(),
                action.because(),
                action.lasts(),
                action.shadow());
    }

    /**
     * Who told of it: this signal, or one before. On PostgreSQL it waits for a node that is telling the same.
     *
     * @return absent if this signal was decided before
     */
    private @Nullable Row claimed(SessionEnd end, long now) {
        return sql.sql("""
                        INSERT INTO session_end (iss, fingerprint, signal_id, set_may_come, occurred_at, decided_at)
                        SELECT ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM decision WHERE signal_id = ?)
                        ON CONFLICT (iss, fingerprint) DO UPDATE SET decided_at = session_end.decided_at
                        RETURNING signal_id, set_may_come, occurred_at, decided_at""")
                .param(end.iss())
                .param(end.fingerprint())
                .param(end.signalId())
                .param(end.logoutToken() ? 1 : 0)
                .param(end.occurredAt())
                .param(now)
                .param(end.signalId())
                .query(SessionEnds::row)
                .optional()
                .orElse(null);
    }

    private void replace(SessionEnd end, long now) {
        int ignored = sql.sql("""
                        UPDATE session_end SET signal_id = ?, set_may_come = ?, occurred_at = ?, decided_at = ?
                        WHERE iss = ? AND fingerprint = ?""")
                .param(end.signalId())
                .param(end.logoutToken() ? 1 : 0)
                .param(end.occurredAt())
                .param(now)
                .param(end.iss())
                .param(end.fingerprint())
                .update();
    }

    private @Nullable Row row(String iss, String fingerprint) {
        return sql.sql("""
                        SELECT signal_id, set_may_come, occurred_at, decided_at FROM session_end
                        WHERE iss = ? AND fingerprint = ?""")
                .param(iss)
                .param(fingerprint)
                .query(SessionEnds::row)
                .optional()
                .orElse(null);
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getString("signal_id"),
                row.getInt("set_may_come") == 1,
                row.getLong("occurred_at"),
                row.getLong("decided_at"));
    }

    private void clear(Instant now) {
        if (now.isBefore(cleared.plus(BETWEEN_CLEARINGS))) {
            return;
        }
        cleared = now;
        int ignored = sql.sql("DELETE FROM session_end WHERE decided_at < ?")
                .param(now.minus(KEPT).toEpochMilli())
                .update();
    }
}
