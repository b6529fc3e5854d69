package io.signalbox.ingest.poll;

import io.signalbox.store.ScimImages.Image;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a SCIM user, so that a change of it is seen: digests of the attributes whose change means
 * something, and no value of a person's. Digests tell that something changed, and not what it was.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7643#section-4.1">RFC 7643, section 4.1</a>
 */
final class ScimImage {

    /** What {@code attributes} of a request asks for; what a server gives besides is not looked at. */
    static final List<String> WATCHED = List.of(
            "active", "userName", "emails", "phoneNumbers", "roles", "entitlements", "groups", "x509Certificates");

    private ScimImage() {}

    /**
     * @param source makes the digests of two servers differ
     * @param user as the server tells it
     */
    static Map<String, String> digests(String source, String id, Map<String, Object> user) {
        Map<String, Object> lower = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        lower.putAll(user);
        Map<String, String> digests = new TreeMap<>();
        for (String attribute : WATCHED) {
            Object value = lower.get(attribute);
            if (value != null && !(value instanceof Collection<?> items && items.isEmpty())) {
                String told = Wire.write(sorted(value));
                digests.put(attribute, attribute.equals("active") ? told : digest(source, id, attribute, told));
            }
        }
        return digests;
    }

    /** The attributes that are not what they were. */
    static List<String> changed(Image before, Map<String, String> now) {
        return WATCHED.stream()
                .filter(name -> !Objects.equals(before.digests().get(name), now.get(name)))
                .toList();
    }

    /** A name that is the same whenever the same parts are given. */
    static String digest(String... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                // With its length, so that no two lists of parts run together.
                sha256.update((part.length() + ":" + part).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha256.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    /** A server need not give members and values in one order twice. */
    private static Object sorted(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> members = new TreeMap<>();
            map.forEach((name, member) -> {
                // Where a value can be read is no part of it, and names may be written in another way.
                if (member != null && !name.equals("$ref")) {
                    members.put(String.valueOf(name), sorted(member));
                }
            });
            return members;
        }
        if (value instanceof Collection<?> items) {
            TreeSet<String> each = new TreeSet<>();
            items.forEach(item -> each.add(Wire.write(sorted(item))));
            return new ArrayList<>(each);
        }
        return value == null ? "" : value;
    }
}
