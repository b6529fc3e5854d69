package io.signalbox.event;

/** Days of the week, as a rule names them; in the order of {@link java.time.DayOfWeek}. */
public enum Weekday {
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    THURSDAY,
    FRIDAY,
    SATURDAY,
    SUNDAY
}
