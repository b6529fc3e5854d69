package io.signalbox.ingest.poll;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which node polls.
 *
 * @param lease how long a node that polls a source keeps the others from it without renewing its right, and so how long
 *     nobody polls after it was killed; 3 seconds to 10 minutes, default 30s. The nodes' clocks must differ by far less
 */
@ConfigurationProperties("signalbox.ingest.poll")
record PollProperties(@DefaultValue("30s") Duration lease) {

    PollProperties {
        if (lease.compareTo(Duration.ofSeconds(3)) < 0 || lease.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException(
                    "signalbox.ingest.poll.lease: must be between 3 seconds and 10 minutes, is " + lease);
        }
    }
}
