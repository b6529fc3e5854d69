package io.signalbox.ingest.poll;

import java.time.Duration;

/** A source that one node at a time attends to, turn by turn. */
interface Attended {

    /**
     * One turn.
     *
     * @return how long to wait until the next
     */
    Duration turn();

    /** There will be no other turn, and others wait for us to end: the last word to the other side. */
    void say();

    /** Whether it waits for the other side's answer. */
    boolean isWaiting();

    /** There will be no other turn. */
    void end();

    SourceLease lease();

    String name();
}
