package io.signalbox.act.scim;

import io.signalbox.Step;
import io.signalbox.act.HttpOutcome;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.wire.Wire;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the one user that a subject names, and says what is to be changed about it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2">RFC 7644, section 3.4.2.2, filtering</a>
 */
@Step("scimUsers")
public class ScimUsers {

    private static final String MESSAGES = ScimChange.MESSAGES;
    private static final int PRECONDITION_FAILED = 412;

    /** What Camel reads and writes the status in. */
    private static final String STATUS = "CamelHttpResponseCode";

    private static final Pattern BY_ID = Pattern.compile("id eq (\"(?:[^\"\\\\]|\\\\.)*\")");

    /** Somebody else keeps changing the user: the fourth reading would not be luckier than the third (M-23). */
    private static final int READINGS = 3;

    private final HttpOutcome http;

    ScimUsers(HttpOutcome http) {
        this.http = http;
    }

    /**
     * The filter that finds the action's subject.
     *
     * @param options the target's: which attribute holds which kind of identifier
     * @param resolved whom the target's chain found the subject to be; absent if it has none
     * @return absent if nothing says how a subject of this format is looked up
     */
    public @Nullable String filter(Action action, Map<String, String> options, @Nullable String resolved) {
        if (resolved != null) {
            return equal(options.get("resolved-attribute"), resolved).orElse(null);
        }
        return Optional.ofNullable(action.subject())
                .flatMap(subject -> subject.principal("user"))
                .flatMap(user -> filter(user, options))
                .orElse(null);
    }

    /**
     * The filter that finds one user.
     *
     * @param options which attribute holds which kind of identifier
     * @return absent if nothing says how an identifier of this format is looked up
     */
    public static @Nullable String filterOf(SubjectIdentifier user, Map<String, String> options) {
        return filter(user, options).orElse(null);
    }

    /**
     * What becomes of an action before anybody is asked: nobody can be looked for, or the target is not told enough.
     *
     * @param filter as {@link #filter} made it
     * @return absent if the user can be looked for
     */
    public @Nullable Outcome unsearchable(Action action, Map<String, String> options, @Nullable String filter) {
        if (filter == null) {
            return new Outcome.Refused(
                    action.subject() == null
                            ? "The signal names no subject"
                            : "Nothing says by which attribute a user is found whose subject has this format");
        }
        return ScimChange.missing(action, options);
    }

    /** The body of a search: in a body, since a URL that holds personal data ends up in logs (RFC 7644, 7.5.2). */
    public String search(String filter) {
        Map<String, Object> request = new TreeMap<>();
        request.put("schemas", List.of(MESSAGES + "SearchRequest"));
        request.put("filter", filter);
        request.put("attributes", List.of("active", "meta"));
        request.put("startIndex", 1);
        request.put("count", 2);
        return Wire.write(request);
    }

    /** The URL of a search, for servers that know no other way. */
    public String searchUrl(String url, String filter) {
        return url + "/Users?attributes=active,meta&startIndex=1&count=2&filter=" + encoded(filter);
    }

    /** The URL of one user. An id is the server's text: it must not lead to another path. */
    public String userUrl(String url, String id) {
        return url + "/Users/" + encoded(id);
    }

    /** The URL of what is changed: the user, or the group whose member the user is or is to be. */
    public String changeUrl(Action action, String url, Map<String, String> options, String id) {
        return ScimChange.isOfGroup(action)
                ? url + "/Groups/" + encoded(options.getOrDefault("group", ""))
                : userUrl(url, id);
    }

    /**
     * The id, where the filter asks for one id and nothing else: such a user is read, not searched for.
     *
     * @return absent if it takes a search
     */
    public @Nullable String named(@Nullable String filter) {
        return idIn(filter);
    }

    /** The same, for those who look users up elsewhere. */
    public static @Nullable String idIn(@Nullable String filter) {
        Matcher one = BY_ID.matcher(filter == null ? "" : filter);
        return one.matches() ? Wire.read(one.group(1), String.class) : null;
    }

