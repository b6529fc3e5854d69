package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.event.Signal;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import io.signalbox.store.Erasures;
import io.signalbox.store.jdbc.RecordedContent.ActionContent;
import io.signalbox.store.jdbc.RecordedContent.AttemptContent;
import io.signalbox.store.jdbc.RecordedContent.DecisionContent;
import io.signalbox.store.jdbc.RecordedContent.ErasureContent;
import io.signalbox.store.jdbc.RecordedContent.ErasureContent.Row;
import io.signalbox.store.jdbc.RecordedContent.SignalContent;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * {@link Erasures}, a batch of signals at a time, so that nobody's write waits for long. A row that is erased keeps its entry
 * in the chain; the batch is an entry of its own, and vouches for what the row says since.
 */
final class ErasureRows implements Erasures {

    /** Stands for what a target said, and for why an action was discarded. */
    static final String GONE = "Erased with its subject";

    private static final int BATCH = 100;
    private static final String OF_SUBJECT = """
            (SELECT id FROM signal WHERE subject_key = :key
             UNION SELECT signal_id FROM mention WHERE subject_key = :key)""";
    private static final Set<String> OPEN = words(false);

    private final GroupCommit writer;
    private final StorageFailures failures;
    private final Chain chain;
    private final Pseudonyms pseudonyms;
    private final JdbcClient reads;
    private final JdbcOperations batches;
    private final JdbcClient sql;
    private final RecordedRows rows;
    private final ActionRows actionRows;
    private final ErasedTraces traces;

    ErasureRows(
            LedgerDatabase database, GroupCommit writer, Chain chain, StorageFailures failures, Pseudonyms pseudonyms) {
        this.writer = writer;
        this.failures = failures;
        this.chain = chain;
        this.pseudonyms = pseudonyms;
        this.reads = database.reads();
        this.batches = database.writesInBatches();
        this.sql = JdbcClient.create(batches);
        this.rows = new RecordedRows(sql);
        this.actionRows = new ActionRows(sql, chain);
        this.traces = new ErasedTraces(sql);
    }

    private static Set<String> words(boolean ended) {
        Set<String> words = new TreeSet<>();
        Arrays.stream(ActionState.values())
                .filter(state -> state.ended() == ended)
                .forEach(state -> words.add(state.word()));
        return words;
    }

    /** What one or several batches came to. */
    private record Tally(long signals, long actions, long attempts, long postures, String last) {
        Tally and(Tally more) {
            return new Tally(
                    signals + more.signals,
                    actions + more.actions,
                    attempts + more.attempts,
                    postures + more.postures,
                    more.last);
        }
    }

    @Override
    public Result erase(String subjectKey, boolean force, String by, Instant at) {
        long underway = failures.reading(() -> underway(subjectKey));
        if (underway > 0 && !force) {
            return new Result.Underway(underway);
        }
        String pseudonym = pseudonyms.of(subjectKey);
        Tally all = new Tally(0, 0, 0, 0, "");
        List<String> batch = failures.reading(() -> batch(subjectKey, ""));
        while (!batch.isEmpty()) {
            List<String> ids = batch;
            all = all.and(writer.write(() -> take(ids, subjectKey, pseudonym, force, by, at)));
            String last = all.last();
            batch = failures.reading(() -> batch(subjectKey, last));
        }
        // Last: what a signal that came meanwhile left known is told again by the next call.
        int known = writer.write(() -> {
            traces.endSimulations(subjectKey);
            return sql.sql("DELETE FROM posture WHERE subject_key = ?")
                    .param(subjectKey)
                    .update();
        });
        long left = failures.reading(() -> underway(subjectKey));
        if (left > 0) {
            return new Result.Underway(left);
        }
        long postures = all.postures() + known;
        return all.signals() == 0 && postures == 0
                ? new Result.Unknown()
                : new Result.Erased(pseudonym, all.signals(), all.actions(), all.attempts(), postures);
    }

    private long underway(String subjectKey) {
        return reads.sql("SELECT count(*) FROM action WHERE state IN (:open) AND signal_id IN " + OF_SUBJECT)
                .param("open", OPEN)
                .param("key", subjectKey)
                .query(Long.class)
                .single();
    }

    private List<String> batch(String subjectKey, String after) {
        return reads.sql(
                        "SELECT id FROM signal WHERE id > :after AND id IN " + OF_SUBJECT + " ORDER BY id LIMIT :limit")
                .param("after", after)
                .param("key", subjectKey)
                .param("limit", BATCH)
                .query(String.class)
                .list();
    }

