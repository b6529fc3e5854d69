package io.signalbox.act;

import io.signalbox.act.TargetProperties.Auth;
import io.signalbox.act.TargetProperties.Target;
import io.signalbox.connector.Connector;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How one target is logged in at: what its connector says, and what the operator says over it.
 *
 * @param kind the way
 * @param said whether the operator chose the way
 * @param username for {@code basic}
 * @param header where an API key goes
 * @param prefix what stands before it
 * @param tokenUrl where tokens are fetched; absent unless they are
 * @param clientId as whom; empty unless they are
 * @param scope what is asked for
 * @param subject on whose behalf
 * @param inBody whether the client's secret goes into the body rather than a header
 */
record Login(
        Kind kind,
        boolean said,
        String username,
        String header,
        String prefix,
        @Nullable String tokenUrl,
        String clientId,
        @Nullable String scope,
        @Nullable String subject,
        boolean inBody) {

    /** The ways, and which credential each cannot do without. */
    enum Kind {
        NONE("none", ""),
        BEARER("bearer", ""),
        BASIC("basic", "token"),
        HEADER("header", "token"),
        OAUTH("oauth", "secret"),
        JWT_BEARER("jwt-bearer", "secret");

        private final String word;
        private final String credential;

        Kind(String word, String credential) {
            this.word = word;
            this.credential = credential;
        }

        String word() {
            return word;
        }

        String credential() {
            return credential;
        }

        boolean fetches() {
            return this == OAUTH || this == JWT_BEARER;
        }
    }

    private static final List<String> CLIENT_AUTHENTICATIONS = List.of("basic", "post");

    /**
     * Reads it.
     *
     * @param key of the configuration, for messages
     * @throws IllegalArgumentException naming the key that is wrong
     */
    static Login of(String key, Target target, Connector connector) {
        Auth auth = target.auth();
        // A connector that signs needs its secret for that; nothing would be left to fetch a token with.
        boolean signs =
                connector.needs().contains("secret") || connector.takes().contains("secret");
        List<String> ways = !connector.auth().isEmpty()
                ? connector.auth()
                : signs
                        ? List.of("bearer", "basic", "header", "none")
                        : List.of("bearer", "basic", "header", "oauth", "jwt-bearer", "none");
        String word = auth.kind() == null ? ways.get(0) : auth.kind();
        Kind kind = Arrays.stream(Kind.values())
                .filter(each -> each.word().equals(word) && ways.contains(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + ".kind: the connector " + connector.name()
                        + " is not logged in at by " + word + "; it is by "
                        + ways.stream().collect(Collectors.joining(", "))));
        if (kind == Kind.BASIC) {
            needed(key + ".username", auth.username(), kind);
            if (String.valueOf(auth.username()).indexOf(':') >= 0) {
                throw new IllegalArgumentException(key + ".username: must hold no colon (RFC 7617, section 2)");
            }
        }
        if (kind.fetches()) {
            needed(key + ".token-url", auth.tokenUrl(), kind);
            needed(key + ".client-id", auth.clientId(), kind);
        }
        if (!CLIENT_AUTHENTICATIONS.contains(auth.clientAuthentication())) {
            throw new IllegalArgumentException(
                    key + ".client-authentication: must be one of " + CLIENT_AUTHENTICATIONS);
        }
        return new Login(
                kind,
                auth.kind() != null,
                text(auth.username()),
                auth.header() == null ? connector.authHeader() : auth.header(),
                auth.prefix() == null ? connector.authPrefix() : auth.prefix(),
                kind.fetches() ? auth.tokenUrl() : null,
                text(auth.clientId()),
                auth.scope(),
                auth.subject(),
                auth.clientAuthentication().equals("post"));
    }

    private static void needed(String key, @Nullable String value, Kind kind) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(key + ": must be given for auth.kind " + kind.word());
        }
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