    /**
     * The answer to reading one user, as the answer to a search for it: one user, or, where the service says that it has
     * no such user, none. Anything else stays as it is; a 404 by somebody else than the service says nothing of users.
     *
     * @param headers of the answer; the status is changed together with the body
     * @see <a href="https://www.rfc-editor.org/rfc/rfc7644#section-3.12">RFC 7644, section 3.12</a>
     */
    public @Nullable String listOfOne(Map<String, Object> headers, @Nullable String body) {
        Object status = headers.get(STATUS);
        Map<String, Object> answer;
        try {
            answer = Wire.readObject(body == null ? "" : body);
        } catch (IllegalArgumentException e) {
            return body;
        }
        if (Integer.valueOf(200).equals(status)) {
            return Wire.write(Map.of("totalResults", 1, "Resources", List.of(answer)));
        }
        if (Integer.valueOf(404).equals(status)
                && answer.get("schemas") instanceof Collection<?> schemas
                && schemas.contains(MESSAGES + "Error")) {
            headers.put(STATUS, 200);
            return Wire.write(Map.of("totalResults", 0));
        }
        return body;
    }

    /**
     * Reads the answer to a search.
     *
     * @return the outcome if that ends the action; absent if there is one user who must be changed
     */
    public @Nullable Outcome found(
            Action action, @Nullable Integer status, @Nullable String retryAfter, @Nullable String body) {
        Outcome answer = http.read(action, status, retryAfter, body);
        if (answer instanceof Outcome.NotFound) {
            // The search is what is not found, not the user: no reason to think that all is well.
            return new Outcome.Refused("There is no SCIM search at this URL: " + answer.detail());
        }
        if (!(answer instanceof Outcome.Done)) {
            return answer;
        }
        Map<String, Object> list;
        try {
            list = Wire.readObject(body == null ? "" : body);
        } catch (IllegalArgumentException e) {
            return new Outcome.NoAnswer("The answer to the search is not JSON", null);
        }
        List<?> users = list.get("Resources") instanceof List<?> resources ? resources : List.of();
        if (!(list.get("totalResults") instanceof Number total)) {
            return new Outcome.NoAnswer("The answer to the search is not a SCIM list", null);
        }
        if (total.intValue() == 0) {
            return new Outcome.NotFound("No user matches");
        }
        if (total.intValue() > 1 || users.size() > 1) {
            return new Outcome.Refused(Math.max(total.intValue(), users.size()) + " users match");
        }
        if (users.isEmpty() || !(users.get(0) instanceof Map<?, ?> user) || !(user.get("id") instanceof String)) {
            return new Outcome.Refused("The server counts a user but does not show it");
        }
        Boolean active = active(user.get("active"));
        return active != null && action.kind().startsWith("account.") && active == ScimChange.wanted(action)
                ? new Outcome.AlreadyDone(active ? "The account was enabled" : "The account was disabled")
                : null;
    }

    /**
     * The PATCH that the action comes to.
     *
     * @param options the target's: which group, and how its members are removed
     * @param id the user's
     */
    public String change(Action action, Map<String, String> options, String id) {
        return ScimChange.body(action, options, id);
    }

    /**
     * Reads the answer to a change; 200 and 204 both did it.
     *
     * @param reading how often the user was read before, from 0
     * @return absent if the user has changed since it was read, and may be read again
     */
    public @Nullable Outcome changed(
            Action action,
            @Nullable Integer status,
            @Nullable String retryAfter,
            @Nullable String body,
            @Nullable Integer reading) {
        if (status != null && status == PRECONDITION_FAILED) {
            return reading != null && reading < READINGS - 1
                    ? null
                    : new Outcome.NoAnswer("The user was changed by somebody else each time it was read", null);
        }
        Outcome outcome = http.read(action, status, retryAfter, body);
        if (ScimChange.isOfGroup(action)) {
            // The user was found a moment ago.
            if (outcome instanceof Outcome.NotFound) {
                return new Outcome.Refused("There is no such group, or no such member: " + outcome.detail());
            }
            return action.kind().equals("group.remove")
                            && "noTarget".equals(answer(body).get("scimType"))
                    ? new Outcome.AlreadyDone("The user was no member of the group")
                    : outcome;
        }
        Boolean active = outcome instanceof Outcome.Done && action.kind().startsWith("account.")
                ? active(answer(body).get("active"))
                : null;
        return active != null && active != ScimChange.wanted(action)
                ? new Outcome.Refused("The service says that it did, and shows the account as it was")
                : outcome;
    }

    /** What the service says in words; nothing if it says nothing, or no JSON. */
    private static Map<String, Object> answer(@Nullable String body) {
        try {
            return Wire.readObject(body == null ? "" : body);
        } catch (IllegalArgumentException e) {
            return Map.of();
        }
    }

