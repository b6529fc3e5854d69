package io.signalbox.act.logouttoken;

import io.signalbox.Step;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.act.TargetCalls;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.action.TokenSigner;
import io.signalbox.action.TokenSigner.Signed;
import io.signalbox.wire.Wire;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Writes the logout token for one relying party.
 *
 * @see <a href="https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken">Back-Channel Logout, 2.4</a>
 */
@Step("logoutTokens")
public class LogoutTokens {

    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";

    /** At most two minutes are preferred (E-30). */
    private static final int VALID_SECONDS = 120;

    private final ConfiguredTargets targets;
    private final TargetCalls calls;
    private final ObjectProvider<TokenSigner> signer;
    private final Clock clock;

    LogoutTokens(ConfiguredTargets targets, TargetCalls calls, ObjectProvider<TokenSigner> signer, Clock clock) {
        this.targets = targets;
        this.calls = calls;
        this.signer = signer;
        this.clock = clock;
    }

    /**
     * Writes and signs it. A new one at each attempt: a relying party may refuse a {@code jti} that it has seen, and to
     * be logged out twice harms nobody.
     *
     * @param options the target's
     * @param resolved whom the target's chain found the subject to be; absent if it has none
     * @param headers where {@code logoutToken} is put
     * @return absent if there is a token; else why there is none
     */
    public @Nullable Outcome sign(
            Action action,
            String target,
            Map<String, String> options,
            @Nullable String resolved,
            Map<String, Object> headers) {
        String issuer = options.getOrDefault("issuer", "");
        String audience = options.getOrDefault("client-id", "");
        if (issuer.isBlank() || audience.isBlank()) {
            return new Outcome.Refused("The options issuer and client-id of the target must be given");
        }
        String user = calls.text(action, target, options, resolved, "{user?}");
        String session = calls.text(action, target, options, resolved, "{session?}");
        if (session.isEmpty() && options.getOrDefault("session", "if-known").equals("required")) {
            return new Outcome.Refused("The relying party wants a session, and the signal names none");
        }
        if (user.isEmpty() && session.isEmpty()) {
            return new Outcome.Refused("The signal names neither a user of this issuer nor a session");
        }
        Instant now = clock.instant();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", issuer);
        claims.put("aud", audience);
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.getEpochSecond() + VALID_SECONDS);
        claims.put("jti", action.id() + "." + now.toEpochMilli());
        if (!user.isEmpty()) {
            claims.put("sub", user);
        }
        if (!session.isEmpty()) {
            claims.put("sid", session);
        }
        claims.put("events", Map.of(EVENT, Map.of()));
        TokenSigner by = signer.getIfAvailable();
        if (by == null) {
            return new Outcome.Refused("Nobody here signs tokens");
        }
        Signed signed = by.sign(
                Wire.write(claims),
                "logout+jwt",
                options.getOrDefault("algorithm", "RS256"),
                targets.hasSecret(target) ? targets.secret(target) : null,
                options.getOrDefault("key-id", ""));
        if (signed instanceof Signed.Token token) {
            headers.put("logoutToken", token.compact());
            return null;
        }
        return new Outcome.Refused(signed instanceof Signed.NoKey none ? none.why() : "There is no token");
    }
}
