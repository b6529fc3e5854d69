package io.signalbox.verify;

import com.nimbusds.jose.JWSAlgorithm;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.Step;
import io.signalbox.http.GuardedHttp;
import io.signalbox.set.RawSet;
import io.signalbox.set.SetError;
import io.signalbox.set.Standing;
import io.signalbox.set.Verdict;
import io.signalbox.set.VerifiedSet;
import io.signalbox.verify.IssuerKeys.Proof;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Decides whether what a sender handed in is a SET, from an issuer we trust, unaltered, and meant for us. The checks
 * run from cheap to dear, and nothing is fetched for an issuer or an algorithm that is not on the list.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2">RFC 8935, section 2</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8417#section-4">RFC 8417, section 4</a>
 */
@Step("verifySet")
public final class VerifySet implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(VerifySet.class);

    private static final Duration AFTER_A_FAULT = Duration.ofSeconds(60);

    /** Whatever could end a log line, colour a terminal, or turn the direction of text. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private static final int LOGGED_LENGTH = 256;

    private final Map<String, Trusted> trusted = new LinkedHashMap<>();
    private final EncryptionKeys encryption;
    private final Clock clock;
    private final MeterRegistry meters;

    VerifySet(
            TrustProperties trust,
            VerifyProperties properties,
            GuardedHttp http,
            CryptoProvider crypto,
            EncryptionKeys encryption,
            Clock clock,
            MeterRegistry meters) {
        this.encryption = encryption;
        this.clock = clock;
        this.meters = meters;
        for (TrustedIssuer issuer : trust.issuers()) {
            IssuerKeys keys = new IssuerKeys(issuer.keys(), http, properties, crypto, clock);
            trusted.put(issuer.issuer(), new Trusted(issuer, keys));
        }
    }

    /**
     * The same check outside the gateway, for commands: of one issuer's SETs, with any algorithm that is supported. The JDK
     * does the arithmetic: for a handful of SETs the native provider's tests of itself would take longer.
     *
     * @param jwksUri the only place where its keys are
     * @param audiences whom the SETs may be meant for; at least one
     */
    public static VerifySet of(
            String issuer, URI jwksUri, Collection<String> audiences, GuardedHttp http, Clock clock) {
        TrustProperties.Entry entry = new TrustProperties.Entry(
                issuer,
                jwksUri.toString(),
                null,
                null,
                null,
                false,
                List.copyOf(audiences),
                List.of("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"),
                List.of(),
                List.of(),
                Stance.ENFORCING,
                Outside.REFUSE,
                null,
                Duration.ofSeconds(120),
                Dialect.FINAL,
                List.of(),
                false,
                false,
                false);
        return new VerifySet(
                new TrustProperties(List.of(entry)),
                new VerifyProperties(Duration.ofMinutes(30), Duration.ofSeconds(60), Duration.ofHours(24), null),
                http,
                CryptoProvider.jdk(),
                EncryptionKeys.none(),
                clock,
                new SimpleMeterRegistry());
    }

    /**
     * The same check outside the gateway, for commands: of whom the configuration trusts.
     *
     * @throws IllegalArgumentException naming the key, if a value of the configuration is none
     */
    public static VerifySet configured(Environment environment, GuardedHttp http, Clock clock) {
        KnownTrustKeys.check(environment);
        Binder binder = Binder.get(environment);
        VerifyProperties properties = binder.bindOrCreate("signalbox.verify", VerifyProperties.class);
        return new VerifySet(
                binder.bindOrCreate("signalbox", TrustProperties.class),
                properties,
                http,
                CryptoProvider.jdk(),
                EncryptionKeys.kept(properties, binder.bindOrCreate("signalbox", Home.class)),
                clock,
                new SimpleMeterRegistry());
    }

    private record Trusted(TrustedIssuer issuer, IssuerKeys keys) {}

    /**
     * Examines one SET.
     *
     * @return never an exception: what goes wrong on our side is undecided, and the sender tries again
     */
    public Verdict verify(RawSet raw) {
        CompactSet set = null;
        Verdict verdict;
        try {
            String signed = encryption.opened(raw.compact());
            set = CompactSet.parse(signed);
            verdict = examine(set, signed, raw);
        } catch (Refusal refusal) {
            verdict = new Verdict.Refused(refusal.error(), refusal.description());
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("A SET could not be examined");
            verdict = new Verdict.Undecided(
                    "The SET could not be examined because of a fault on this side", AFTER_A_FAULT);
        }
        report(verdict, set);
        return verdict;
    }

    /** @param compact the SET as signed; what is kept for audit (S-13) */
    private Verdict examine(CompactSet set, String compact, RawSet raw) {
        SetHeader header = SetHeader.read(set.header());
        Trusted trusted = this.trusted.get(SetClaims.iss(set.claims()));
        if (trusted == null) {
            throw new Refusal(SetError.INVALID_ISSUER, "The issuer is not trusted by this receiver");
        }
        if (trusted.issuer().keys() instanceof KeySource.Attested) {
            throw new Refusal(SetError.INVALID_ISSUER, "The issuer is not one that signs SETs");
        }
        boolean logout = raw.entrance().logout();
        if (logout && !LogoutClaims.takesType(header.typ(), trusted.issuer())) {
            throw Refusal.request("The header's typ is not " + LogoutClaims.TYPE);
        }
        if (!logout && !trusted.issuer().dialect().takesType(header.typ())) {
            throw Refusal.request("The header's typ is not secevent+jwt");
        }
        if (!logout && trusted.issuer().encryptionRequired() && compact.equals(raw.compact())) {
            throw Refusal.request("SETs of this issuer are taken only if they are encrypted");
        }
        raw.entrance().refusal(trusted.issuer().issuer()).ifPresent(VerifySet::refuse);
        JWSAlgorithm algorithm = new JWSAlgorithm(header.alg());
        if (!trusted.issuer().algorithms().contains(algorithm)) {
            throw Refusal.request("The header's alg is not allowed for this issuer");
        }
        Proof proof = trusted.keys().ask(set, algorithm, header.kid());
        if (proof instanceof Proof.Unavailable unavailable) {
            return new Verdict.Undecided(unavailable.why(), unavailable.retryAfter());
        }
        if (proof instanceof Proof.Answered answered) {
            switch (answered.answer()) {
                case GENUINE -> {}
                case FORGED -> throw invalidKey("The signature does not verify");
                case UNFIT -> throw invalidKey("The key that kid names is not for signatures with this alg");
                case UNKNOWN ->
                    throw invalidKey(
                            header.kid() == null
                                    ? "The signature does not verify with any key of the issuer"
                                    : "The issuer has no key with this kid");
            }
        }
        VerifiedSet verified = logout
                ? new LogoutClaims(set.claims(), trusted.issuer(), clock.instant()).verified(compact, raw.receivedAt())
                : new SetClaims(set.claims(), trusted.issuer(), clock.instant()).verified(compact, raw.receivedAt());
        raw.entrance().refusal(verified).ifPresent(VerifySet::refuse);
        return new Verdict.Accepted(verified);
    }

    private static void refuse(Verdict.Refused refused) {
        throw new Refusal(refused.error(), refused.description());
    }

    private static Refusal invalidKey(String description) {
        return new Refusal(SetError.INVALID_KEY, description);
    }

    private void report(Verdict verdict, @Nullable CompactSet set) {
        if (verdict instanceof Verdict.Refused refused) {
            count("refused", refused.error().code());
            warning(set)
                    .addKeyValue("code", refused.error().code())
                    .addKeyValue("description", refused.description())
                    .log("Refused a SET");
        } else if (verdict instanceof Verdict.Undecided undecided) {
            count("undecided", "none");
            warning(set).addKeyValue("why", undecided.why()).log("Could not decide about a SET");
        } else if (verdict instanceof Verdict.Accepted accepted) {
            count("accepted", "none");
            report(accepted.set());
        }
    }

    /** What is taken and not acted upon would otherwise look like everything else. */
    private void report(VerifiedSet set) {
        Standing standing = set.standing();
        meters.counter("signalbox.sets.accepted", "standing", standing.word().spelling())
                .increment();
        if (!standing.counts()) {
            log.atInfo()
                    .addKeyValue("iss", printable(set.iss()))
                    .addKeyValue("jti", printable(set.jti()))
                    .addKeyValue("reason", standing.reason())
                    .log("Took a SET that will not be acted upon");
        }
    }

    private void count(String verdict, String code) {
        meters.counter("signalbox.sets", "verdict", verdict, "code", code).increment();
    }

    /** A line that names the SET as far as it could be read. */
    private static LoggingEventBuilder warning(@Nullable CompactSet set) {
        LoggingEventBuilder line = log.atWarn();
        for (String claim : List.of("iss", "jti")) {
            if (set != null && set.claims().get(claim) instanceof String text) {
                line = line.addKeyValue(claim, printable(text));
            }
        }
        return line;
    }

    /** What a stranger wrote, cut and cleaned so that it cannot pass for a line of ours. */
    private static String printable(String text) {
        String cut = text.length() > LOGGED_LENGTH ? text.substring(0, LOGGED_LENGTH) : text;
        return UNPRINTABLE.matcher(cut).replaceAll("?");
    }

    @Override
    public void close() {
        trusted.values().forEach(entry -> entry.keys().close());
    }
}