    private static Optional<String> filter(SubjectIdentifier user, Map<String, String> options) {
        return switch (user.format()) {
            case "email" -> named(options, options.get("email-attribute"), user.text("email"));
            case "iss_sub" ->
                issuer(user, options) ? equal(options.get("iss-sub-attribute"), user.text("sub")) : Optional.empty();
            case "account" -> named(options, options.get("account-attribute"), accountName(user.text("uri")));
            case "opaque" -> equal(options.get("opaque-attribute"), user.text("id"));
            case "phone_number" -> equal(options.get("phone-number-attribute"), user.text("phone_number"));
            case "scim" -> equal("id", scimId(user));
            case "aliases" -> aliases(user, options);
            default -> Optional.empty();
        };
    }

    /** Two issuers may give the same {@code sub} to different people; the option says whose the target keeps. */
    private static boolean issuer(SubjectIdentifier user, Map<String, String> options) {
        String issuer = options.getOrDefault("iss-sub-issuer", "");
        return issuer.isEmpty() || issuer.equals(user.text("iss"));
    }

    /** All of them name one principal, so one user must be found by any of them, or the action is refused (U-25). */
    private static Optional<String> aliases(SubjectIdentifier user, Map<String, String> options) {
        if (!(user.members().get("identifiers") instanceof Collection<?> identifiers)) {
            return Optional.empty();
        }
        List<String> filters = identifiers.stream()
                .flatMap(ScimUsers::identifier)
                .filter(one -> !one.format().equals("aliases"))
                .flatMap(one -> filter(one, options).stream())
                .distinct()
                .toList();
        return filters.isEmpty() ? Optional.empty() : Optional.of(String.join(" or ", filters));
    }

    @SuppressWarnings("unchecked")
    private static Stream<SubjectIdentifier> identifier(@Nullable Object value) {
        return value instanceof Map<?, ?> object
                ? SubjectIdentifier.of((Map<String, Object>) object).stream()
                : Stream.empty();
    }

    /** The value is written as a JSON string: a quotation mark in an e-mail address must not end it (M-22). */
    private static Optional<String> equal(@Nullable String attribute, @Nullable String value) {
        return attribute == null || attribute.isBlank() || value == null || value.isEmpty()
                ? Optional.empty()
                : Optional.of(attribute + " eq " + Wire.write(value));
    }

    /** Some services tell Alice from alice, and senders do not agree on which of them she is. */
    private static Optional<String> named(
            Map<String, String> options, @Nullable String attribute, @Nullable String name) {
        String low = name == null ? null : name.toLowerCase(Locale.ROOT);
        return switch (options.getOrDefault("letter-case", "as-told")) {
            case "lower" -> equal(attribute, low);
            case "either" ->
                equal(attribute, name)
                        .map(filter -> String.valueOf(name).equals(low)
                                ? filter
                                : filter + " or " + equal(attribute, low).orElse(filter));
            default -> equal(attribute, name);
        };
    }

    /** {@code acct:alice@acme.example}: the part before the host (RFC 7565), which may be an address itself. */
    private static @Nullable String accountName(@Nullable String uri) {
        if (uri == null || !uri.regionMatches(true, 0, "acct:", 0, 5)) {
            return null;
        }
        int at = uri.lastIndexOf('@');
        return at < 6 ? null : decoded(uri.substring(5, at));
    }

    private static @Nullable String scimId(SubjectIdentifier user) {
        String uri = user.text("uri");
        if (uri == null || !uri.contains("/Users/")) {
            return uri == null ? user.text("id") : null;
        }
        String id = decoded(uri.substring(uri.lastIndexOf("/Users/") + "/Users/".length()));
        String named = user.text("id");
        // Contradicting members resolve to nobody (RFC 9967, section 2.1, as read in the rules for subjects).
        return id == null || (named != null && !named.equals(id)) ? null : id;
    }

    private static @Nullable String decoded(String text) {
        try {
            String path = new URI("x:/" + text).getPath();
            return path == null ? null : path.substring(1);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Some servers answer with strings. */
    private static @Nullable Boolean active(@Nullable Object value) {
        if (value instanceof Boolean active) {
            return active;
        }
        return value instanceof String text && (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"))
                ? Boolean.valueOf(text)
                : null;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace(".", "%2E");
    }
}
