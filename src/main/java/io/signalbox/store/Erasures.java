package io.signalbox.store;

import java.time.Instant;

/** Takes out of the ledger what it holds of a subject; that something happened, and what was done, stays. */
public interface Erasures {

    /**
     * Erases the content of all signals that name a subject, of what was decided and done because of them, and how the
     * subject stands. Rows, times, types, rules, states and outcomes stay. What names others beside it goes too, since a
     * signed token cannot be kept in part.
     *
     * @param subjectKey see {@link io.signalbox.set.SubjectIdentifier#key()}
     * @param force whether actions that have not ended are discarded; otherwise nothing is erased while there are any
     * @param by who asked for it; kept for good
     * @throws LedgerUnavailableException if the ledger failed: part may be erased, and the rest is by the same call again
     */
    Result erase(String subjectKey, boolean force, String by, Instant at);

    /** What came of it. */
    sealed interface Result {

        /**
         * Nothing of the subject is left.
         *
         * @param pseudonym stands for the subject from now on, in rows that are about it
         * @param signals whose content is erased
         * @param actions the same
         * @param attempts the same
         * @param postures aspects of how it stood that were deleted
         */
        record Erased(String pseudonym, long signals, long actions, long attempts, long postures) implements Result {}

        /**
         * Nothing was erased, or not all: something is still to be done about the subject.
         *
         * @param actions how many have not ended
         */
        record Underway(long actions) implements Result {}

        /** The ledger knows no such subject. */
        record Unknown() implements Result {}
    }
}
