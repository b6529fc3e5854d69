package io.signalbox.decide;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How decisions are made.
 *
 * @param consumers signals that are decided at the same time, 1 to 64; those of one subject are never
 */
@ConfigurationProperties("signalbox.decide")
record DecideProperties(@DefaultValue("32") int consumers) {

    DecideProperties {
        if (consumers < 1 || consumers > 64) {
            throw new IllegalArgumentException(
                    "signalbox.decide.consumers must be between 1 and 64, but is " + consumers);
        }
    }
}
