package io.signalbox.ingest.poll;

import io.signalbox.http.GuardedHttp;
import io.signalbox.http.GuardedHttp.Request;
import io.signalbox.http.GuardedHttp.Result;
import io.signalbox.ingest.ConfiguredSources.Polling;
import io.signalbox.wire.Wire;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks a SCIM server for its users, page by page.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2">RFC 7644, section 3.4.2</a>
 */
final class ScimListing {

    private final Polling polling;
    private final GuardedHttp http;

    ScimListing(Polling polling, GuardedHttp http) {
        this.polling = polling;
        this.http = http;
    }

    /** What came of one request. */
    sealed interface Answer {

        /**
         * One page.
         *
         * @param users as the server tells them; each has an id
         * @param total how many there are in all pages
         */
        record Users(List<Map<String, Object>> users, long total) implements Answer {}

        /** The server cannot select by time, or not in this way. */
        record NoFilter() implements Answer {}

        /** There is no such user. */
        record Gone() implements Answer {}

        /**
         * Nothing came of it.
         *
         * @param why for an operator; holds no secret and nothing that the server said
         */
        record Failed(String why) implements Answer {}
    }

    /**
     * One page of users.
     *
     * @param since only those modified then or later, as the server itself wrote that time; absent for all
     * @param start place of the first, from 1
     */
    Answer users(@Nullable String since, long start) {
        StringBuilder query = new StringBuilder("?startIndex=" + start + "&count=" + polling.maxEvents());
        query.append("&attributes=").append(encoded(String.join(",", ScimImage.WATCHED) + ",meta"));
        if (since != null) {
            // Only what a date is made of: the server's own word must not become a filter of its own.
            query.append("&filter=")
                    .append(encoded("meta.lastModified ge \"" + since.replaceAll("[^0-9A-Za-z:.+-]", "") + "\""));
        }
        return ask("/Users" + query, since != null);
    }

    /** One user, if it is there. */
    Answer user(String id) {
        return ask("/Users/" + encoded(id).replace("+", "%20") + "?attributes=id", false);
    }

    private Answer ask(String path, boolean filtered) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", "application/scim+json, application/json");
        try {
            String credentials = polling.credentials();
            if (credentials != null) {
                headers.put("Authorization", credentials);
            }
        } catch (IllegalArgumentException e) {
            // Its message names the key and never the value.
            return new Answer.Failed(String.valueOf(e.getMessage()));
        }
        String base = Objects.requireNonNull(polling.uri()).toString().replaceFirst("/+$", "");
        Result result = http.exchange(new Request(
                "GET", URI.create(base + path), headers, null, polling.maxResponseBytes(), polling.timeout()));
        if (result instanceof Result.Answered answered) {
            return read(answered, filtered);
        }
        if (result instanceof Result.TooLarge large) {
            return new Answer.Failed("A page of the SCIM server is longer than " + large.maxBytes()
                    + " bytes; a smaller max-events makes pages smaller");
        }
        if (result instanceof Result.Forbidden forbidden) {
            return new Answer.Failed("The SCIM server may not be called: " + forbidden.why());
        }
        return new Answer.Failed("The SCIM server cannot be reached, or does not answer");
    }

    private static Answer read(Result.Answered answered, boolean filtered) {
        int status = answered.status();
        if (status == 404) {
            return new Answer.Gone();
        }
        if (filtered && (status == 400 || status == 403 || status == 501)) {
            return new Answer.NoFilter();
        }
        if (status != 200) {
            return new Answer.Failed("The SCIM server answers " + status);
        }
        Map<String, Object> body;
        try {
            body = Wire.readObject(new String(answered.body(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return new Answer.Failed("The SCIM server answers 200 with something that is no JSON object");
        }
        if (body.get("id") instanceof String) {
            return new Answer.Users(List.of(body), 1);
        }
        List<Map<String, Object>> users = new ArrayList<>();
        if (body.get("Resources") instanceof Collection<?> resources) {
            for (Object resource : resources) {
                if (!(resource instanceof Map<?, ?> members) || !(members.get("id") instanceof String)) {
                    return new Answer.Failed("The SCIM server gives a user without an id");
                }
                Map<String, Object> user = new LinkedHashMap<>();
                members.forEach((name, value) -> user.put(String.valueOf(name), value));
                users.add(user);
            }
        }
        return body.get("totalResults") instanceof Number total
                ? new Answer.Users(users, total.longValue())
                : new Answer.Failed("The SCIM server answers 200 with no list of users");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
