package io.signalbox.store;

import io.signalbox.event.Posture;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What lies before the streams that we keep, until their receivers have it. A method that returns has committed, durably;
 * one that throws {@link LedgerUnavailableException} has written nothing, and may be called again.
 */
public interface Outbox {

    /**
     * Writes SETs down, in this order. One whose stream is disabled or gone is passed over, and so is one that the stream
     * has had already.
     *
     * @param subjectKey subject that the SETs are about
     * @param known how it stands from now on by our own word; absent if they say nothing of that
     * @return the SETs that were written
     */
    List<OutboundSet> add(List<OutboundSet> sets, @Nullable String subjectKey, Posture.@Nullable Known known);

    /** Is told the streams for which something was just written, on the thread of whoever wrote it. */
    void onArrival(Consumer<Collection<String>> listener);

    /** Streams with something to be pushed now. */
    List<OutboundStream> toPush(Instant now);

    /** Which of these streams have something that can be handed out now. */
    List<String> ready(Collection<String> streamIds, Instant now);

    /** What waits on a stream and may go out as the stream stands, the urgent first, the oldest first. */
    List<QueuedSet> next(String streamId, Instant now, int limit);

    /**
     * Takes down that SETs were handed to whoever polls; each is shown again after a time.
     *
     * @param compacts seq to the SET as it was signed
     */
    void handedOut(Map<Long, String> compacts, Instant shownAgainAt);

    /** Takes down what receivers said, in one transaction. */
    void settle(String streamId, Collection<Receipt> receipts, Instant at);

    /**
     * Takes down that a push was not settled.
     *
     * @param compact as it was sent
     * @param restUntil until when nothing is pushed on the stream
     * @param passedOver whether others may overtake this SET until then
     */
    void failed(QueuedSet set, String compact, String code, String cause, Instant restUntil, boolean passedOver);

    /**
     * Puts SETs that a stream has had back in their order: from a time on, or one. Only what retention has not taken away.
     *
     * @return how many
     */
    int replay(String streamId, @Nullable Instant from, @Nullable String jti);

    /** What became of the SETs of a stream, the last first. */
    Page<QueuedSet> sets(String streamId, @Nullable String state, @Nullable String after, int limit);

    Optional<QueuedSet> set(String streamId, String jti);

    /** How many SETs wait, by stream. */
    Map<String, Backlog> backlog();

    /**
     * Parks what has waited longer than is kept, and takes away what was settled long ago.
     *
     * @return streams of which something was parked
     */
    List<String> age(Instant waitingSince, Instant settledBefore, Instant now);

    /**
     * What waits on a stream.
     *
     * @param waiting SETs
     * @param oldest when the oldest was made
     */
    record Backlog(long waiting, Instant oldest) {}

    /**
     * What a receiver said of a SET.
     *
     * @param jti the SET
     * @param compact as it was sent; absent if the outbox has it
     * @param code absent if it has it; else why it would not, a word of RFC 8935, or a status
     * @param cause the same in a sentence
     */
    record Receipt(
            String jti,
            @Nullable String compact,
            @Nullable String code,
            @Nullable String cause) {}
}
