package io.signalbox.store;

import io.signalbox.store.OutboundStream.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The book of the streams that we keep for receivers, all nodes' together. A method that throws
 * {@link LedgerUnavailableException} has written nothing, and may be called again.
 */
public interface StreamBook {

    /**
     * Makes a stream, unless its client has as many as it may.
     *
     * @param most how many streams one client may have
     * @return whether it was made
     */
    boolean add(OutboundStream stream, int most);

    Optional<OutboundStream> find(String id);

    /** A client's, the oldest first. */
    List<OutboundStream> of(String client);

    /** All of them, the oldest first. Streams change rarely; asking costs one small read while none did. */
    List<OutboundStream> all();

    /**
     * Replaces what a receiver configures: delivery, requested events, description. What waits goes the new way.
     *
     * @return false if the stream changed meanwhile, or is gone
     */
    boolean configure(OutboundStream before, OutboundStream after);

    /**
     * Says whether SETs go out. To disable drops what waits (T-43).
     *
     * @param announcement told to the receiver in the same transaction; absent if it asked for the change itself (T-44)
     * @return the stream as it stands now; empty if it is gone
     */
    Optional<OutboundStream> turn(
            String id, Status status, @Nullable String reason, Instant at, @Nullable OutboundSet announcement);

    /** Ends a stream; what waits and what is known of its subjects goes with it (T-37). */
    boolean remove(String id);

    /**
     * Takes down that a verification was asked for, and with it the SET that answers, unless the last one was less than
     * the interval ago. The stream's receiver is there, so that it rests no longer.
     *
     * @return empty if it was taken; else how long to wait
     */
    Optional<Duration> verify(OutboundSet verification, Duration interval, Instant now);

    /** Is told the id of each stream that this node configured, turned or ended, once that is committed. */
    void onChange(Consumer<String> listener);

    /** Takes down that the receiver was heard of. */
    void heard(String id, Instant at);

    /** Takes down that a subject was added or taken away; the last word counts. */
    void put(OutboundSubject subject);

    /**
     * What receivers said of a subject: what stands under one of these fingerprints, and all that matches by its members.
     *
     * @param fingerprints of the subject and its parts
     */
    List<OutboundSubject> subjects(Collection<String> fingerprints);
}
