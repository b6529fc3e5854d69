package io.signalbox.deliver;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How SETs of ours are signed and delivered.
 *
 * @param keysFile file with the keys that sign our SETs, a JWK set with private parts; by default one is made in the data
 *     directory. Nodes that share a ledger share it. It is written when keys are rotated
 * @param rotateKeysEvery after how long keys are replaced; at least a day; by default only when an operator asks
 * @param keyOverlap how long a new key is published before it signs, and an old one after it signed; longer than receivers
 *     keep our keys. 0 seconds to 30 days, default 2h
 * @param keep how long a SET waits for its receiver before it is parked, and is kept afterwards to be replayed; an hour to
 *     90 days, default 7d
 * @param mostWaiting how many SETs may wait on one stream; it is paused when there are more. Default 100000
 * @param refusalsUntilPause SETs that a receiver refuses in a row until its stream is paused; default 10
 * @param push how SETs are pushed
 * @param poll how SETs are handed out
 */
@ConfigurationProperties("signalbox.transmitter")
record DeliverProperties(
        @Nullable Path keysFile,
        @Nullable Duration rotateKeysEvery,
        @DefaultValue("2h") Duration keyOverlap,
        @DefaultValue("7d") Duration keep,
        @DefaultValue("100000") int mostWaiting,
        @DefaultValue("10") int refusalsUntilPause,
        @DefaultValue Push push,
        @DefaultValue Poll poll) {

    private static final String KEY = "signalbox.transmitter.";

    DeliverProperties {
        if (rotateKeysEvery != null && rotateKeysEvery.compareTo(Duration.ofDays(1)) < 0) {
            throw new IllegalArgumentException(KEY + "rotate-keys-every must be at least 1 day");
        }
        between("key-overlap", keyOverlap, Duration.ZERO, Duration.ofDays(30));
        between("keep", keep, Duration.ofHours(1), Duration.ofDays(90));
        if (mostWaiting < 1) {
            throw new IllegalArgumentException(KEY + "most-waiting must be at least 1");
        }
        if (refusalsUntilPause < 1) {
            throw new IllegalArgumentException(KEY + "refusals-until-pause must be at least 1");
        }
    }

    private static void between(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(KEY + name + " must be " + least + " to " + most);
        }
    }

    /**
     * How SETs are pushed (RFC 8935).
     *
     * @param concurrency streams that are pushed to at the same time, one SET each, 1 to 512; default 64. A quarter as many
     *     again are for those whose receivers gave no answer last time, so that these hold up no other
     * @param timeout how long a receiver may take for one SET; 1 second to 2 minutes, default 10s
     * @param retry pauses of a stream whose receiver gives no answer; the last one is repeated for as long as SETs are kept.
     *     Default 1s, 5s, 30s, 2m, 10m, 30m, 1h
     * @param jitter part of each pause by which it is made longer or shorter at random, 0 to 0.9; default 0.2
     * @param longestRetryAfter the longest wait that a receiver may ask for with Retry-After; default 1h
     */
    record Push(
            @DefaultValue("64") int concurrency,
            @DefaultValue("10s") Duration timeout,

            @DefaultValue({"1s", "5s", "30s", "2m", "10m", "30m", "1h"})
            List<Duration> retry,

            @DefaultValue("0.2") double jitter,
            @DefaultValue("1h") Duration longestRetryAfter) {

        Push {
            retry = List.copyOf(retry);
            if (concurrency < 1 || concurrency > 512) {
                throw new IllegalArgumentException(KEY + "push.concurrency must be 1 to 512");
            }
            between("push.timeout", timeout, Duration.ofSeconds(1), Duration.ofMinutes(2));
            if (retry.isEmpty() || retry.stream().anyMatch(pause -> pause.isNegative() || pause.isZero())) {
                throw new IllegalArgumentException(KEY + "push.retry: every pause must be longer than nothing");
            }
            if (!(jitter >= 0 && jitter <= 0.9)) {
                throw new IllegalArgumentException(KEY + "push.jitter must be between 0 and 0.9");
            }
            if (longestRetryAfter.isNegative()) {
                throw new IllegalArgumentException(KEY + "push.longest-retry-after must not be negative");
            }
        }
    }

    /**
     * How SETs are handed out (RFC 8936).
     *
     * @param most how many SETs one answer holds at most, 1 to 500; default 100
     * @param patience how long a poll waits until there is something; 1 second to 5 minutes, default 30s
     * @param redelivery after how long a SET that was handed out and not acknowledged is handed out again; 1 second to 1
     *     day, default 60s
     */
    record Poll(
            @DefaultValue("100") int most,
            @DefaultValue("30s") Duration patience,
            @DefaultValue("60s") Duration redelivery) {

        Poll {
            if (most < 1 || most > 500) {
                throw new IllegalArgumentException(KEY + "poll.most must be 1 to 500");
            }
            between("poll.patience", patience, Duration.ofSeconds(1), Duration.ofMinutes(5));
            between("poll.redelivery", redelivery, Duration.ofSeconds(1), Duration.ofDays(1));
        }
    }
}
