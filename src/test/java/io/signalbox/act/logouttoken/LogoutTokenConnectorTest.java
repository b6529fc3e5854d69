package io.signalbox.act.logouttoken;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.testing.ActStage;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.SampleActions;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a relying party is told, read as one does that keeps to section 2.6 of Back-Channel Logout. */
class LogoutTokenConnectorTest {

    private static final String ISSUER = "https://op.acme.example";

    @Test
    void theTokenIsOneThatARelyingPartyTakes() throws Exception {
        ECKey key = new ECKeyGenerator(Curve.P_256).keyID("op-1").generate();
        try (RecordingTarget party = new RecordingTarget();
                ActStage stage = new ActStage(Map.ofEntries(
                        Map.entry("signalbox.targets.shop.kind", "logout-token"),
                        Map.entry("signalbox.targets.shop.url", party.url() + "/logout"),
                        Map.entry("signalbox.targets.shop.secret-env", "OP_KEY"),
                        Map.entry("OP_KEY", key.toJSONString()),
                        Map.entry("signalbox.targets.shop.options.issuer", ISSUER),
                        Map.entry("signalbox.targets.shop.options.client-id", "shop"),
                        Map.entry("signalbox.targets.shop.options.algorithm", "ES256")))) {
            Action action = SampleActions.of(
                    "session.revoke",
                    "shop",
                    new SubjectIdentifier(
                            "complex",
                            Map.of(
                                    "user",
                                    Map.of("format", "iss_sub", "iss", ISSUER, "sub", "u-1"),
                                    "session",
                                    Map.of("format", "opaque", "id", "s-1"))));

            assertThat(stage.attempt(action)).isEqualTo(new Outcome.Done("HTTP 200"));
            stage.clock.forward(Duration.ofSeconds(1));
            assertThat(stage.attempt(action)).isEqualTo(new Outcome.Done("HTTP 200"));

            SignedJWT first = token(party.requests().get(0).text());
            SignedJWT second = token(party.requests().get(1).text());
            assertThat(first.verify(new ECDSAVerifier(key.toPublicJWK()))).isTrue();
            // E-30 and E-31.
            assertThat(first.getHeader().getType().getType()).isEqualTo("logout+jwt");
            assertThat(first.getHeader().getAlgorithm().getName()).isEqualTo("ES256");
            assertThat(first.getHeader().getKeyID()).isEqualTo("op-1");
            Map<String, Object> claims = first.getJWTClaimsSet().getClaims();
            assertThat(claims)
                    .containsOnlyKeys("iss", "aud", "iat", "exp", "jti", "sub", "sid", "events")
                    .containsEntry("iss", ISSUER)
                    .containsEntry("sub", "u-1")
                    .containsEntry("sid", "s-1")
                    .containsEntry("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()));
            assertThat(first.getJWTClaimsSet().getAudience()).containsExactly("shop");
            assertThat(Duration.between(
                            first.getJWTClaimsSet().getIssueTime().toInstant(),
                            first.getJWTClaimsSet().getExpirationTime().toInstant()))
                    .isEqualTo(Duration.ofMinutes(2));
            // A party that remembers what it has seen refuses the same one twice.
            assertThat(second.getJWTClaimsSet().getJWTID()).isNotEqualTo(claims.get("jti"));
        }
    }

    private static SignedJWT token(String form) throws Exception {
        assertThat(form).startsWith("logout_token=").doesNotContain("&");
        return SignedJWT.parse(URLDecoder.decode(form.substring("logout_token=".length()), StandardCharsets.UTF_8));
    }
}
