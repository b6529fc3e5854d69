package io.signalbox.store.jdbc;

import io.signalbox.policy.SimulationState;
import io.signalbox.policy.SimulationState.Stage;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What is left of a subject beside the recorded rows, and in no chain: SETs for receivers, containments, what our own
 * actions brought about, what a policy in shadow would have done. Belongs to the writer's thread.
 */
final class ErasedTraces {

    private final JdbcClient sql;

    ErasedTraces(JdbcClient sql) {
        this.sql = sql;
    }

    /**
     * Simulations show whose signals would be decided otherwise. One that runs has seen the subject, or may yet: its
     * result is not taken any more.
     */
    void endSimulations(String subjectKey) {
        for (SimulationState simulation : sql
                .sql("SELECT body FROM policy_simulation WHERE stage = ? OR body LIKE ?")
                .param(Stage.RUNNING.word())
                .param("%" + subjectKey + "%")
                .query(String.class)
                .list()
                .stream()
                .map(body -> Wire.read(body, SimulationState.class))
                .toList()) {
            SimulationState ended = new SimulationState(
                    simulation.id(),
                    simulation.versionId(),
                    simulation.against(),
                    simulation.by(),
                    simulation.startedAt(),
                    simulation.updatedAt(),
                    Stage.FAILED,
                    simulation.seen(),
                    simulation.of(),
                    null,
                    "A subject was erased meanwhile; simulate again");
            int ignored = sql.sql("UPDATE policy_simulation SET stage = ?, body = ? WHERE id = ?")
                    .param(Stage.FAILED.word())
                    .param(Wire.write(ended))
                    .param(simulation.id())
                    .update();
        }
    }

    /**
     * SETs that wait for their receivers go as well: what they say was promised to nobody yet. A containment stays in
     * the count of those that are, under the pseudonym; whom it is about is not known any more, so it is not taken back.
     */
    void remove(Collection<String> signalIds, Collection<String> actionIds, String pseudonym, Instant at) {
        int sets = sql.sql("DELETE FROM outbound WHERE signal_id IN (:ids)")
                .param("ids", signalIds)
                .update();
        int trials = sql.sql("DELETE FROM would_have WHERE signal_id IN (:ids)")
                .param("ids", signalIds)
                .update();
        if (actionIds.isEmpty()) {
            return;
        }
        int contained = sql.sql("""
                        UPDATE containment
                        SET subject_key = :pseudonym, place = 'erased/' || action_id, until_at = NULL,
                            lifted_at = COALESCE(lifted_at, :at), lifted_by = COALESCE(lifted_by, 'erasure'),
                            released_at = COALESCE(released_at, :at)
                        WHERE action_id IN (:ids)""")
                .param("pseudonym", pseudonym)
                .param("at", at.toEpochMilli())
                .param("ids", actionIds)
                .update();
        int effects = sql.sql("DELETE FROM own_effect WHERE action_id IN (:ids)")
                .param("ids", actionIds)
                .update();
        int questions = sql.sql("DELETE FROM approval WHERE action_id IN (:ids)")
                .param("ids", actionIds)
                .update();
    }
}