    /** Belongs to the writer's thread. */
    private Tally take(List<String> ids, String subjectKey, String pseudonym, boolean force, String by, Instant at) {
        String last = ids.get(ids.size() - 1);
        List<String> free = new ArrayList<>(ids);
        free.removeAll(held(ids, force, at));
        if (free.isEmpty()) {
            return new Tally(0, 0, 0, 0, last);
        }
        Map<String, SignalContent> signals = new HashMap<>();
        sql.sql("""
                        SELECT id, iss, jti, txn, subject_key, events, occurred_at, received_at, body
                        FROM signal WHERE id IN (:ids)""")
                .param("ids", free)
                .query(LedgerReader::signalContent)
                .list()
                .forEach(signal -> signals.put(signal.id(), signal));
        int postures = forgetPosture(signals.values(), subjectKey);
        Map<String, DecisionContent> decided = rows.decisions(free);
        List<Row> erased = new ArrayList<>();
        int actions = 0;
        List<String> actionIds = new ArrayList<>();
        for (DecisionContent decision : decided.values()) {
            DecisionContent empty = emptied(decision, pseudonym);
            write(empty);
            actions += decision.actions().size();
            decision.actions().forEach(action -> actionIds.add(action.id()));
            add(erased, RecordedContent.DECISION, empty.signal().id(), decision.digest(), empty.digest());
        }
        for (List<ActionContent> added : rows.added(free).values()) {
            actions += added.size();
            added.forEach(action -> actionIds.add(action.id()));
            write(added.stream().map(ErasureRows::emptied).toList());
        }
        List<AttemptContent> attempts = List.copyOf(rows.attempts(actionIds).values());
        for (AttemptContent attempt : attempts) {
            AttemptContent empty =
                    new AttemptContent(attempt.actionId(), attempt.number(), attempt.at(), attempt.outcome(), GONE);
            int ignored = sql.sql("UPDATE attempt SET detail = ? WHERE action_id = ? AND n = ?")
                    .param(GONE)
                    .param(attempt.actionId())
                    .param(attempt.number())
                    .update();
            add(erased, RecordedContent.ATTEMPT, attempt.id(), attempt.digest(), empty.digest());
        }
        traces.remove(free, actionIds, pseudonym, at);
        int mentions = sql.sql("DELETE FROM mention WHERE signal_id IN (:ids)")
                .param("ids", free)
                .update();
        // What was never decided is in no chain: it may come again, and is new then.
        int parked = sql.sql("""
                        DELETE FROM signal
                        WHERE id IN (:ids) AND NOT EXISTS (SELECT 1 FROM decision WHERE signal_id = signal.id)""").param("ids", free).update();
        if (!erased.isEmpty()) {
            chain(erased, new Tally(decided.size(), actions, attempts.size(), 0, ""), pseudonym, by, at);
        }
        return new Tally(decided.size() + (long) parked, actions, attempts.size(), postures, last);
    }

    /** Discards what would be done yet, or be sent again by itself; gives the signals on which something is left to do. */
    private Set<String> held(List<String> ids, boolean force, Instant at) {
        Set<String> held = new TreeSet<>();
        Set<String> ending = new TreeSet<>(OPEN);
        ending.add(ActionState.UNMATCHED.word());
        ActionRecord.Attempt end =
                new ActionRecord.Attempt(Instant.ofEpochMilli(at.toEpochMilli()), ActionState.DISCARDED.word(), GONE);
        sql.sql("SELECT id, signal_id, state FROM action WHERE signal_id IN (:ids) AND state IN (:ending)")
                .param("ids", ids)
                .param("ending", ending)
                .query((row, number) ->
                        new String[] {row.getString("id"), row.getString("signal_id"), row.getString("state")})
                .list()
                .forEach(action -> {
                    boolean open = OPEN.contains(action[2]);
                    if ((open && !force) || !actionRows.discarded(action[0], end)) {
                        held.add(action[1]);
                    }
                });
        return held;
    }

