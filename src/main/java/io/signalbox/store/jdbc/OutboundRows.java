package io.signalbox.store.jdbc;

import io.signalbox.store.OutboundSet;
import io.signalbox.store.OutboundSet.Urgency;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes SETs into the outbox within a unit of the one writer, and says afterwards for whom there is something. */
final class OutboundRows {

    private final JdbcClient writes;
    private final JdbcOperations batches;
    private final List<Consumer<Collection<String>>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> changeListeners = new CopyOnWriteArrayList<>();

    OutboundRows(LedgerDatabase database) {
        this.batches = database.writesInBatches();
        this.writes = JdbcClient.create(batches);
    }

    void onArrival(Consumer<Collection<String>> listener) {
        listeners.add(listener);
    }

    /** To be called once the unit is committed. */
    void tell(Collection<OutboundSet> sets) {
        if (!sets.isEmpty()) {
            Set<String> streams = new LinkedHashSet<>();
            sets.forEach(set -> streams.add(set.streamId()));
            listeners.forEach(listener -> listener.accept(streams));
        }
    }

    void onChange(Consumer<String> listener) {
        changeListeners.add(listener);
    }

    /** The stream stands otherwise than before; there may be something for it, or nothing any more. */
    void tellChange(String streamId) {
        changeListeners.forEach(listener -> listener.accept(streamId));
        tell(streamId);
    }

    /** The same for one stream. */
    void tell(String streamId) {
        listeners.forEach(listener -> listener.accept(Set.of(streamId)));
    }

    /**
     * A stream that takes nothing now is told by its own row, in this transaction: whoever made the SETs may have seen it as
     * it was before.
     *
     * @return those that were written
     */
    List<OutboundSet> insert(List<OutboundSet> sets) {
        if (sets.isEmpty()) {
            return List.of();
        }
        long seq = numbers(sets.size());
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (OutboundSet set : sets) {
            rows.add(new @Nullable Object[] {
                seq++,
                set.jti(),
                set.signalId(),
                set.event(),
                set.txn(),
                set.urgency().ordinal(),
                set.createdAt().toEpochMilli(),
                set.claims(),
                set.streamId(),
                set.urgency() == Urgency.ANNOUNCEMENT ? "" : "disabled"
            });
        }
        // In one go: over a network, each statement of its own would be a round trip.
        int[] written = batches.batchUpdate("""
                INSERT INTO outbound (seq, stream_id, jti, signal_id, event, txn, priority, created_at, claims, state, attempts)
                SELECT ?, s.id, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0 FROM outbound_stream s
                WHERE s.id = ? AND s.status <> ?
                ON CONFLICT DO NOTHING""", rows);
        List<OutboundSet> kept = new ArrayList<>();
        for (int i = 0; i < written.length; i++) {
            if (written[i] != 0) {
                kept.add(sets.get(i));
            }
        }
        return kept;
    }

    /** The first of so many numbers. Other nodes wait for the commit, so that numbers follow the order of commits. */
    private long numbers(int count) {
        long last = writes.sql("UPDATE outbound_counter SET last = last + ? WHERE name = 'seq' RETURNING last")
                .param(count)
                .query(Long.class)
                .single();
        return last - count + 1;
    }
}
