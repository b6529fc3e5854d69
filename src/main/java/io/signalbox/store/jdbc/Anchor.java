package io.signalbox.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in the place of entries that follow one another in the chain and were taken away.
 *
 * @param first place of the first of them
 * @param last place of the last of them
 * @param previous hash of the entry before the first
 * @param hash hash of the last
 */
record Anchor(long first, long last, String previous, String hash) {

    static final String COLUMNS = "first_seq, last_seq, previous, hash";

    static Anchor of(ResultSet row, int number) throws SQLException {
        return new Anchor(
                row.getLong("first_seq"), row.getLong("last_seq"), row.getString("previous"), row.getString("hash"));
    }

    static Anchor instead(ChainEntry entry) {
        return new Anchor(entry.seq(), entry.seq(), entry.previous(), entry.hash());
    }

    /** As few as possible for the same entries. */
    static List<Anchor> joined(List<Anchor> inOrder) {
        List<Anchor> joined = new ArrayList<>();
        for (Anchor anchor : inOrder) {
            int at = joined.size() - 1;
            if (at >= 0 && joined.get(at).last() + 1 == anchor.first()) {
                joined.set(at, joined.get(at).and(anchor));
            } else {
                joined.add(anchor);
            }
        }
        return joined;
    }

    private Anchor and(Anchor next) {
        if (!hash.equals(next.previous)) {
            throw new PruningRefusedException(
                    "entry " + next.first + " of the chain was not made after the one before it");
        }
        return new Anchor(first, next.last, previous, next.hash);
    }

    long entries() {
        return last - first + 1;
    }

    /** As a batch's row lists it. */
    String line() {
        return first + " " + last + " " + previous + " " + hash;
    }

    String places() {
        return first == last ? String.valueOf(first) : first + "-" + last;
    }
}