    /** The subject's, and what is known of it as a device of others. */
    private int forgetPosture(Iterable<SignalContent> signals, String subjectKey) {
        Set<String> itself = new TreeSet<>();
        Set<String> others = new TreeSet<>();
        for (SignalContent content : signals) {
            Signal signal = SignalBody.read(content.body());
            itself.addAll(Mentions.same(signal, subjectKey));
            signal.events().forEach(event -> {
                if (event.subject() != null) {
                    others.add(event.subject().key());
                }
            });
        }
        int forgotten = 0;
        if (!itself.isEmpty()) {
            forgotten += sql.sql("DELETE FROM posture WHERE subject_key IN (:itself)")
                    .param("itself", itself)
                    .update();
        }
        if (!others.isEmpty()) {
            forgotten += sql.sql("DELETE FROM posture WHERE subject_key IN (:others) AND aspect LIKE :part")
                    .param("others", others)
                    .param("part", "%/" + subjectKey)
                    .update();
        }
        return forgotten;
    }

    /** What the rules met was the subject's: it goes, pseudonyms and all. */
    private static DecisionContent emptied(DecisionContent decision, String pseudonym) {
        SignalContent signal = decision.signal();
        return new DecisionContent(
                new SignalContent(
                        signal.id(),
                        signal.iss(),
                        signal.jti(),
                        signal.txn(),
                        pseudonym,
                        signal.events(),
                        signal.occurredAt(),
                        signal.receivedAt(),
                        SignalBody.emptied(signal.body())),
                decision.policyVersion(),
                decision.decidedAt(),
                decision.severity(),
                decision.rules(),
                decision.actions().stream().map(ErasureRows::emptied).toList());
    }

    private static ActionContent emptied(ActionContent content) {
        Action action = Wire.read(content.body(), Action.class);
        Action empty = new Action(
                action.id(),
                action.signalId(),
                action.ordinal(),
                action.kind(),
                action.target(),
                null,
                action.event(),
                action.eventUri(),
                action.severity(),
                Map.of(),
                new Because(action.because().rule(), action.because().policyVersion(), null),
                action.lasts(),
                action.shadow());
        return new ActionContent(content.id(), content.ordinal(), content.kind(), content.target(), Wire.write(empty));
    }

    private void write(DecisionContent empty) {
        int ignored = sql.sql("UPDATE signal SET subject_key = ?, body = ? WHERE id = ?")
                .param(empty.signal().subjectKey())
                .param(empty.signal().body())
                .param(empty.signal().id())
                .update();
        int ignoredFacts = sql.sql("UPDATE decision SET facts = NULL WHERE signal_id = ?")
                .param(empty.signal().id())
                .update();
        write(empty.actions());
    }

    private void write(List<ActionContent> empty) {
        List<Object[]> bodies = new ArrayList<>();
        empty.forEach(action -> bodies.add(new Object[] {action.body(), action.id()}));
        if (!bodies.isEmpty()) {
            int[] ignoredToo =
                    batches.batchUpdate("UPDATE action SET body = ?, subject_key = NULL WHERE id = ?", bodies);
        }
    }

    private static void add(List<Row> erased, String kind, String rowId, String was, String is) {
        // One that was erased for another subject before says nothing more that could go.
        if (!was.equals(is)) {
            erased.add(new Row(kind, rowId, was, is));
        }
    }

    private void chain(List<Row> erased, Tally tally, String pseudonym, String by, Instant at) {
        long id = sql.sql("UPDATE erasures SET last_id = last_id + 1 WHERE id = 1 RETURNING last_id")
                .query(Long.class)
                .single();
        ErasureContent content = new ErasureContent(
                id, at.toEpochMilli(), by, pseudonym, tally.signals(), tally.actions(), tally.attempts(), erased);
        int ignored = sql.sql("""
                        INSERT INTO erasure (id, at, by_whom, pseudonym, signals, actions, attempts)
                        VALUES (?, ?, ?, ?, ?, ?, ?)""")
                .param(content.id())
                .param(content.at())
                .param(by)
                .param(pseudonym)
                .param(content.signals())
                .param(content.actions())
                .param(content.attempts())
                .update();
        List<Object[]> vouched = new ArrayList<>();
        erased.forEach(row -> vouched.add(new Object[] {row.rowId(), id, row.kind(), row.was(), row.is()}));
        int[] ignoredToo = batches.batchUpdate(
                "INSERT INTO erased (row_id, erasure_id, kind, digest_was, digest_is) VALUES (?, ?, ?, ?, ?)", vouched);
        chain.note(RecordedContent.ERASED, content.rowId(), content.digest());
    }
}
