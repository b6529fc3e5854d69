package io.signalbox.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was last seen of the users at SCIM servers that are watched: what they are compared with, on whichever node.
 *
 * <p>Each method throws {@link LedgerUnavailableException} if the ledger cannot be asked.
 */
public interface ScimImages {

    /**
     * One user as last seen.
     *
     * @param version how many changes of it were told
     * @param modified when it was modified by the server's word; absent if it does not say
     * @param listing the listing of all users in which it was last seen
     * @param digests attribute to a digest of its value
     */
    record Image(String id, long version, @Nullable String modified, long listing, Map<String, String> digests) {}

    /**
     * How far the watching of a source is.
     *
     * @param modified the latest time of modification that was seen, as the server wrote it; absent if none
     * @param listing number of the last listing of all users that came to its end
     * @param listedAt when that listing began
     */
    record Progress(@Nullable String modified, long listing, Instant listedAt) {}

    /** Of these users those that are known, by id. */
    Map<String, Image> find(String source, Collection<String> ids);

    /** Keeps these, in the place of what was known of the same users. */
    void keep(String source, Collection<Image> images);

    /** Forgets a user. */
    void forget(String source, String id);

    /**
     * Users that were not seen in this listing or a later one, in the order of their ids.
     *
     * @param after the last id of the page before; empty for the first page
     */
    List<Image> unseen(String source, long listing, String after, int limit);

    /** Empty before the first listing came to its end. */
    Optional<Progress> progress(String source);

    /** Notes how far it is. */
    void note(String source, Progress progress);
}
