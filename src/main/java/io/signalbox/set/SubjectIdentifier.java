package io.signalbox.set;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Names exactly one principal: an account, a person's e-mail address, a session of a user, a device, a tenant.
 *
 * @param format the identifier format, such as {@code email}, {@code iss_sub}, {@code complex}
 * @param members the other members as received; unknown ones are kept and take no part in anything
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9493#section-3">RFC 9493, section 3</a>
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-3">SSF 1.0, section 3</a>
 */
public record SubjectIdentifier(String format, Map<String, Object> members) {

    public static final String COMPLEX = "complex";

    /** From the principal that a complex subject is about most directly, to the widest (U-27, read for ordering). */
    private static final List<String> PRINCIPALS =
            List.of("user", "device", "session", "group", "org_unit", "tenant", "application");

    /**
     * Reads a subject object. One without a {@code format} whose members are all objects is a complex subject of the
     * legacy shape.
     *
     * @return empty if the object is neither
     */
    public static Optional<SubjectIdentifier> of(Map<String, Object> json) {
        Map<String, Object> members = new TreeMap<>(json);
        Object format = members.remove("format");
        if (format instanceof String name && !name.isEmpty()) {
            return Optional.of(new SubjectIdentifier(name, members));
        }
        boolean shapedAsComplex = format == null
                && !members.isEmpty()
                && members.values().stream().allMatch(Map.class::isInstance);
        return shapedAsComplex ? Optional.of(new SubjectIdentifier(COMPLEX, members)) : Optional.empty();
    }

    /** The member of a complex subject with this name, or the subject itself if a simple one is asked for its user. */
    public Optional<SubjectIdentifier> principal(String name) {
        if (format.equals(COMPLEX)) {
            return objectMember(name).flatMap(SubjectIdentifier::of);
        }
        return name.equals("user") ? Optional.of(this) : Optional.empty();
    }

    /** A member that is a string, such as {@code email} of an e-mail subject. */
    public @Nullable String text(String member) {
        return members.get(member) instanceof String value ? value : null;
    }

    /** The object as it is written, with its {@code format}. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new TreeMap<>(members);
        json.put("format", format);
        return json;
    }

    /**
     * The same for every event about the same user (or device, where no user is named), whatever session it is about:
     * the key by which events are kept in order. A digest, so it may be logged.
     */
    public String key() {
        return PRINCIPALS.stream()
                .flatMap(name -> principal(name).stream())
                .findFirst()
                .orElse(this)
                .digest();
    }

    private String digest() {
        StringBuilder canonical = new StringBuilder();
        write(canonical, comparable().toJson());
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(canonical.toString().getBytes(StandardCharsets.UTF_8));
            return "sub-" + HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    /** The domain of an address is the same in any case (RFC 9493, section 3.2.2.1); nothing else is folded. */
    private SubjectIdentifier comparable() {
        String address = text("email");
        if (!format.equals("email") || address == null) {
            return this;
        }
        int at = address.lastIndexOf('@') + 1;
        return new SubjectIdentifier(
                format,
                Map.of("email", address.substring(0, at) + address.substring(at).toLowerCase(Locale.ROOT)));
    }

    @SuppressWarnings("unchecked")
    private Optional<Map<String, Object>> objectMember(String name) {
        return members.get(name) instanceof Map<?, ?> value
                ? Optional.of((Map<String, Object>) value)
                : Optional.empty();
    }

    /** Every string is written with its length, so that no two different subjects have one canonical form. */
    private static void write(StringBuilder out, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            out.append('{');
            new TreeMap<>(map).forEach((name, member) -> {
                write(out, name);
                write(out, member);
            });
            out.append('}');
        } else if (value instanceof Collection<?> items) {
            out.append('[');
            items.forEach(item -> write(out, item));
            out.append(']');
        } else {
            String text = String.valueOf(value);
            out.append(text.length()).append(':').append(text);
        }
    }

    /** Subjects belong in no log; the key stands for them. */
    @Override
    public String toString() {
        return "SubjectIdentifier[" + format + ", " + key() + "]";
    }
}
