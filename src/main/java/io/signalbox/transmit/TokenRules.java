package io.signalbox.transmit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a token of another server must say to let anybody in (I-32), whichever way we got to know what it says.
 *
 * @param server name of the server
 * @param issuer {@code iss} of its tokens
 * @param audiences of which its tokens must name one
 * @param clientClaim member that holds the client's id
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9068#section-4">RFC 9068, section 4</a>
 */
record TokenRules(
        String server, String issuer, Set<String> audiences, String clientClaim, Transmitter transmitter, Clock clock) {

    /** Clocks differ by that much. */
    static final Duration SKEW = Duration.ofSeconds(60);

    /** Nobody tells us that such a token was taken back, so it must not be good for long (I-30, I-33). */
    private static final Duration LONGEST_LIFE = Duration.ofHours(1);

    /**
     * Who comes with these claims.
     *
     * @param endless whether it may be good for any time, since its server was asked whether it still is
     */
    Access of(Map<String, Object> claims, boolean endless) {
        Instant now = clock.instant();
        Instant expiry = time(claims.get("exp"));
        Instant begin = time(claims.get("nbf"));
        boolean timely = expiry == null
                ? endless && !claims.containsKey("exp")
                : expiry.plus(SKEW).isAfter(now)
                        && (endless || expiry.minus(LONGEST_LIFE).minus(SKEW).isBefore(now));
        if (!timely
                || begin != null && begin.minus(SKEW).isAfter(now)
                || !texts(claims.get("aud")).stream().anyMatch(audiences::contains)
                // A SET must never let anybody in (RFC 8417, section 4).
                || claims.containsKey("events")
                // Bound to a key whose proof is not asked for here: whoever stole it must not come in (RFC 9449,
                // section 7.2).
                || claims.containsKey("cnf")) {
            return Access.UNKNOWN;
        }
        Object id = claims.get(clientClaim);
        Set<String> scopes = scopes(claims);
        return !(id instanceof String name)
                ? Access.UNKNOWN
                : transmitter
                        .client(name)
                        .filter(client -> server.equals(client.authorizationServer()))
                        .<Access>map(client -> new Access.Granted(client, AccessTokens.common(scopes, client.scopes())))
                        .orElse(Access.UNKNOWN);
    }

    /** {@code scope} as RFC 8693, section 4.2 has it, or {@code scp}, a list, as some do. */
    private static Set<String> scopes(Map<String, Object> claims) {
        Object scope = claims.containsKey("scope") ? claims.get("scope") : claims.get("scp");
        return texts(scope).stream()
                .flatMap(text -> Arrays.stream(text.strip().split(" +")))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> texts(@Nullable Object value) {
        Collection<?> all = value instanceof Collection<?> many ? many : value == null ? List.of() : List.of(value);
        return all.stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }

    private static @Nullable Instant time(@Nullable Object value) {
        if (value instanceof java.util.Date date) {
            return date.toInstant();
        }
        return value instanceof Number seconds ? Instant.ofEpochSecond(seconds.longValue()) : null;
    }
}
