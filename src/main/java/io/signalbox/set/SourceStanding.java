package io.signalbox.set;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a configured source of SETs stands.
 *
 * @param name the source's
 * @param delivery {@code push} or {@code poll}
 * @param transmitter the issuer of its SETs
 * @param mustBeUp whether health depends on it
 * @param state one word, such as {@code up} or {@code faulty}
 * @param up whether nothing has to be done about it
 * @param since when it came into this state; absent if that is not known
 * @param fault what is wrong; absent if nothing
 * @param taken SETs that were taken, by all nodes
 * @param lastSetAt when the last of them came
 * @param lag how long that one had been issued when it came
 * @param refusals code of RFC 8935 to what was refused with it
 * @param lastPollAt when the last poll was answered; absent if it is pushed
 * @param node which node polls it, or did last; absent if it is pushed
 * @param stream how its stream stands at the transmitter; absent if we do not keep it there
 */
public record SourceStanding(
        String name,
        String delivery,
        String transmitter,
        boolean mustBeUp,
        String state,
        boolean up,
        @Nullable Instant since,
        @Nullable String fault,
        long taken,
        @Nullable Instant lastSetAt,
        @Nullable Duration lag,
        Map<String, Refusals> refusals,
        @Nullable Instant lastPollAt,
        @Nullable String node,
        @Nullable Stream stream) {

    /**
     * SETs that were refused for one reason.
     *
     * @param count how many
     * @param lastAt when the last of them came
     */
    public record Refusals(long count, Instant lastAt) {}

    /**
     * A stream that we keep at its transmitter.
     *
     * @param id the transmitter's name for it; absent as long as none was found
     * @param status {@code enabled}, {@code paused} or {@code disabled}, by the transmitter's word; absent if it does not say
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
