package io.signalbox.set;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
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

    /** By whom events are kept in order: the user before what is the user's, then from the narrow to the wide. */
    private static final List<String> PRINCIPALS =
            List.of("user", "device", "session", "group", "org_unit", "tenant", "application");

    /** From the principal that a complex subject is about most directly, read for what it is (U-27). */
    private static final List<String> KINDS =
            List.of("session", "device", "user", "group", "org_unit", "tenant", "application");

    /**
     * Reads a subject object, in today's shape or an earlier one: with {@code subject_type} in place of {@code format}, or
     * a complex subject that has neither, all of whose members are objects.
     *
     * @return empty if the object is none of these
     */
    public static Optional<SubjectIdentifier> of(Map<String, Object> json) {
        boolean named = json.get("format") != null || json.containsKey("subject_type");
        Map<String, Object> members = new TreeMap<>(withoutSecret(json));
        String format = LegacySubject.format(members);
        if (format != null) {
            return Optional.of(new SubjectIdentifier(format, LegacySubject.members(format, members)));
        }
        boolean shapedAsComplex =
                !named && !members.isEmpty() && members.values().stream().allMatch(Map.class::isInstance);
        return shapedAsComplex ? Optional.of(new SubjectIdentifier(COMPLEX, members)) : Optional.empty();
    }

    /**
     * A subject object as it may be kept and shown. A token that a sender named by itself, in plain, could be used by
     * whoever reads it here: its digest names it as well.
     *
     * @return the same object if there is nothing to hide
     */
    public static Map<String, Object> withoutSecret(Map<String, Object> json) {
        return LegacySubject.withoutSecret(json);
    }

    /**
     * Whom a logout token is about: the session that {@code sid} names, else all of the user's.
     *
     * @param issuer of the token
     * @param sub the user; absent if the token names the session alone
     * @param sid the session; absent if all of the user's are meant
     * @throws IllegalArgumentException if both are absent
     * @see <a href="https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken">OpenID Connect Back-Channel
     *     Logout 1.0, section 2.4</a>
     */
    public static SubjectIdentifier ofLogout(String issuer, @Nullable String sub, @Nullable String sid) {
        Map<String, Object> user =
                sub == null ? Map.of() : new TreeMap<>(Map.of("format", "iss_sub", "iss", issuer, "sub", sub));
        if (sid == null) {
            return of(user).orElseThrow(() -> new IllegalArgumentException("A logout token names a sub or a sid"));
        }
        Map<String, Object> members = new TreeMap<>();
        members.put("session", Map.of("format", "opaque", "id", sid));
        if (!user.isEmpty()) {
            members.put("user", user);
        }
        return new SubjectIdentifier(COMPLEX, members);
    }

    /** An OAuth client, which the events of its own family name by their audience. */
    public static SubjectIdentifier ofClient(String clientId) {
        return new SubjectIdentifier("oauth_client", Map.of("client_id", clientId));
    }

    /** The member of a complex subject with this name, or the subject itself if a simple one is asked for its user. */
    public Optional<SubjectIdentifier> principal(String name) {
        if (format.equals(COMPLEX)) {
            return objectMember(name).flatMap(SubjectIdentifier::of);
        }
        return name.equals("user") ? Optional.of(this) : Optional.empty();
    }

    /** The members of a complex subject that name somebody; of a simple one, itself as the user. */
    public Map<String, SubjectIdentifier> principals() {
        Map<String, SubjectIdentifier> principals = new TreeMap<>();
        if (format.equals(COMPLEX)) {
            members.keySet().forEach(name -> principal(name).ifPresent(each -> principals.put(name, each)));
        } else {
            principals.put("user", this);
        }
        return principals;
    }

    /**
     * What the subject is, in the end: {@code session} if it names one, else {@code device}, {@code user} and so on
     * (U-27). A simple subject is a {@code user}.
     */
    public String principalKind() {
        Map<String, SubjectIdentifier> principals = principals();
        return KINDS.stream().filter(principals::containsKey).findFirst().orElseGet(() -> principals.keySet().stream()
                .findFirst()
                .orElse("user"));
    }

    /** The identifiers of an {@code aliases} subject, all of one principal; of any other, itself (RFC 9493, 3.2.8). */
    public List<SubjectIdentifier> identifiers() {
        if (!format.equals(SubjectFormat.ALIASES)) {
            return List.of(this);
        }
        List<SubjectIdentifier> identifiers = new ArrayList<>();
        if (members.get("identifiers") instanceof Collection<?> items) {
            items.forEach(item -> object(item).flatMap(SubjectIdentifier::of).ifPresent(identifiers::add));
        }
        return List.copyOf(identifiers);
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
        SubjectIdentifier keyed = PRINCIPALS.stream()
                .flatMap(name -> principal(name).stream())
                .findFirst()
                .orElse(this);
        // Ledgers hold these keys. Of a subject that is not of a simple format they are made of all there is, in its
        // order.
        return digest(SubjectFormat.named(keyed.format) == null ? keyed : keyed.canonical());
    }

    /**
     * The one way to write it: members that the format describes, sorted, each in the one spelling of all that mean the
     * same (U-24).
     */
    public SubjectIdentifier canonical() {
        Map<String, Object> canonical = new TreeMap<>();
        if (format.equals(COMPLEX)) {
            principals()
                    .forEach(
                            (name, each) -> canonical.put(name, each.canonical().toJson()));
        } else if (format.equals(SubjectFormat.ALIASES)) {
            Map<String, Object> each = new TreeMap<>();
            identifiers()
                    .forEach(one -> each.put(one.fingerprint(), one.canonical().toJson()));
            canonical.put("identifiers", List.copyOf(each.values()));
        } else if (format.equals(SubjectFormat.IP_ADDRESSES)
                && members.get(SubjectFormat.IP_ADDRESSES) instanceof Collection<?> addresses) {
            canonical.put(SubjectFormat.IP_ADDRESSES, SubjectFormat.addresses(addresses));
        } else {
            SubjectFormat known = SubjectFormat.named(format);
            canonical.putAll(known == null ? members : known.canonical(members));
        }
        return new SubjectIdentifier(format, canonical);
    }

    /** The same identifier, however it is spelt. One principal can have several that are not the same (U-05). */
    public boolean sameAs(SubjectIdentifier other) {
        return canonical().equals(other.canonical());
    }

    /**
     * Whether an event about the one is to be delivered to who asked for the other: what either leaves open fits
     * everything. Symmetric, not transitive; two subjects that have nothing in common match (U-22).
     *
     * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.3.1">SSF 1.0,
     *     section 8.1.3.1</a>
     */
    public boolean matches(SubjectIdentifier other) {
        return matches(other, false);
    }

    /**
     * Whether something may be done to the one because of the other. Stricter than {@link #matches}: a member that both
     * have must be the same, so that an event about a device never falls on a group that it does not speak of.
     */
    public boolean mayStandFor(SubjectIdentifier other) {
        return matches(other, true);
    }

    private boolean matches(SubjectIdentifier other, boolean inCommon) {
        if (!format.equals(COMPLEX) && !other.format.equals(COMPLEX)) {
            return sameAs(other);
        }
        if (!canBeMember() || !other.canBeMember()) {
            return false;
        }
        Map<String, SubjectIdentifier> mine = principals();
        Map<String, SubjectIdentifier> theirs = other.principals();
        boolean shared = false;
        for (Map.Entry<String, SubjectIdentifier> each : mine.entrySet()) {
            SubjectIdentifier counterpart = theirs.get(each.getKey());
            if (counterpart != null && !counterpart.sameAs(each.getValue())) {
                return false;
            }
            shared |= counterpart != null;
        }
        return shared || !inCommon;
    }

    /** Whether it can be held against a complex subject: as one, or as the user of one (U-23). */
    private boolean canBeMember() {
        if (format.equals(COMPLEX)) {
            return true;
        }
        if (format.equals(SubjectFormat.SCIM)) {
            String uri = text("uri");
            return uri != null && uri.contains("/Users/");
        }
        SubjectFormat known = SubjectFormat.named(format);
        return known != null && known.user();
    }

    /**
     * Whether we can tell whom this member of a complex subject names: it is one of those that a complex subject may have,
     * and its format is one that we know. Of a member that is not there it is true: there is nothing to tell.
     *
     * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-3.6">SSF 1.0, section
     *     3.6</a>
     */
    public boolean understands(String name) {
        return !format.equals(COMPLEX)
                || !members.containsKey(name)
                || KINDS.contains(name)
                        && principal(name)
                                .filter(SubjectIdentifier::isOfAKnownFormat)
                                .isPresent();
    }

    private boolean isOfAKnownFormat() {
        return SubjectFormat.named(format) != null
                || format.equals(SubjectFormat.IP_ADDRESSES)
                || format.equals(SubjectFormat.SCIM)
                || format.equals(SubjectFormat.ALIASES)
                        && identifiers().stream().anyMatch(SubjectIdentifier::isOfAKnownFormat);
    }

    /**
     * What stands in the way of its naming anybody: a member that its format demands and that is not there, or is empty.
     * Formats that we do not know have none (U-03).
     *
     * @return the member and what is expected of it, never what was found; empty if nothing is wrong
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9493#section-3">RFC 9493, section 3</a>
     */
    public Optional<String> flaw() {
        if (format.equals(COMPLEX)) {
            return flawOfMembers();
        }
        if (format.equals(SubjectFormat.ALIASES)) {
            return flawOfIdentifiers();
        }
        if (format.equals(SubjectFormat.IP_ADDRESSES)) {
            boolean listed = members.get(SubjectFormat.IP_ADDRESSES) instanceof Collection<?> addresses
                    && !addresses.isEmpty()
                    && addresses.stream().allMatch(String.class::isInstance);
            return listed
                    ? Optional.empty()
                    : Optional.of(SubjectFormat.IP_ADDRESSES + " is required and must be an array of strings");
        }
        if (format.equals(SubjectFormat.SCIM)) {
            String uri = text("uri");
            return uri == null || uri.isEmpty()
                    ? Optional.of("uri is required and must be a non-empty string")
                    : Optional.empty();
        }
        SubjectFormat known = SubjectFormat.named(format);
        return known == null ? Optional.empty() : Optional.ofNullable(known.flaw(members));
    }

    private Optional<String> flawOfMembers() {
        if (principals().isEmpty()) {
            return Optional.of("must have at least one member that is a subject identifier");
        }
        for (String name : KINDS) {
            if (members.containsKey(name)) {
                SubjectIdentifier member = principal(name).orElse(null);
                if (member == null || member.format.equals(COMPLEX)) {
                    return Optional.of(name + " must be a simple subject identifier");
                }
                Optional<String> flaw = member.flaw();
                if (flaw.isPresent()) {
                    return Optional.of(name + "." + flaw.get());
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> flawOfIdentifiers() {
        if (!(members.get("identifiers") instanceof Collection<?> items)
                || items.isEmpty()
                || identifiers().size() != items.size()) {
            return Optional.of("identifiers is required and must be an array of subject identifiers");
        }
        for (SubjectIdentifier each : identifiers()) {
            if (each.format.equals(SubjectFormat.ALIASES)) {
                return Optional.of("identifiers must not hold aliases in turn");
            }
            Optional<String> flaw = each.flaw();
            if (flaw.isPresent()) {
                return Optional.of("identifiers." + flaw.get());
            }
        }
        return Optional.empty();
    }

    /** A digest of the whole of it in its canonical form: what subjects are looked up by. May be logged. */
    public String fingerprint() {
        return digest(canonical());
    }

    private static String digest(SubjectIdentifier subject) {
        StringBuilder canonical = new StringBuilder();
        write(canonical, subject.toJson());
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(canonical.toString().getBytes(StandardCharsets.UTF_8));
            return "sub-" + HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    private Optional<Map<String, Object>> objectMember(String name) {
        return object(members.get(name));
    }

    @SuppressWarnings("unchecked")
    private static Optional<Map<String, Object>> object(@Nullable Object value) {
        return value instanceof Map<?, ?> ? Optional.of((Map<String, Object>) value) : Optional.empty();
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
