package io.signalbox.set;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Subjects as people write them in tables and on command lines: the format, a colon, and its value, such as
 * {@code email:alice@acme.example} or {@code iss_sub:https://idp.example.com,8f3a}. An e-mail address may stand alone.
 */
public final class SubjectNotation {

    /** Formats that name somebody by one member. */
    private static final Map<String, String> MEMBERS = Map.of(
            "email", "email",
            "account", "uri",
            "opaque", "id",
            "phone_number", "phone_number",
            "did", "url",
            "uri", "uri",
            "scim", "uri");

    private SubjectNotation() {}

    /** Empty if the text names nobody. */
    public static Optional<SubjectIdentifier> read(String text) {
        String written = text.strip();
        int colon = written.indexOf(':');
        String format = colon < 0 ? "" : written.substring(0, colon).toLowerCase(Locale.ROOT);
        String value = written.substring(colon + 1).strip();
        if (format.equals("acct")) {
            return whole(new SubjectIdentifier("account", Map.of("uri", written)));
        }
        if (MEMBERS.containsKey(format)) {
            return whole(new SubjectIdentifier(format, Map.of(MEMBERS.getOrDefault(format, ""), value)));
        }
        int comma = value.lastIndexOf(',');
        if (format.equals("iss_sub") && comma > 0) {
            return whole(new SubjectIdentifier(
                    format,
                    Map.of(
                            "iss",
                            value.substring(0, comma).strip(),
                            "sub",
                            value.substring(comma + 1).strip())));
        }
        return colon < 0 && written.indexOf('@') > 0
                ? whole(new SubjectIdentifier("email", Map.of("email", written)))
                : Optional.empty();
    }

    private static Optional<SubjectIdentifier> whole(SubjectIdentifier subject) {
        return subject.flaw().isEmpty() ? Optional.of(subject) : Optional.empty();
    }
}
