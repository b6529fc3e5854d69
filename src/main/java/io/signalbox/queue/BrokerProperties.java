package io.signalbox.queue;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where messages wait.
 *
 * @param url an Artemis broker, such as {@code tcp://broker.example.com:61616}; {@code embedded} or absent: a
 *     broker inside this process with its journal in the data directory
 * @param username who we are at that broker; absent: no log-in
 * @param passwordFile file that holds the password, one line; required with a user name
 */
@ConfigurationProperties("signalbox.broker")
record BrokerProperties(
        @Nullable String url,
        @Nullable String username,
        @Nullable Path passwordFile) {

    static final String EMBEDDED = "embedded";

    BrokerProperties {
        if (username != null && passwordFile == null) {
            throw new IllegalArgumentException(
                    "signalbox.broker.password-file is missing: signalbox.broker.username is set");
        }
    }

    boolean embedded() {
        return url == null || url.equals(EMBEDDED);
    }
}
