package io.signalbox.queue;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Where messages wait.
 *
 * @param url an Artemis broker, such as {@code tcp://broker.example.com:61616}; {@code embedded} or absent: a
 *     broker inside this process with its journal in the data directory
 * @param username who we are at that broker; absent: no log-in
 * @param passwordFile file that holds the password, one line; required with a user name
 * @param maxSize bytes of messages that may wait in the embedded broker, in memory and on disk, before no more SETs are
 *     taken and senders are told to try again; default 4GB
 * @param maxDiskUsage percentage of the data directory's disk that may be in use, by whomever, before no more SETs are
 *     taken, 1 to 100; default 90. Embedded broker only
 * @param maxMemory bytes of messages that the embedded broker keeps in memory; what comes on top lies on disk alone,
 *     and is slower to work on; default 64MB
 */
@ConfigurationProperties("signalbox.broker")
record BrokerProperties(
        @Nullable String url,
        @Nullable String username,
        @Nullable Path passwordFile,
        @DefaultValue("4GB") DataSize maxSize,
        @DefaultValue("90") int maxDiskUsage,
        @DefaultValue("64MB") DataSize maxMemory) {

    static final String EMBEDDED = "embedded";

    BrokerProperties {
        if (username != null && passwordFile == null) {
            throw new IllegalArgumentException(
                    "signalbox.broker.password-file is missing: signalbox.broker.username is set");
        }
        if (maxSize.toBytes() < 1) {
            throw new IllegalArgumentException("signalbox.broker.max-size: must be more than nothing, is " + maxSize);
        }
        if (maxDiskUsage < 1 || maxDiskUsage > 100) {
            throw new IllegalArgumentException(
                    "signalbox.broker.max-disk-usage: must be between 1 and 100, is " + maxDiskUsage);
        }
        if (maxMemory.toBytes() < 1) {
            throw new IllegalArgumentException(
                    "signalbox.broker.max-memory: must be more than nothing, is " + maxMemory);
        }
    }

    boolean embedded() {
        return url == null || url.equals(EMBEDDED);
    }
}
