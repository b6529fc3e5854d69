package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.set.SourceStanding;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A source of SETs as operators and their scripts read it. Members may be added; none is renamed.
 *
 * @param delivery {@code push} or {@code poll}
 * @param transmitter the issuer of its SETs
 * @param state {@code waiting}, {@code up}, {@code throttled}, {@code faulty}, {@code shut}, {@code unattended} or
 *     {@code silent}
 * @param since when it came into this state; absent if that is not known
 * @param fault what is wrong; absent if nothing
 * @param lastSetAt when the last SET was taken
 * @param lagSeconds how long that one had been issued when it came
 * @param lastPollAt when the last poll was answered; absent if it is pushed
 * @param node which node polls it, or did last; absent if it is pushed
 * @param taken how many SETs were taken, repeated ones included
 * @param refusals by the code that was answered
 * @param stream how its stream stands at the transmitter; absent if we do not keep it there, or nobody asked yet
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SourceView(
        String name,
        String delivery,
        String transmitter,
        boolean mustBeUp,
        String state,
        @Nullable Instant since,
        @Nullable String fault,
        @Nullable Instant lastSetAt,
        @Nullable Double lagSeconds,
        @Nullable Instant lastPollAt,
        @Nullable String node,
        long taken,
        Map<String, SourceStanding.Refusals> refusals,
        @Nullable Stream stream) {

    /**
     * A stream that we keep.
     *
     * @param id the transmitter's name for it; absent as long as none was found
     * @param status {@code enabled}, {@code paused} or {@code disabled}; absent if the transmitter does not say
     * @param checkedAt when that was learned
     * @param fault why SETs may be lost; absent if the last verification came
     * @param verifiedAt when the last verification came that did
     * @param roundTripSeconds how long that one took, from our asking until its SET was here
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Stream(
            @Nullable String id,
            @Nullable String status,
            Instant checkedAt,
            @Nullable String fault,
            @Nullable Instant verifiedAt,
            @Nullable Double roundTripSeconds) {

        private static Stream of(SourceStanding.Stream stream) {
            return new Stream(
                    stream.id(),
                    stream.status(),
                    stream.checkedAt(),
                    stream.fault(),
                    stream.verifiedAt(),
                    seconds(stream.roundTrip()));
        }
    }

    static SourceView of(SourceStanding standing) {
        return new SourceView(
                standing.name(),
                standing.delivery(),
                standing.transmitter(),
                standing.mustBeUp(),
                standing.state(),
                standing.since(),
                standing.fault(),
                standing.lastSetAt(),
                seconds(standing.lag()),
                standing.lastPollAt(),
                standing.node(),
                standing.taken(),
                standing.refusals(),
                standing.stream() == null ? null : Stream.of(standing.stream()));
    }

    private static @Nullable Double seconds(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis() / 1000.0;
    }
}
