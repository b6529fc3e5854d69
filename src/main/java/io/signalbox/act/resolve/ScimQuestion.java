package io.signalbox.act.resolve;

import io.signalbox.act.scim.ScimUsers;
import io.signalbox.http.GuardedHttp;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.wire.Wire;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Searches a SCIM service for the one user. The filter goes in a body, since a URL that holds personal data ends up in logs.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7644#section-3.4.3">RFC 7644, section 3.4.3</a>
 */
final class ScimQuestion implements Question {

    private static final int LARGEST = 1024 * 1024;

    /** As the connector's; the target's own, or the step's, stand instead. */
    private static final Map<String, String> STANDARD = Map.of(
            "email-attribute", "emails.value",
            "iss-sub-attribute", "externalId",
            "iss-sub-issuer", "",
            "account-attribute", "userName",
            "opaque-attribute", "id",
            "phone-number-attribute", "phoneNumbers.value");

    private final GuardedHttp http;
    private final String url;
    private final Supplier<@Nullable String> authorization;
    private final Map<String, String> options = new TreeMap<>(STANDARD);
    private final String attribute;

    ScimQuestion(
            GuardedHttp http,
            String url,
            Supplier<@Nullable String> authorization,
            Map<String, String> options,
            String attribute) {
        this.http = http;
        this.url = url;
        this.authorization = authorization;
        this.options.putAll(options);
        this.attribute = attribute;
    }

    @Override
    public String name() {
        return "scim";
    }

    @Override
    public Asked ask(SubjectIdentifier one) {
        String filter = ScimUsers.filterOf(one, options);
        if (filter == null) {
            return new Asked("nothing", new Answer.Nobody("no attribute is configured for this format"));
        }
        boolean inUrl = "filter".equals(options.get("lookup"));
        Map<String, String> headers = new TreeMap<>(Map.of("Accept", "application/scim+json"));
        String token = authorization.get();
        if (token != null) {
            headers.put("Authorization", token);
        }
        String body = null;
        if (!inUrl) {
            headers.put("Content-Type", "application/scim+json");
            body = Wire.write(new TreeMap<>(Map.of(
                    "schemas",
                    List.of("urn:ietf:params:scim:api:messages:2.0:SearchRequest"),
                    "filter",
                    filter,
                    "attributes",
                    List.of(attribute),
                    "startIndex",
                    1,
                    "count",
                    2)));
        }
        URI uri = URI.create(
                inUrl
                        ? url + "/Users?startIndex=1&count=2&filter="
                                + java.net.URLEncoder.encode(filter, StandardCharsets.UTF_8)
                                        .replace("+", "%20")
                        : url + "/Users/.search");
        GuardedHttp.Result result = http.exchange(new GuardedHttp.Request(
                inUrl ? "GET" : "POST",
                uri,
                headers,
                body == null ? null : body.getBytes(StandardCharsets.UTF_8),
                LARGEST,
                null));
        return new Asked(filter + " at " + url, read(result));
    }

    private Answer read(GuardedHttp.Result result) {
        if (!(result instanceof GuardedHttp.Result.Answered answered)) {
            return new Answer.Silent(
                    result instanceof GuardedHttp.Result.Forbidden
                            ? "its address may not be called; signalbox.http.allow lists what may"
                            : "no answer");
        }
        if (answered.status() < 200 || answered.status() > 299) {
            return new Answer.Silent("answered HTTP " + answered.status());
        }
        Map<String, Object> list;
        try {
            list = Wire.readObject(new String(answered.body(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return new Answer.Silent("its answer is not JSON");
        }
        List<?> users = list.get("Resources") instanceof List<?> resources ? resources : List.of();
        if (!(list.get("totalResults") instanceof Number total)) {
            return new Answer.Silent("its answer is not a SCIM list");
        }
        int found = Math.max(total.intValue(), users.size());
        if (found == 0) {
            return new Answer.Nobody("no user matches");
        }
        if (found > 1) {
            return new Answer.Several(found + " users match");
        }
        Object value = users.isEmpty() ? null : value(users.get(0), attribute);
        return value instanceof String || value instanceof Number
                ? new Answer.One(String.valueOf(value))
                : new Answer.Nobody("the user has no " + attribute);
    }

    private static @Nullable Object value(@Nullable Object user, String attribute) {
        Object value = user;
        for (String name : attribute.split("\\.", -1)) {
            if (value instanceof List<?> several && several.size() == 1) {
                value = several.get(0);
            }
            value = value instanceof Map<?, ?> object ? object.get(name) : null;
        }
        return value;
    }
}
