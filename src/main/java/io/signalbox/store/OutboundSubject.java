package io.signalbox.store;

import io.signalbox.set.SubjectIdentifier;
import java.time.Instant;

/**
 * A subject that a receiver added to its stream, or took away.
 *
 * @param streamId the stream
 * @param subject whom it named
 * @param added whether it was added; else it was taken away
 * @param effectiveAt from when on that counts
 */
public record OutboundSubject(String streamId, SubjectIdentifier subject, boolean added, Instant effectiveAt) {

    /** Subjects belong in no log. */
    @Override
    public String toString() {
        return "OutboundSubject[" + streamId + "]";
    }
}
