package io.signalbox.set;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A simple format of which we know the members, and which spellings of them mean the same. What the text leaves to the
 * recipient is decided here: nothing is folded that two different principals could differ in.
 *
 * @param members the members that the format describes
 * @param required those of them that it must have, all of them strings
 * @param user whether a subject of this format can name a user by itself (U-23)
 * @param spelling makes one spelling of all that mean the same
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9493#section-3.2">RFC 9493, section 3.2</a>
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-3.5">SSF 1.0, section
 *     3.5</a>
 */
record SubjectFormat(List<String> members, List<String> required, boolean user, UnaryOperator<String> spelling) {

    static final String ALIASES = "aliases";
    static final String IP_ADDRESSES = "ip-addresses";
    static final String SCIM = "scim";

    private static final Pattern URI =
            Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]*:)(?<rest>.*)", Pattern.DOTALL);
    private static final Pattern AUTHORITY =
            Pattern.compile("(?<user>//(?:[^/?#@]*@)?)(?<host>[^/?#]*)(?<rest>.*)", Pattern.DOTALL);
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");
    private static final Pattern SEPARATORS = Pattern.compile("[\\s().\\-/]");

    private static final Map<String, SubjectFormat> KNOWN = Map.ofEntries(
            Map.entry("account", of(true, SubjectFormat::account, "uri")),
            Map.entry("email", of(true, SubjectFormat::email, "email")),
            Map.entry("iss_sub", of(true, UnaryOperator.identity(), "iss", "sub")),
            Map.entry("opaque", of(true, UnaryOperator.identity(), "id")),
            Map.entry(
                    "phone_number",
                    of(true, number -> SEPARATORS.matcher(number).replaceAll(""), "phone_number")),
            Map.entry("did", of(false, UnaryOperator.identity(), "url")),
            Map.entry("uri", of(false, SubjectFormat::uri, "uri")),
            Map.entry("jwt_id", of(false, UnaryOperator.identity(), "iss", "jti")),
            Map.entry("saml_assertion_id", of(false, UnaryOperator.identity(), "issuer", "assertion_id")),
            Map.entry("oauth_token", oauthToken()),
            Map.entry("oauth_client", of(false, UnaryOperator.identity(), "client_id")));

    private static SubjectFormat of(boolean user, UnaryOperator<String> spelling, String... members) {
        return new SubjectFormat(List.of(members), List.of(members), user, spelling);
    }

    /** Of a draft that expired: without the token it names nothing, and senders leave the others out. */
    private static SubjectFormat oauthToken() {
        return new SubjectFormat(
                List.of("token_type", "token_identifier_alg", "token"),
                List.of("token"),
                false,
                UnaryOperator.identity());
    }

    /** Null for {@code complex}, {@code aliases}, {@code ip-addresses}, {@code scim}, and for what we do not know. */
    static @Nullable SubjectFormat named(String format) {
        return KNOWN.get(format);
    }

    /** The members that the format describes, in their one spelling; others take no part in matching (U-02). */
    Map<String, Object> canonical(Map<String, Object> given) {
        Map<String, Object> canonical = new TreeMap<>();
        for (String member : members) {
            Object value = given.get(member);
            if (value != null) {
                canonical.put(member, value instanceof String text ? spelling.apply(text) : value);
            }
        }
        return canonical;
    }

    /** What stands in the way of its naming anybody; null if nothing does. */
    @Nullable
    String flaw(Map<String, Object> given) {
        for (String member : required) {
            if (!(given.get(member) instanceof String text) || text.isEmpty()) {
                return member + " is required and must be a non-empty string";
            }
        }
        return null;
    }

    /** A set of addresses, each in one spelling; what is no address stays as it is. */
    static List<Object> addresses(Collection<?> given) {
        TreeSet<String> addresses = new TreeSet<>();
        given.forEach(each -> addresses.add(address(String.valueOf(each))));
        return List.copyOf(addresses);
    }

    private static String address(String text) {
        if (ADDRESS.matcher(text).matches()) {
            try {
                // Never a look-up: the pattern lets nothing through that could be a name.
                return InetAddress.getByName(text).getHostAddress();
            } catch (UnknownHostException e) {
                return text;
            }
        }
        return text;
    }

    private static String email(String address) {
        int at = address.lastIndexOf('@') + 1;
        return address.substring(0, at) + address.substring(at).toLowerCase(Locale.ROOT);
    }

    private static String account(String uri) {
        int at = uri.lastIndexOf('@') + 1;
        int colon = uri.indexOf(':') + 1;
        if (colon == 0 || at <= colon) {
            return uri;
        }
        return uri.substring(0, colon).toLowerCase(Locale.ROOT) + uri.substring(colon, at) + host(uri.substring(at));
    }

    private static String host(String host) {
        try {
            return IDN.toASCII(host, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return host.toLowerCase(Locale.ROOT);
        }
    }

    private static String uri(String uri) {
        Matcher parts = URI.matcher(uri);
        if (!parts.matches()) {
            return uri;
        }
        String scheme = parts.group("scheme").toLowerCase(Locale.ROOT);
        Matcher authority = AUTHORITY.matcher(parts.group("rest"));
        return authority.matches()
                ? scheme
                        + authority.group("user")
                        + authority.group("host").toLowerCase(Locale.ROOT)
                        + authority.group("rest")
                : scheme + parts.group("rest");
    }
}
