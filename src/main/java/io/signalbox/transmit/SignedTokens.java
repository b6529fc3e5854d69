package io.signalbox.transmit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens that are JWTs, signed by keys that their server publishes.
 *
 * @param rules what they must say
 * @param keys those of the server
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9068">RFC 9068</a>
 */
record SignedTokens(TokenRules rules, FetchedKeys keys) implements OutsideServer {

    /** {@code JWT} and none at all are older than RFC 9068 and in wide use. */
    private static final Set<String> TYPES = Set.of("at+jwt", "application/at+jwt", "jwt", "");

    @Override
    public String name() {
        return rules.server();
    }

    @Override
    public String issuer() {
        return rules.issuer();
    }

    @Override
    public Access of(String token, String digest, @Nullable SignedJWT jwt) {
        if (jwt == null) {
            return Access.UNKNOWN;
        }
        try {
            JOSEObjectType type = jwt.getHeader().getType();
            String kid = jwt.getHeader().getKeyID();
            Map<String, Object> claims = jwt.getJWTClaimsSet().getClaims();
            if (!TYPES.contains(type == null ? "" : type.getType().toLowerCase(Locale.ROOT))
                    || !issuer().equals(claims.get("iss"))) {
                return Access.UNKNOWN;
            }
            // Before the keys: a token that would let nobody in makes us fetch nothing.
            Access access = rules.of(claims, false);
            if (!(access instanceof Access.Granted)) {
                return access;
            }
            List<JWK> published = keys.having(kid);
            if (published == null) {
                return Access.NOT_NOW;
            }
            return ClientAssertion.isSigned(jwt, published) ? access : Access.UNKNOWN;
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return Access.UNKNOWN;
        }
    }
}
