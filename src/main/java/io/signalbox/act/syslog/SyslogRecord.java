package io.signalbox.act.syslog;

import io.signalbox.action.Action;
import io.signalbox.action.Severity;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * Writes one action as one record. Collectors must take 480 octets and should take 2048 (E-43), and cut what is longer:
 * what matters comes first, every value has its limit, and the whole stays below 2048.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5424#section-6">RFC 5424, section 6</a>
 */
final class SyslogRecord {

    private static final int LONGEST = 2048;
    private static final int LONGEST_VALUE = 256;
    private static final int LONGEST_SUBJECT = 400;
    private static final int HIGHEST_FACILITY = 23;

    private SyslogRecord() {}

    /**
     * Writes it.
     *
     * @param who the subject as the target's options have it shown
     */
    static byte[] of(Action action, Map<String, String> options, String who, Instant at) {
        StringBuilder record = new StringBuilder(512);
        record.append('<').append(priority(action.severity(), options)).append(">1 ");
        record.append(DateTimeFormatter.ISO_INSTANT.format(at.truncatedTo(ChronoUnit.MILLIS)));
        record.append(' ').append(word(options.getOrDefault("hostname", ""), 255));
        record.append(' ').append(word(options.getOrDefault("app-name", ""), 48));
        record.append(" - ").append(word(action.event().replace('/', '.'), 32));
        String format = options.getOrDefault("format", "structured");
        if (!format.equals("structured")) {
            // No byte order mark: what reads these formats looks for their first letters.
            return (record + " - " + SiemFormat.write(format, action, who, at)).getBytes(StandardCharsets.UTF_8);
        }
        record.append(' ').append(data(action, options));
        String text =
                " \uFEFF" + readable(action.event() + ": " + action.because().rule());
        int left = LONGEST - octets(record.toString());
        return (record + cut(text, left)).getBytes(StandardCharsets.UTF_8);
    }

    /** E-40: facility 13 is the log audit; the severity is policy's. */
    private static int priority(Severity severity, Map<String, String> options) {
        int facility;
        try {
            facility = Integer.parseInt(options.getOrDefault("facility", "13"));
        } catch (NumberFormatException e) {
            facility = -1;
        }
        if (facility < 0 || facility > HIGHEST_FACILITY) {
            throw new IllegalArgumentException("The option facility must be a number from 0 to " + HIGHEST_FACILITY);
        }
        return facility * 8
                + switch (severity) {
                    case CRITICAL, HIGH -> 2;
                    case MEDIUM -> 4;
                    case LOW -> 5;
                    case INFO -> 6;
                };
    }

    private static String data(Action action, Map<String, String> options) {
        StringBuilder data = new StringBuilder("[signalbox@")
                .append(options.getOrDefault("enterprise-number", "32473").replaceAll("[^0-9]", ""));
        add(data, "signal", action.signalId());
        add(data, "action", action.id());
        add(data, "severity", action.severity().name());
        add(data, "event", action.eventUri());
        SubjectIdentifier subject = action.subject();
        if (subject != null) {
            add(data, "subject", subject.key());
        }
        add(data, "policy", action.because().policyVersion());
        add(data, "rule", action.because().rule());
        if (subject != null && "raw".equals(options.get("subject"))) {
            String raw = escaped(Wire.write(subject.toJson()));
            // A part of it could name somebody else; the key still joins the records of one subject.
            if (octets(raw) <= LONGEST_SUBJECT) {
                data.append(" subjectId=\"").append(raw).append('"');
            }
        }
        return data.append(']').toString();
    }

    private static void add(StringBuilder data, String name, String value) {
        data.append(' ').append(name).append("=\"");
        StringBuilder written = new StringBuilder();
        int octets = 0;
        for (int character : readable(value).codePoints().toArray()) {
            String one = escaped(Character.toString(character));
            octets += octets(one);
            if (octets > LONGEST_VALUE) {
                break;
            }
            written.append(one);
        }
        data.append(written).append('"');
    }

    /** E-42. */
    private static String escaped(String value) {
        return readable(value).replace("\\", "\\\\").replace("\"", "\\\"").replace("]", "\\]");
    }

    /** E-44: a line feed in a value must not begin what looks like a record of its own. */
    static String readable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\p{Cf}\\p{Cs}]", " ");
    }

    /** A header's word: printable ASCII without spaces (E-41); absent is a hyphen. */
    private static String word(String text, int longest) {
        String word = text.replaceAll("[^\\x21-\\x7e]", "");
        return word.isEmpty() ? "-" : word.substring(0, Math.min(word.length(), longest));
    }

    private static String cut(String text, int longest) {
        int octets = 0;
        int end = 0;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            octets += octets(Character.toString(character));
            if (octets > longest) {
                break;
            }
            end += Character.charCount(character);
        }
        return text.substring(0, end);
    }

    private static int octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
