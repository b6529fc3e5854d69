package io.signalbox.ingest.push;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What the push endpoint takes.
 *
 * @param maxBodySize largest body that is read; anything longer is refused before it is parsed. 1 KiB to 1 MiB
 */
@ConfigurationProperties("signalbox.ingest.push")
record PushProperties(@DefaultValue("64KB") DataSize maxBodySize) {

    PushProperties {
        if (maxBodySize.toBytes() < 1024 || maxBodySize.toBytes() > 1024 * 1024) {
            throw new IllegalArgumentException(
                    "signalbox.ingest.push.max-body-size must be between 1KB and 1MB, but is " + maxBodySize);
        }
    }
}
