package io.signalbox.decide;

import java.time.DateTimeException;
import java.time.ZoneId;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How decisions are made.
 *
 * @param consumers signals that are decided at the same time, 1 to 64; those of one subject are never
 * @param zone whose clock on the wall a rule reads hour and weekday from ({@code Moment}), such as {@code Europe/Berlin}
 * @param facts how the values are kept that the conditions of a rule met when it fired. {@code pseudonyms}: what names
 *     somebody is replaced by a keyed hash, the same for the same value; {@code plain}: as it came; {@code none}: nothing
 *     is kept
 */
@ConfigurationProperties("signalbox.decide")
record DecideProperties(
        @DefaultValue("32") int consumers,
        @DefaultValue("UTC") String zone,
        @DefaultValue("pseudonyms") Facts facts) {

    /** How values are kept that conditions met. */
    enum Facts {
        PLAIN,
        PSEUDONYMS,
        NONE
    }

    DecideProperties {
        if (consumers < 1 || consumers > 64) {
            throw new IllegalArgumentException(
                    "signalbox.decide.consumers must be between 1 and 64, but is " + consumers);
        }
        try {
            ZoneId ignored = ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "signalbox.decide.zone must name a time zone such as Europe/Berlin, but is " + zone, e);
        }
    }

    ZoneId zoneId() {
        return ZoneId.of(zone);
    }
}
