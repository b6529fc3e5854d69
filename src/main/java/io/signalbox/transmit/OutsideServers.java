package io.signalbox.transmit;

import com.nimbusds.jwt.SignedJWT;
import io.signalbox.http.GuardedHttp;
import io.signalbox.transmit.TransmitterProperties.Server;
import java.net.URI;
import java.text.ParseException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * Authorization servers of others, whose tokens let clients in. Each vouches only for the clients that name it, so that no
 * server can make itself a receiver that is another's.
 */
final class OutsideServers {

    /** What a longer text is, it is no token. */
    private static final int LONGEST = 8 * 1024;

    private final List<OutsideServer> servers = new ArrayList<>();

    /** @throws IllegalArgumentException naming the key of what is missing or wrong */
    OutsideServers(
            TransmitterProperties properties,
            Transmitter transmitter,
            GuardedHttp http,
            Environment environment,
            Clock clock) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < properties.authorizationServers().size(); i++) {
            String key = Transmitter.KEY + "authorization-servers[" + i + "].";
            Server server = properties.authorizationServers().get(i);
            OutsideServer made = made(key, server, transmitter, http, environment, clock);
            if (!names.add(made.name())) {
                throw new IllegalArgumentException(key + "name: " + made.name() + " is there twice");
            }
            servers.add(made);
        }
        for (int i = 0; i < properties.clients().size(); i++) {
            String named = properties.clients().get(i).authorizationServer();
            if (named != null && !names.contains(named)) {
                throw new IllegalArgumentException(Transmitter.KEY + "clients[" + i
                        + "].authorization-server names none of " + Transmitter.KEY + "authorization-servers");
            }
        }
    }

    private static OutsideServer made(
            String key,
            Server server,
            Transmitter transmitter,
            GuardedHttp http,
            Environment environment,
            Clock clock) {
        TokenRules rules = new TokenRules(
                needed(key + "name", server.name()),
                needed(key + "issuer", server.issuer()),
                Set.copyOf(server.audiences()),
                needed(key + "client-claim", server.clientClaim()),
                transmitter,
                clock);
        if (server.audiences().isEmpty()) {
            throw new IllegalArgumentException(
                    key + "audiences is missing: a token that is meant for somebody else must let nobody in here");
        }
        if ((server.jwksUri() == null) == (server.introspectionUri() == null)) {
            throw new IllegalArgumentException(key + "jwks-uri or introspection-uri has to be given, one of them");
        }
        if (server.jwksUri() != null) {
            URI uri = Tenant.address(key + "jwks-uri", server.jwksUri().strip());
            return new SignedTokens(rules, new FetchedKeys(http, uri, clock));
        }
        Reference secret = Reference.of(
                key + "introspection-secret",
                server.introspectionSecretFile(),
                server.introspectionSecretEnv(),
                environment);
        if (secret == null) {
            throw new IllegalArgumentException(key + "introspection-secret-file is missing");
        }
        return new Introspection(
                rules,
                http,
                Tenant.address(
                        key + "introspection-uri",
                        String.valueOf(server.introspectionUri()).strip()),
                needed(key + "introspection-client-id", server.introspectionClientId()),
                secret,
                clock);
    }

    private static String needed(String key, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value.strip();
    }

    /** A token that says who issued it is shown to nobody else. */
    Access of(String token, String digest) {
        if (servers.isEmpty() || token.length() > LONGEST) {
            return Access.UNKNOWN;
        }
        SignedJWT jwt = parsed(token);
        String issuer = issuer(jwt);
        Access found = Access.UNKNOWN;
        for (OutsideServer server : servers) {
            if (jwt == null || server.issuer().equals(issuer)) {
                Access access = server.of(token, digest, jwt);
                if (access instanceof Access.Granted) {
                    return access;
                }
                found = access instanceof Access.NotNow ? access : found;
            }
        }
        return found;
    }

    private static @Nullable SignedJWT parsed(String token) {
        try {
            return SignedJWT.parse(token);
        } catch (ParseException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable String issuer(@Nullable SignedJWT jwt) {
        try {
            return jwt == null ? null : jwt.getJWTClaimsSet().getIssuer();
        } catch (ParseException | RuntimeException e) {
            return null;
        }
    }
}
