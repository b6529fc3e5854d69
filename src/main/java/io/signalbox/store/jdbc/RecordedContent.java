package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.wire.Wire;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a chain entry stands for, column by column: as it is written, and as it is read again for an audit. */
final class RecordedContent {

    static final String DECISION = "decision";
    static final String ATTEMPT = "attempt";
    static final String PRUNED = "pruned";
    static final String ERASED = "erased";

    private RecordedContent() {}

    /**
     * Which actions of a decision that was tampered with contradict themselves: an id is a digest of what the action is,
     * and ordinals have no gaps.
     */
    static String suspects(DecisionContent decision) {
        StringBuilder suspects = new StringBuilder();
        int expected = 0;
        for (ActionContent row : decision.actions()) {
            for (; expected < row.ordinal(); expected++) {
                suspects.append("; action ").append(expected).append(" is missing");
            }
            expected = row.ordinal() + 1;
            if (!isItself(row)) {
                suspects.append("; action ").append(row.id()).append(" does not fit its own id");
            }
        }
        return suspects.toString();
    }

    private static boolean isItself(ActionContent row) {
        try {
            Action action = Wire.read(row.body(), Action.class);
            return row.id().equals(action.id())
                    && row.kind().equals(action.kind())
                    && Objects.equals(row.target(), action.target())
                    && row.ordinal() == action.ordinal()
                    && row.id()
                            .equals(Action.idFor(
                                    action.signalId(),
                                    action.because().rule(),
                                    action.ordinal(),
                                    action.kind(),
                                    action.target()));
        } catch (RuntimeException e) {
            // Whatever was done to it, it is no action any more.
            return false;
        }
    }

    /**
     * A signal's columns that never change. What parked it is not among them: it goes away once the signal is decided.
     */
    record SignalContent(
            String id,
            String iss,
            String jti,
            @Nullable String txn,
            @Nullable String subjectKey,
            String events,
            long occurredAt,
            long receivedAt,
            String body) {}

    /** An action as decided. Its state changes; that is told by its attempts. */
    record ActionContent(
            String id, int ordinal, String kind, @Nullable String target, String body) {}

    /**
     * @param actions in the order of their ordinals
     * @param facts what the rules met; absent if it was not kept, and then the digest is the one that it was before
     *     facts were kept at all
     */
    record DecisionContent(
            SignalContent signal,
            String policyVersion,
            long decidedAt,
            String severity,
            String rules,
            List<ActionContent> actions,
            @Nullable String facts) {

        /** One that says nothing of what the rules met. */
        DecisionContent(
                SignalContent signal,
                String policyVersion,
                long decidedAt,
                String severity,
                String rules,
                List<ActionContent> actions) {
            this(signal, policyVersion, decidedAt, severity, rules, actions, null);
        }

        String digest() {
            return ContentDigest.of(values());
        }

        /** What the digest is made of, in its order. */
        List<@Nullable String> values() {
            List<@Nullable String> values = new ArrayList<>();
            values.add(DECISION);
            values.add(signal.id());
            values.add(signal.iss());
            values.add(signal.jti());
            values.add(signal.txn());
            values.add(signal.subjectKey());
            values.add(signal.events());
            values.add(Long.toString(signal.occurredAt()));
            values.add(Long.toString(signal.receivedAt()));
            values.add(signal.body());
            values.add(policyVersion);
            values.add(Long.toString(decidedAt));
            values.add(severity);
            values.add(rules);
            values.add(Integer.toString(actions.size()));
            for (ActionContent action : actions) {
                values.add(action.id());
                values.add(Integer.toString(action.ordinal()));
                values.add(action.kind());
                values.add(action.target());
                values.add(action.body());
            }
            if (facts != null) {
                values.add(facts);
            }
            return values;
        }
    }

    record AttemptContent(String actionId, int number, long at, String outcome, String detail) {

        String id() {
            return actionId + ":" + number;
        }

        String digest() {
            return ContentDigest.of(values());
        }

        /** What the digest is made of, in its order. */
        List<@Nullable String> values() {
            return List.of(ATTEMPT, actionId, Integer.toString(number), Long.toString(at), outcome, detail);
        }
    }

    /**
     * A batch that retention took away.
     *
     * @param cutoff all of it was older, epoch milliseconds
     * @param setting the configuration that asked for it
     * @param signalsInAll of this batch and all before it
     * @param anchors those that it made, one a line; see {@link Anchor#line()}
     */
    record PruningContent(
            long id,
            long at,
            long cutoff,
            String setting,
            long signals,
            long actions,
            long attempts,
            long signalsInAll,
            String anchors) {

        static final String COLUMNS = "id, at, cutoff, setting, signals, actions, attempts, signals_in_all, anchors";

        static PruningContent of(ResultSet row, int number) throws SQLException {
            return new PruningContent(
                    row.getLong("id"),
                    row.getLong("at"),
                    row.getLong("cutoff"),
                    row.getString("setting"),
                    row.getLong("signals"),
                    row.getLong("actions"),
                    row.getLong("attempts"),
                    row.getLong("signals_in_all"),
                    row.getString("anchors"));
        }

        String rowId() {
            return "pruning-" + id;
        }

        String digest() {
            return ContentDigest.of(values());
        }

        /** What the digest is made of, in its order. */
        List<@Nullable String> values() {
            return List.of(
                    PRUNED,
                    Long.toString(id),
                    Long.toString(at),
                    Long.toString(cutoff),
                    setting,
                    Long.toString(signals),
                    Long.toString(actions),
                    Long.toString(attempts),
                    Long.toString(signalsInAll),
                    anchors);
        }
    }

    /**
     * A batch of rows that were erased.
     *
     * @param by the operator
     * @param pseudonym stands for the subject
     * @param rows whose content is another since, in any order
     */
    record ErasureContent(
            long id, long at, String by, String pseudonym, long signals, long actions, long attempts, List<Row> rows) {

        /**
         * One of them.
         *
         * @param kind of its entry in the chain
         * @param was the digest that its entry has
         * @param is the digest since
         */
        record Row(String kind, String rowId, String was, String is) {}

        String rowId() {
            return "erasure-" + id;
        }

        String digest() {
            return ContentDigest.of(values());
        }

        List<@Nullable String> values() {
            List<@Nullable String> values = new ArrayList<>(List.of(
                    ERASED,
                    Long.toString(id),
                    Long.toString(at),
                    by,
                    pseudonym,
                    Long.toString(signals),
                    Long.toString(actions),
                    Long.toString(attempts),
                    Integer.toString(rows.size())));
            // In an order of our own: databases sort texts each in their way.
            rows.stream()
                    .sorted(Comparator.comparing(Row::rowId))
                    .forEach(row -> values.addAll(List.of(row.kind(), row.rowId(), row.was(), row.is())));
            return values;
        }

        /** The rows in a list of values as {@link #values()} gives it; empty if it is none. */
        static List<Row> rows(List<@Nullable String> values) {
            List<Row> rows = new ArrayList<>();
            for (int i = 9; i + 3 < values.size() && ERASED.equals(values.get(0)); i += 4) {
                rows.add(new Row(values.get(i), values.get(i + 1), values.get(i + 2), values.get(i + 3)));
            }
            return rows;
        }
    }
}
