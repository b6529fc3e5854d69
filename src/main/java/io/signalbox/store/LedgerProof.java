package io.signalbox.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an audit of the ledger found. The chain shows every change by somebody who cannot make it anew from the changed
 * row to its end; against one who can, compare {@link Checked#head()} with a copy of it that was kept elsewhere.
 */
public sealed interface LedgerProof {

    /** What was looked at. */
    Checked checked();

    /** Every row is as it was recorded, and none is missing or was added. */
    record Whole(Checked checked) implements LedgerProof {}

    /**
     * @param findings the first of them, in the order of the chain, then rows that are in no chain
     * @param total how many there are; may be more than are listed
     */
    record Broken(Checked checked, List<Finding> findings, long total) implements LedgerProof {}

    /**
     * @param entries entries of the chain
     * @param decisions decisions whose rows were compared
     * @param actions actions of those decisions
     * @param attempts attempts whose rows were compared
     * @param sequence the last entry that was to be looked at; 0 if the chain has none
     * @param head that entry's hash, hexadecimal
     * @param pruned what retention took away, by the word of the chain itself
     * @param erased what was erased on request, by the word of the chain itself
     */
    record Checked(
            long entries,
            long decisions,
            long actions,
            long attempts,
            long sequence,
            String head,
            Pruned pruned,
            Erased erased) {}

    /**
     * @param erasures entries that say that something was erased
     * @param rows decisions and attempts whose content was erased; they are what their erasure says they are since
     */
    record Erased(long erasures, long rows) {

        public static final Erased NOTHING = new Erased(0, 0);
    }

    /**
     * @param signals signals that were taken away with everything that belonged to them
     * @param entries entries of the chain in whose places anchors stand
     * @param lastAt when it last happened; absent if it never did
     */
    record Pruned(long signals, long entries, @Nullable Instant lastAt) {

        public static final Pruned NOTHING = new Pruned(0, 0, null);
    }

    /**
     * @param sequence the place in the chain; 0 for a row that is in no chain
     * @param kind {@code decision}, {@code attempt}, {@code action},
     *     {@code pruned} (a batch that was taken away), {@code erased} (a batch whose content was), {@code anchor} (what
     *     stands in its place), {@code policy} (a version that was published), {@code activation} (of a version) or
     *     {@code chain}
     * @param id whose row: the signal's for a decision; the action's, a colon and a number for an attempt;
     *     the places for an anchor
     */
    record Finding(long sequence, String kind, String id, Problem problem, String detail) {}

    /** What is wrong with a row. */
    enum Problem {
        ALTERED,
        DELETED,
        REORDERED,
        INSERTED
    }
}
