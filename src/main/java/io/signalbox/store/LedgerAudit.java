package io.signalbox.store;

/** Proves that the ledger still says what was once recorded. */
public interface LedgerAudit {

    /** As {@link #verify(Progress)}, and nobody watches. */
    default LedgerProof verify() {
        return verify((entries, of) -> {});
    }

    /**
     * Walks the whole chain of hashes and the rows it stands for, page by page: memory does not grow with the ledger. It
     * reads only, may run beside a gateway that writes, and looks at the ledger as it was when it began.
     *
     * @param progress told after each page
     * @throws LedgerUnavailableException if the ledger cannot be read
     */
    LedgerProof verify(Progress progress);

    /** Hears how far an audit has come. */
    interface Progress {

        /**
         * @param entries entries of the chain that were looked at
         * @param of how many there are to look at
         */
        void walked(long entries, long of);
    }
}
