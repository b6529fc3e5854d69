package io.signalbox.event;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time span as people say it: {@code 90 seconds}, {@code 1 hour}, {@code 2 weeks}. */
public final class SpokenDuration {

    /** For messages. */
    public static final String FORM = "a number and seconds, minutes, hours, days or weeks, such as \"4 hours\"";

    private static final Pattern SPOKEN = Pattern.compile("([1-9][0-9]{0,5}) (second|minute|hour|day|week)s?");

    private SpokenDuration() {}

    /** Empty if it is said in another form. */
    public static Optional<Duration> parse(String spoken) {
        Matcher matcher = SPOKEN.matcher(spoken.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "second" -> Duration.ofSeconds(number);
                    case "minute" -> Duration.ofMinutes(number);
                    case "hour" -> Duration.ofHours(number);
                    case "day" -> Duration.ofDays(number);
                    default -> Duration.ofDays(7 * number);
                });
    }

    /** In the largest unit that needs no fraction. */
    public static String of(Duration span) {
        long seconds = span.toSeconds();
        long[] sizes = {604_800, 86_400, 3_600, 60};
        String[] units = {"week", "day", "hour", "minute"};
        for (int i = 0; i < sizes.length; i++) {
            if (seconds >= sizes[i] && seconds % sizes[i] == 0) {
                return said(seconds / sizes[i], units[i]);
            }
        }
        return said(seconds, "second");
    }

    private static String said(long number, String unit) {
        return number + " " + unit + (number == 1 ? "" : "s");
    }
}
