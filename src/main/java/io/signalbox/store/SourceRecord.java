package io.signalbox.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a source of SETs stands, by the word of all nodes.
 *
 * @param name the source's; it need not be configured any more
 * @param taken SETs that were taken from it, repeated ones included
 * @param takenAt when the last of them came; absent if none did
 * @param lag how long that one had been issued when it came
 * @param refusals code of RFC 8935 to what was refused with it
 * @param poll how its polls go; absent if it was never polled
 * @param stream how its stream stands at the transmitter; absent if it is not kept there by us, or nobody asked yet
 */
public record SourceRecord(
        String name,
        long taken,
        @Nullable Instant takenAt,
        @Nullable Duration lag,
        Map<String, Refusals> refusals,
        @Nullable Poll poll,
        @Nullable Stream stream) {

    /** Of a source whose stream nothing is said about. */
    public SourceRecord(
            String name,
            long taken,
            @Nullable Instant takenAt,
            @Nullable Duration lag,
            Map<String, Refusals> refusals,
            @Nullable Poll poll) {
        this(name, taken, takenAt, lag, refusals, poll, null);
    }

    /**
     * SETs that were refused for one reason.
     *
     * @param count how many
     * @param lastAt when the last of them came
     */
    public record Refusals(long count, Instant lastAt) {}

    /**
     * How the polls of a source go.
     *
     * @param node which node polls, or did last
     * @param fence of the lease under which it does
     * @param state its word for it
     * @param since when it came into this state
     * @param fault what is wrong; absent if nothing
     * @param polledAt when the last poll was answered; absent if none ever was
     */
    public record Poll(
            String node,
            long fence,
            String state,
            Instant since,
            @Nullable String fault,
            @Nullable Instant polledAt) {}

    /**
     * How a stream stands that is kept at its transmitter.
     *
     * @param id the transmitter's name for it; absent as long as none was found
     * @param status the transmitter's word for it; absent if it does not say
     * @param checkedAt when that was learned
     * @param fault why SETs may be lost; absent if the last verification came
     * @param verifiedAt when the last verification came that did; absent if none has
     * @param roundTrip how long that one took, from our asking until its SET was here
     */
    public record Stream(
            @Nullable String id,
            @Nullable String status,
            Instant checkedAt,
            @Nullable String fault,
            @Nullable Instant verifiedAt,
            @Nullable Duration roundTrip) {}
}
