package io.signalbox.store;

import java.util.function.Consumer;

/** Gives the ledger's chain with all that it stands for to an auditor, who proves it without the ledger. */
public interface LedgerExport {

    /**
     * Writes the ledger as it is at one moment: one JSON object a line, each an entry of the chain with the content that
     * its digest is made of, or a gap that retention left; the last is the chain's head.
     *
     * @return how many entries
     * @throws LedgerUnavailableException if the ledger cannot be read
     */
    long write(Consumer<String> lines);
}
