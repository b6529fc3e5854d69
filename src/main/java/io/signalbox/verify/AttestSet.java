package io.signalbox.verify;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Home;
import io.signalbox.Step;
import io.signalbox.set.Attestation;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import io.signalbox.wire.Wire;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a SET of what a source told us in its own words, and signs it: the same rules hold for it as for one that a
 * transmitter signed, those of what its issuer may say and about whom included.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8417#section-2.2">RFC 8417, section 2.2</a>
 */
@Step("attestSet")
public final class AttestSet {

    private static final Logger log = LoggerFactory.getLogger(AttestSet.class);

    private final Map<String, TrustedIssuer> attested = new LinkedHashMap<>();
    private final @Nullable AttestationKey key;
    private final Clock clock;
    private final MeterRegistry meters;

    AttestSet(TrustProperties trust, Home home, Clock clock, MeterRegistry meters) {
        for (TrustedIssuer issuer : trust.issuers()) {
            if (issuer.keys() instanceof KeySource.Attested) {
                attested.put(issuer.issuer(), issuer);
            }
        }
        this.key = AttestationKey.ifNeeded(trust, home);
        this.clock = clock;
        this.meters = meters;
    }

    /** Never undecided: nothing has to be asked for. */
    public Verdict attest(Attestation told) {
        TrustedIssuer issuer = attested.get(told.iss());
        Verdict verdict;
        try {
            if (issuer == null || key == null) {
                throw new Refusal(
                        SetError.INVALID_ISSUER,
                        "The issuer of this source is not trusted by attestation (signalbox.trust[].attested)");
            }
            Map<String, Object> claims = claims(told, issuer);
            verdict = new Verdict.Accepted(new SetClaims(claims, issuer, clock.instant())
                    .verified(key.sign(Wire.write(claims)), told.receivedAt()));
        } catch (Refusal refusal) {
            verdict = new Verdict.Refused(refusal.error(), refusal.description());
            log.atWarn()
                    .addKeyValue("iss", told.iss())
                    .addKeyValue("code", refusal.error().code())
                    .log("Refused what a source told: {}", refusal.description());
        }
        String code =
                verdict instanceof Verdict.Refused refused ? refused.error().code() : "none";
        meters.counter(
                        "signalbox.sets",
                        "verdict",
                        verdict instanceof Verdict.Accepted ? "accepted" : "refused",
                        "code",
                        code)
                .increment();
        return verdict;
    }

    private static Map<String, Object> claims(Attestation told, TrustedIssuer issuer) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", told.iss());
        claims.put("jti", told.jti());
        // The time of what happened: that of the telling differs each time that it is repeated, and an id begins with
        // it.
        claims.put("iat", told.at().getEpochSecond());
        claims.put("aud", told.audience() == null ? new TreeSet<>(issuer.audiences()).first() : told.audience());
        if (told.txn() != null) {
            claims.put("txn", told.txn());
        }
        if (told.subject() != null) {
            claims.put("sub_id", told.subject().toJson());
        }
        claims.put("events", told.events());
        return claims;
    }
}
