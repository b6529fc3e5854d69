package io.signalbox.ingest.poll;

import io.signalbox.set.RawSet;
import io.signalbox.set.Verdict;

/** The way of a fetched SET into the flow: the same that a pushed one goes. */
interface Intake {

    /** Whether it is a SET, by whom, and for us. */
    Verdict verify(RawSet set);

    /**
     * Keeps it durably: once this returns, no crash loses it.
     *
     * @throws RuntimeException if it was not kept, which is our fault and never its transmitter's
     */
    void keep(Verdict.Accepted accepted);
}
