package io.signalbox.store.jdbc;

import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Appends to the chain of hashes what the writer records. Belongs to the writer's thread.
 *
 * <p>The entries of a group are appended at its end, in the order in which they were noted: the head's row is locked for
 * two statements and the commit, not for as long as the group's work takes, and being the last lock that any node takes,
 * it can be part of no deadlock. Nodes that write to one PostgreSQL take turns there.
 *
 * <p>What retention takes out of the chain leaves an {@link Anchor} in its place, and an entry that stands for the anchor.
 * Erasing one subject's data would append an entry that names the rows whose content may no longer match.
 */
final class Chain {

    static final String BEGINNING = "0".repeat(64);

    private final JdbcOperations sql;
    private final List<Noted> noted = new ArrayList<>();

    Chain(JdbcOperations sql) {
        this.sql = sql;
    }

    static String hash(long seq, String kind, String rowId, String digest, String previous) {
        return new ContentDigest()
                .add(seq)
                .add(kind)
                .add(rowId)
                .add(digest)
                .add(previous)
                .hex();
    }

    /** To be appended if the unit of work at hand succeeds. */
    void note(String kind, String rowId, String digest) {
        noted.add(new Noted(kind, rowId, digest));
    }

    int mark() {
        return noted.size();
    }

    /** Forgets what was noted since. */
    void backTo(int mark) {
        noted.subList(mark, noted.size()).clear();
    }

    /** Appends what was noted, in the transaction at hand. */
    void seal() {
        if (noted.isEmpty()) {
            return;
        }
        List<Head> heads = sql.query(
                "UPDATE chain_head SET seq = seq + ? WHERE id = 1 RETURNING seq, hash",
                (row, number) -> new Head(row.getLong("seq"), row.getString("hash")),
                noted.size());
        if (heads.size() != 1) {
            throw new IllegalStateException("The head of the ledger's chain is not there");
        }
        long seq = heads.get(0).seq() - noted.size();
        String previous = heads.get(0).hash();
        List<Object[]> rows = new ArrayList<>(noted.size());
        for (Noted entry : noted) {
            seq++;
            String hash = hash(seq, entry.kind(), entry.rowId(), entry.digest(), previous);
            rows.add(new Object[] {seq, entry.kind(), entry.rowId(), entry.digest(), previous, hash});
            previous = hash;
        }
        int[] ignored = sql.batchUpdate(
                "INSERT INTO chain (seq, kind, row_id, digest, previous, hash) VALUES (?, ?, ?, ?, ?, ?)", rows);
        int ignoredToo = sql.update("UPDATE chain_head SET hash = ? WHERE id = 1", previous);
        noted.clear();
    }

    private record Head(long seq, String hash) {}

    private record Noted(String kind, String rowId, String digest) {}
}
