package io.signalbox.set;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Names subjects, for those who say whom somebody may speak about: {@code email:*@acme.example},
 * {@code iss_sub:https://idp.example.com} (whoever that issuer knows), {@code opaque:*}, or {@code *} for anybody. In
 * front may stand the member of a complex subject that is meant: {@code device.opaque:*}; a simple subject is a
 * {@code user}.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9493#section-3.2">RFC 9493, section 3.2</a>
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-3.3">SSF 1.0, section
 *     3.3</a>
 */
public final class SubjectPattern {

    private static final String ALL = "*";
    private static final String ALIASES = "aliases";
    private static final String USER = "user";
    private static final String EMAIL = "email";
    private static final String ACCOUNT = "account";
    private static final String SCIM = "scim";

    /** No identifier comes near this; comparing costs more the longer it is, and its sender chooses how long. */
    private static final int LONGEST = 1024;

    private static final int MOST_STARS = 3;

    private static final Pattern SHAPE = Pattern.compile("(?:([a-z][a-z0-9_-]*)\\.)?([a-z0-9_-]{1,20}):(\\S.*)");

    /** Format to the member that says who it is, or who vouches for it. */
    private static final Map<String, String> TELLING = telling();

    private final String text;
    private final @Nullable String member;
    private final @Nullable String format;
    private final @Nullable Pattern value;

    private SubjectPattern(String text, @Nullable String member, @Nullable String format, @Nullable Pattern value) {
        this.text = text;
        this.member = member;
        this.format = format;
        this.value = value;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static SubjectPattern parse(String text) {
        if (text.equals(ALL)) {
            return new SubjectPattern(text, null, null, null);
        }
        Matcher shape = SHAPE.matcher(text);
        if (!shape.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not like email:*@acme.example, opaque:* or device.opaque:*");
        }
        String format = shape.group(2);
        String wanted = shape.group(3);
        if (format.equals(SubjectIdentifier.COMPLEX) || format.equals(ALIASES)) {
            throw new IllegalArgumentException("'" + text + "': each identifier in a subject of format " + format
                    + " is looked at by itself; name the formats of those");
        }
        if (wanted.equals(ALL)) {
            return new SubjectPattern(text, shape.group(1), format, null);
        }
        if (!TELLING.containsKey(format)) {
            throw new IllegalArgumentException("'" + text + "': of the format " + format
                    + " only all can be named, as " + format + ":*; parts can be of "
                    + String.join(", ", TELLING.keySet()));
        }
        return new SubjectPattern(text, shape.group(1), format, glob(text, format, wanted));
    }

    /**
     * Whether every identifier in a subject is named by one of the patterns: of a complex one each member, of aliases
     * each of them. What cannot be read as an identifier is named by none.
     */
    public static boolean cover(Collection<SubjectPattern> patterns, SubjectIdentifier subject) {
        if (!subject.format().equals(SubjectIdentifier.COMPLEX)) {
            return cover(patterns, USER, subject);
        }
        return !subject.members().isEmpty()
                && subject.members().keySet().stream().allMatch(member -> subject.principal(member)
                        .filter(part -> !part.format().equals(SubjectIdentifier.COMPLEX))
                        .map(part -> cover(patterns, member, part))
                        .orElse(false));
    }

    private static boolean cover(Collection<SubjectPattern> patterns, String member, SubjectIdentifier simple) {
        if (!simple.format().equals(ALIASES)) {
            return patterns.stream().anyMatch(pattern -> pattern.names(member, simple));
        }
        return simple.members().get("identifiers") instanceof Collection<?> identifiers
                && !identifiers.isEmpty()
                && identifiers.stream().allMatch(each -> isCovered(patterns, member, each));
    }

    @SuppressWarnings("unchecked")
    private static boolean isCovered(Collection<SubjectPattern> patterns, String member, @Nullable Object alias) {
        return alias instanceof Map<?, ?> json
                && SubjectIdentifier.of((Map<String, Object>) json)
                        .filter(each -> !each.format().equals(SubjectIdentifier.COMPLEX)
                                && !each.format().equals(ALIASES))
                        .map(each -> cover(patterns, member, each))
                        .orElse(false);
    }

    private boolean names(String place, SubjectIdentifier subject) {
        if (format == null) {
            return true;
        }
        if (!subject.format().equals(format) || member != null && !member.equals(place)) {
            return false;
        }
        if (value == null) {
            return true;
        }
        Object told = subject.members().get(TELLING.get(format));
        Collection<?> all = told instanceof Collection<?> several ? several : List.of(told == null ? "" : told);
        return !all.isEmpty()
                && all.stream()
                        .allMatch(each -> each instanceof String one
                                && one.length() <= LONGEST
                                && value.matcher(canonical(format, one)).matches());
    }

    /**
     * A star stands for any characters but those after which something else begins: another domain behind an {@code @},
     * another path behind a slash. Line ends and other controls are in no identifier.
     */
    private static Pattern glob(String text, String format, String wanted) {
        String[] pieces = canonical(format, wanted).split("\\*", -1);
        if (pieces.length - 1 > MOST_STARS) {
            throw new IllegalArgumentException("'" + text + "' has more than " + MOST_STARS + " stars");
        }
        String forbidden =
                switch (format) {
                    case EMAIL, ACCOUNT -> "@";
                    case SCIM -> "/";
                    default -> "";
                };
        return Pattern.compile(Arrays.stream(pieces)
                .map(Pattern::quote)
                .collect(Collectors.joining("[^\\p{Cntrl}" + forbidden + "]*")));
    }

    /** What is the same in any case: the domain of an address, the scheme and host of an account. */
    private static String canonical(String format, String value) {
        return switch (format) {
            case EMAIL -> folded(value, value.lastIndexOf('@') + 1);
            case ACCOUNT ->
                folded(
                        value.regionMatches(true, 0, "acct:", 0, 5) ? "acct:" + value.substring(5) : value,
                        value.lastIndexOf('@') + 1);
            case "phone_number" -> value.replaceAll("[ ().-]", "");
            default -> value;
        };
    }

    /**
     * ASCII alone: letters of other scripts that fold into it would make two domains one that are not the same.
     */
    private static String folded(String value, int from) {
        StringBuilder folded = new StringBuilder(value);
        for (int i = from; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return folded.toString();
    }

    private static Map<String, String> telling() {
        Map<String, String> telling = new LinkedHashMap<>();
        telling.put(EMAIL, "email");
        telling.put("iss_sub", "iss");
        telling.put("opaque", "id");
        telling.put(ACCOUNT, "uri");
        telling.put("phone_number", "phone_number");
        telling.put("did", "url");
        telling.put("uri", "uri");
        telling.put("jwt_id", "iss");
        telling.put("saml_assertion_id", "issuer");
        telling.put("ip-addresses", "ip-addresses");
        telling.put(SCIM, "uri");
        return telling;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SubjectPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
