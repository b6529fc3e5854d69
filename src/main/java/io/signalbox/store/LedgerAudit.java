package io.signalbox.store;

/** Proves that the ledger still says what was once recorded. */
public interface LedgerAudit {

    /**
     * Walks the whole chain of hashes and the rows it stands for. Reads only, and may run beside a gateway that writes:
     * what is recorded meanwhile may or may not be looked at.
     *
     * @throws LedgerUnavailableException if the ledger cannot be read
     */
    LedgerProof verify();
}
