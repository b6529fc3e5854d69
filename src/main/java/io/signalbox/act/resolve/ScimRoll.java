package io.signalbox.act.resolve;

import io.signalbox.http.GuardedHttp;
import io.signalbox.wire.Wire;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The members of a group of a SCIM service, and of the groups that are members of it, by their ids.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7643#section-4.2">RFC 7643, section 4.2</a>
 */
final class ScimRoll implements Roll {

    private static final int LARGEST = 16 * 1024 * 1024;
    private static final int MOST_GROUPS = 100;

    private final GuardedHttp http;
    private final String url;
    private final Supplier<@Nullable String> authorization;
    private final String group;

    ScimRoll(GuardedHttp http, String url, Supplier<@Nullable String> authorization, String group) {
        this.http = http;
        this.url = url;
        this.authorization = authorization;
        this.group = group;
    }

    @Override
    public String name() {
        return "scim group " + group;
    }

    @Override
    public Set<String> read() throws UnreadableException {
        String filter = "displayName eq " + Wire.write(group);
        Map<String, Object> list =
                get("?attributes=displayName,members&startIndex=1&count=2&filter=" + encoded(filter));
        List<?> groups = list.get("Resources") instanceof List<?> resources ? resources : List.of();
        if (groups.size() != 1) {
            throw new UnreadableException(groups.size() + " groups have this name");
        }
        Set<String> found = new TreeSet<>();
        Set<String> looked = new HashSet<>();
        Deque<String> inside = new ArrayDeque<>();
        members(groups.get(0), found, inside);
        while (!inside.isEmpty()) {
            String id = inside.pop();
            if (looked.add(id)) {
                members(get("/" + encoded(id) + "?attributes=members"), found, inside);
            }
            if (looked.size() > MOST_GROUPS) {
                throw new UnreadableException("more than " + MOST_GROUPS + " groups are members of it");
            }
        }
        if (found.isEmpty()) {
            throw new UnreadableException("the group has no members");
        }
        return found;
    }

    private static void members(@Nullable Object group, Set<String> found, Deque<String> inside)
            throws UnreadableException {
        List<?> members =
                group instanceof Map<?, ?> json && json.get("members") instanceof List<?> several ? several : List.of();
        for (Object member : members) {
            if (!(member instanceof Map<?, ?> object) || !(object.get("value") instanceof String id)) {
                throw new UnreadableException("a member of the group has no id");
            }
            if ("Group".equals(object.get("type"))) {
                inside.push(id);
            } else {
                found.add(id);
            }
        }
    }

    private Map<String, Object> get(String what) throws UnreadableException {
        Map<String, String> headers = new TreeMap<>(Map.of("Accept", "application/scim+json"));
        String token = authorization.get();
        if (token != null) {
            headers.put("Authorization", token);
        }
        GuardedHttp.Result result = http.exchange(
                new GuardedHttp.Request("GET", URI.create(url + "/Groups" + what), headers, null, LARGEST, null));
        if (!(result instanceof GuardedHttp.Result.Answered answered)) {
            throw new UnreadableException(
                    result instanceof GuardedHttp.Result.Forbidden
                            ? "its address may not be called; signalbox.http.allow lists what may"
                            : "no answer");
        }
        if (answered.status() < 200 || answered.status() > 299) {
            throw new UnreadableException("answered HTTP " + answered.status());
        }
        try {
            return Wire.readObject(new String(answered.body(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new UnreadableException("its answer is not JSON");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
