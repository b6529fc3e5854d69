package io.signalbox.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * One link of the chain.
 *
 * @param seq its place; the first is 1
 * @param rowId whose row it stands for; see {@link RecordedContent}
 * @param digest of that row's content
 * @param previous the hash of the entry before
 * @param hash of all of the above
 */
record ChainEntry(long seq, String kind, String rowId, String digest, String previous, String hash) {

    static final String COLUMNS = "seq, kind, row_id, digest, previous, hash";

    static ChainEntry of(ResultSet row, int number) throws SQLException {
        return new ChainEntry(
                row.getLong("seq"),
                row.getString("kind"),
                row.getString("row_id"),
                row.getString("digest"),
                row.getString("previous"),
                row.getString("hash"));
    }

    /** Whether its hash is that of its content and place. */
    boolean isItself() {
        return hash.equals(Chain.hash(seq, kind, rowId, digest, previous));
    }
}
