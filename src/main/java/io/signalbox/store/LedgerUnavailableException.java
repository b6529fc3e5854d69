package io.signalbox.store;

/** The ledger cannot be read or written now: ours to mend, nobody else's fault. Nothing was recorded. */
public final class LedgerUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LedgerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
