package io.signalbox.event;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * When the event happened, by the clock on the wall of the configured zone: a fact that rules ask with
 * {@code Moment( hour >= 22 || hour < 6 )}. It hangs on the event alone, so an event that is decided once more, at
 * another time of day, is decided the same.
 *
 * @param hour 0 to 23
 * @param minute 0 to 59
 * @param weekday the day
 * @param weekend whether it is Saturday or Sunday
 */
public record Moment(int hour, int minute, Weekday weekday, boolean weekend) {

    /** The moment in that zone. */
    public static Moment of(Instant time, ZoneId zone) {
        ZonedDateTime there = time.atZone(zone);
        Weekday day = Weekday.values()[there.getDayOfWeek().getValue() - 1];
        return new Moment(there.getHour(), there.getMinute(), day, day.compareTo(Weekday.FRIDAY) > 0);
    }
}
