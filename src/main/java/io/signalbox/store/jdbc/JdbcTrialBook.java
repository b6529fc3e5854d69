package io.signalbox.store.jdbc;

import io.signalbox.policy.ShadowRun;
import io.signalbox.policy.SimulationState;
import io.signalbox.policy.SimulationState.Stage;
import io.signalbox.store.TrialBook;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link TrialBook} in SQL that SQLite and PostgreSQL share. */
final class JdbcTrialBook implements TrialBook {

    private static final int KEPT_SIMULATIONS = 50;
    private static final int MOST_ROWS = 10_000;

    private final GroupCommit writer;
    private final StorageFailures failures;
    private final JdbcClient reads;
    private final JdbcOperations batches;
    private final JdbcClient writes;

    JdbcTrialBook(LedgerDatabase database, GroupCommit writer, StorageFailures failures) {
        this.writer = writer;
        this.failures = failures;
        this.reads = database.reads();
        this.batches = database.writesInBatches();
        this.writes = JdbcClient.create(batches);
    }

    @Override
    public boolean begin(SimulationState simulation, Instant silentSince) {
        String body = Wire.write(simulation);
        return writer.write(() -> {
            int begun = writes.sql("""
                            INSERT INTO policy_simulation (id, started_at, updated_at, stage, body)
                            SELECT ?, ?, ?, ?, ? WHERE NOT EXISTS (
                              SELECT 1 FROM policy_simulation WHERE stage = ? AND updated_at > ?)""")
                    .param(simulation.id())
                    .param(simulation.startedAt().toEpochMilli())
                    .param(simulation.updatedAt().toEpochMilli())
                    .param(simulation.stage().word())
                    .param(body)
                    .param(Stage.RUNNING.word())
                    .param(silentSince.toEpochMilli())
                    .update();
            int ignored = writes.sql("""
                            DELETE FROM policy_simulation WHERE id NOT IN (
                              SELECT id FROM policy_simulation ORDER BY started_at DESC, id DESC LIMIT ?)""").param(KEPT_SIMULATIONS).update();
            return begun == 1;
        });
    }

    @Override
    public boolean update(SimulationState simulation) {
        String body = Wire.write(simulation);
        return writer.write(() -> writes.sql("""
                                        UPDATE policy_simulation SET updated_at = ?, stage = ?, body = ?
                                        WHERE id = ? AND stage = ?""")
                        .param(simulation.updatedAt().toEpochMilli())
                        .param(simulation.stage().word())
                        .param(body)
                        .param(simulation.id())
                        .param(Stage.RUNNING.word())
                        .update()
                == 1);
    }

    @Override
    public Optional<SimulationState> simulation(String id) {
        return failures.reading(() -> reads.sql("SELECT body FROM policy_simulation WHERE id = ?")
                .param(id)
                .query(String.class)
                .optional()
                .map(body -> Wire.read(body, SimulationState.class)));
    }

    @Override
    public Optional<ShadowRun> shadow() {
        return failures.reading(() -> reads.sql("SELECT version_id, since, author FROM policy_shadow WHERE id = 1")
                .query((row, number) -> new ShadowRun(
                        row.getString("version_id"),
                        Instant.ofEpochMilli(row.getLong("since")),
                        row.getString("author")))
                .optional());
    }

    @Override
    public void shadow(ShadowRun run) {
        boolean ignored = writer.write(() -> writes.sql("""
                        INSERT INTO policy_shadow (id, version_id, since, author) VALUES (1, ?, ?, ?)
                        ON CONFLICT (id) DO UPDATE
                        SET version_id = excluded.version_id, since = excluded.since, author = excluded.author""")
                        .param(run.versionId())
                        .param(run.since().toEpochMilli())
                        .param(run.by())
                        .update()
                == 1);
    }

    @Override
    public boolean endShadow() {
        return writer.write(() -> writes.sql("DELETE FROM policy_shadow").update() == 1);
    }

    @Override
    public void wouldHave(String versionId, List<WouldHave> decisions) {
        List<Object[]> rows = decisions.stream()
                .map(each -> new Object[] {
                    each.signalId(),
                    each.at().toEpochMilli(),
                    each.difference().isNone() ? 0 : 1,
                    Wire.write(each),
                    versionId
                })
                .toList();
        int[] ignored = writer.write(() -> batches.batchUpdate("""
                        INSERT INTO would_have (signal_id, at, changed, body, version_id)
                        SELECT ?, ?, ?, ?, version_id FROM policy_shadow WHERE version_id = ?
                        ON CONFLICT DO NOTHING""", rows));
    }

    @Override
    public List<WouldHave> wouldHave(int limit) {
        return failures.reading(
                () -> reads.sql("""
                        SELECT w.body FROM would_have w JOIN policy_shadow s ON s.version_id = w.version_id
                        WHERE w.at >= s.since ORDER BY w.at DESC, w.signal_id DESC LIMIT ?""").param(Math.max(1, Math.min(limit, MOST_ROWS))).query(String.class).list().stream()
                        .map(body -> Wire.read(body, WouldHave.class))
                        .toList());
    }

    @Override
    public int forgetWouldHave(Instant before, int kept, int limit) {
        return writer.write(() -> {
            long cutoff = writes.sql("SELECT at FROM would_have ORDER BY at DESC, signal_id DESC LIMIT 1 OFFSET ?")
                    .param(kept)
                    .query(Long.class)
                    .optional()
                    .map(last -> Math.max(last + 1, before.toEpochMilli()))
                    .orElse(before.toEpochMilli());
            return writes.sql("""
                            DELETE FROM would_have WHERE (signal_id, version_id) IN (
                              SELECT signal_id, version_id FROM would_have
                              WHERE at < ? OR version_id NOT IN (SELECT version_id FROM policy_shadow)
                              ORDER BY at, signal_id LIMIT ?)""").param(cutoff).param(limit).update();
        });
    }
}
