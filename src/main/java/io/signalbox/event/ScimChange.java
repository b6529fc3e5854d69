package io.signalbox.event;

import io.signalbox.set.SubjectIdentifier;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a SCIM resource, whichever event told it and in whatever form: the names of what changed, a resource,
 * the body of a PATCH, or what a watcher saw.
 *
 * @param kind what was done to it
 * @param user whether it is a user's, as far as that can be told
 * @param attributes top-level attributes that surely changed, in lower case; a resource that is told in full says of none
 *     that it changed
 * @param values attribute to what was told of its new value, in lower case
 * @param whole attributes of which the whole new value was told
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.4">RFC 9967, section 2.4</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2">RFC 7644, section 3.5.2</a>
 */
public record ScimChange(
        Kind kind, boolean user, Set<String> attributes, Map<String, Object> values, Set<String> whole) {

    static final String ACTIVE = "active";
    static final String EMAILS = "emails";
    static final String PHONES = "phonenumbers";

    /** As attribute names are compared, to how they are written. */
    static final Map<String, String> SPELLINGS =
            Map.of(PHONES, "phoneNumbers", "username", "userName", "x509certificates", "x509Certificates");

    private static final Pattern USERS = Pattern.compile("(?i)(^|.*/)(Users/.*|Me)");
    private static final String USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:user";

    /** What was done to a resource. */
    public enum Kind {
        /** It is new. */
        CREATED,
        /** It is another than before, in part or as a whole. */
        CHANGED,
        /** It may be used from now on. */
        ACTIVATED,
        /** It may not be used any more. */
        DEACTIVATED,
        /** It is gone. */
        DELETED,
        /** The password is another, by an event of its own. */
        PASSWORD,
        /** Nothing that the resource itself would show: membership of a feed, the answer to a request. */
        OTHER
    }

    /**
     * What a watcher saw by comparing a resource with what it was.
     *
     * @param changed top-level attributes that are not what they were
     * @param now the resource as it is
     */
    public static ScimChange seen(Collection<String> changed, Map<String, Object> now) {
        Map<String, Object> values = lowerCase(now);
        Set<String> attributes = new TreeSet<>();
        changed.forEach(name -> attributes.add(name.toLowerCase(Locale.ROOT)));
        values.keySet().retainAll(attributes);
        return new ScimChange(Kind.CHANGED, true, attributes, values, Set.copyOf(values.keySet()));
    }

    /** What an event tells of the resource that it is about. */
    static ScimChange of(ScimEvent event, @Nullable SubjectIdentifier subject) {
        Kind kind = kind(event);
        boolean user = isUser(event, subject);
        Set<String> attributes = new TreeSet<>();
        Map<String, Object> values = new TreeMap<>();
        Set<String> whole = new TreeSet<>();
        event.attributes().forEach(path -> attributes.add(attribute(path)));
        if (event.data().get("Operations") instanceof Collection<?> operations) {
            operations.forEach(operation -> {
                if (operation instanceof Map<?, ?> members) {
                    read(members, attributes, values, whole);
                }
            });
        } else {
            values.putAll(lowerCase(event.data()));
            whole.addAll(values.keySet());
        }
        return new ScimChange(kind, user, attributes, values, whole);
    }

    private static Kind kind(ScimEvent event) {
        if (event instanceof ScimEvent.Deactivate) {
            return Kind.DEACTIVATED;
        }
        if (event instanceof ScimEvent.Activate) {
            return Kind.ACTIVATED;
        }
        if (event instanceof ScimEvent.Delete) {
            return Kind.DELETED;
        }
        if (event instanceof ScimEvent.SigPwdReset || event instanceof ScimEvent.ExamplePasswordReset) {
            return Kind.PASSWORD;
        }
        if (event instanceof ScimEvent.CreateFull
                || event instanceof ScimEvent.CreateNotice
                || event instanceof ScimEvent.OldCreate
                || event instanceof ScimEvent.ExampleCreate) {
            return Kind.CREATED;
        }
        return event instanceof ScimEvent.FeedAdd
                        || event instanceof ScimEvent.FeedRemove
                        || event instanceof ScimEvent.AsyncResp
                        || event instanceof ScimEvent.SigAuthMethod
                ? Kind.OTHER
                : Kind.CHANGED;
    }

    /** A device of RFC 9944 has an "active" as well, and a group can be deleted: neither is an account. */
    private static boolean isUser(ScimEvent event, @Nullable SubjectIdentifier subject) {
        String uri = subject == null ? null : subject.text("uri");
        if (uri != null) {
            return USERS.matcher(uri).matches();
        }
        return !(event.data().get("schemas") instanceof Collection<?> schemas)
                || event.data().containsKey("Operations")
                || schemas.stream()
                        .anyMatch(schema ->
                                String.valueOf(schema).toLowerCase(Locale.ROOT).equals(USER_SCHEMA));
    }

    private static void read(
            Map<?, ?> operation, Set<String> attributes, Map<String, Object> values, Set<String> whole) {
        String op = String.valueOf(operation.get("op")).toLowerCase(Locale.ROOT);
        Object value = operation.get("value");
        if (operation.get("path") instanceof String path) {
            String attribute = attribute(path);
            if (op.equals("add") && isOneMore(attribute, value)) {
                return;
            }
            attributes.add(attribute);
            if (op.equals("remove")) {
                values.remove(attribute);
                whole.remove(attribute);
            } else if (value != null) {
                values.put(attribute, value);
                mark(whole, attribute, op.equals("replace") && isWhole(path));
            }
        } else if (value instanceof Map<?, ?> members) {
            members.forEach((name, member) -> {
                String attribute = attribute(String.valueOf(name));
                if (member != null && !(op.equals("add") && isOneMore(attribute, member))) {
                    attributes.add(attribute);
                    values.put(attribute, member);
                    mark(whole, attribute, op.equals("replace"));
                }
            });
        }
    }

    private static void mark(Set<String> whole, String attribute, boolean isWhole) {
        boolean ignored = isWhole ? whole.add(attribute) : whole.remove(attribute);
    }

    /** One more address takes the place of none, unless it is the one to be used. */
    private static boolean isOneMore(String attribute, @Nullable Object value) {
        if (!attribute.equals(EMAILS) && !attribute.equals(PHONES)) {
            return false;
        }
        Collection<?> items =
                value instanceof Collection<?> several ? several : value == null ? List.of() : List.of(value);
        return items.stream()
                .noneMatch(item -> item instanceof Map<?, ?> map && Boolean.TRUE.equals(map.get("primary")));
    }

    private static boolean isWhole(String path) {
        return path.indexOf('[') < 0
                && path.substring(path.lastIndexOf(':') + 1).indexOf('.') < 0;
    }

    /** The top-level attribute that a path of PATCH leads into, in lower case (RFC 7644, section 3.10). */
    static String attribute(String path) {
        int filter = path.indexOf('[');
        String name = filter < 0 ? path : path.substring(0, filter);
        name = name.substring(name.lastIndexOf(':') + 1);
        int sub = name.indexOf('.');
        return (sub < 0 ? name : name.substring(0, sub)).toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> lowerCase(Map<String, Object> members) {
        Map<String, Object> lower = new TreeMap<>();
        members.forEach((name, value) -> {
            if (value != null) {
                lower.put(name.toLowerCase(Locale.ROOT), value);
            }
        });
        return lower;
    }

    boolean changed(String attribute) {
        return attributes.contains(attribute);
    }

    /** Whether the account may be used; absent if nothing was told of it. Some providers write it as a string. */
    @Nullable
    Boolean active() {
        Object value = values.get(ACTIVE);
        if (value instanceof String text) {
            return text.equalsIgnoreCase("true") ? Boolean.TRUE : text.equalsIgnoreCase("false") ? Boolean.FALSE : null;
        }
        return value instanceof Boolean flag ? flag : null;
    }

    /** The one value that counts of an attribute that may have several: the primary, or the only one; absent otherwise. */
    @Nullable
    String single(String attribute) {
        Object value = values.get(attribute);
        if (value instanceof Collection<?> items) {
            Object primary = items.size() == 1
                    ? items.iterator().next()
                    : items.stream()
                            .filter(item -> item instanceof Map<?, ?> map && Boolean.TRUE.equals(map.get("primary")))
                            .findFirst()
                            .orElse(null);
            value = primary;
        }
        if (value instanceof Map<?, ?> map) {
            value = map.get("value");
        }
        return value instanceof String text && !text.isBlank() ? text : null;
    }

    /** Values of people belong in no log. */
    @Override
    public String toString() {
        return "ScimChange[" + kind + ", " + attributes + "]";
    }
}
