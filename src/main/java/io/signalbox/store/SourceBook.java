package io.signalbox.store;

import java.util.List;
import java.util.Map;

/**
 * The book of how sources of SETs stand, kept by all nodes together. A method that throws
 * {@link LedgerUnavailableException} has written nothing, and may be called again.
 */
public interface SourceBook {

    /**
     * Adds to what was taken and refused, and says how the polls go. Of a poll, what another node said under a later
     * lease stands; of a stream, the last verification that came stands until the next one does.
     *
     * @param news source name to what is new: counts are added, times are the latest
     */
    void add(Map<String, SourceRecord> news);

    /** By name. */
    List<SourceRecord> all();
}
