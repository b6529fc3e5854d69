package io.signalbox;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What this node is called among its equals.
 *
 * @param nodeName how operators know this node; default the host's name
 */
@ConfigurationProperties("signalbox")
public record NodeName(@Nullable String nodeName) {

    /** Never blank. */
    public String text() {
        if (nodeName != null && !nodeName.isBlank()) {
            return nodeName.strip();
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
