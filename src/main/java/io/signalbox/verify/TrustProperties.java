package io.signalbox.verify;

import com.nimbusds.jose.JWSAlgorithm;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The trust framework: whose signals are taken.
 *
 * @param trust one entry an issuer: {@code issuer} (its URL, compared character for character), {@code jwks-uri} (where
 *     its keys are published; https, or http on loopback), {@code audiences} (the names it calls us by in {@code aud};
 *     at least one), {@code algorithms} (of RS256, PS256, ES256, ES384; RS256, PS256 and ES256 by default),
 *     {@code clock-skew} (how far its clock may be ahead of ours; 120 seconds by default, at most 10 minutes). Empty by
 *     default, and then every SET is refused
 */
@ConfigurationProperties("signalbox")
record TrustProperties(@DefaultValue List<Entry> trust) {

    /** HMAC and none are missing for good (J-01, J-02): keys that are published must not be able to sign. */
    private static final Map<String, JWSAlgorithm> ALGORITHMS = algorithms();

    TrustProperties {
        trust = List.copyOf(trust);
        issuers(trust);
    }

    /**
     * What the operator wrote about one issuer.
     *
     * @param issuer its URL, as {@code iss} has it
     * @param jwksUri where its keys are published; https, or http on loopback
     * @param audiences the names it calls us by, at least one
     * @param algorithms what it may sign with
     * @param clockSkew how far its clock may be ahead of ours, 120 seconds by default
     */
    record Entry(
            @Nullable String issuer,
            @Nullable String jwksUri,
            @DefaultValue List<String> audiences,
            @DefaultValue({"RS256", "ES256", "PS256"}) List<String> algorithms,
            @DefaultValue("120s") Duration clockSkew) {}

    List<TrustedIssuer> issuers() {
        return issuers(trust);
    }

    private static List<TrustedIssuer> issuers(List<Entry> entries) {
        List<TrustedIssuer> issuers = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            String key = "signalbox.trust[" + i + "].";
            TrustedIssuer issuer = issuer(key, entries.get(i));
            if (!seen.add(issuer.issuer())) {
                throw new IllegalArgumentException(key + "issuer is named by an earlier entry already");
            }
            issuers.add(issuer);
        }
        return List.copyOf(issuers);
    }

    private static TrustedIssuer issuer(String key, Entry entry) {
        String issuer = entry.issuer();
        if (issuer == null || issuer.isBlank()) {
            throw new IllegalArgumentException(key + "issuer is missing");
        }
        if (entry.audiences().isEmpty() || entry.audiences().stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    key + "audiences must name at least one audience, and none may be blank");
        }
        if (entry.algorithms().isEmpty()) {
            throw new IllegalArgumentException(key + "algorithms must name at least one of " + ALGORITHMS.keySet());
        }
        Set<JWSAlgorithm> algorithms = new LinkedHashSet<>();
        for (String name : entry.algorithms()) {
            JWSAlgorithm algorithm = ALGORITHMS.get(name);
            if (algorithm == null) {
                throw new IllegalArgumentException(
                        key + "algorithms has '" + name + "', but only " + ALGORITHMS.keySet() + " are supported");
            }
            algorithms.add(algorithm);
        }
        Duration skew = entry.clockSkew();
        if (skew.isNegative() || skew.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException(key + "clock-skew must be between 0 and 10 minutes");
        }
        return new TrustedIssuer(
                issuer, jwksUri(key, entry), Set.copyOf(entry.audiences()), Set.copyOf(algorithms), skew);
    }

    private static URI jwksUri(String key, Entry entry) {
        String text = entry.jwksUri();
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException(key + "jwks-uri is missing");
        }
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + "jwks-uri is no URI", e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean usable = uri.getHost() != null
                && uri.getRawUserInfo() == null
                && (scheme.equals("https") || scheme.equals("http") && isLoopback(uri.getHost()));
        if (!usable) {
            throw new IllegalArgumentException(
                    key + "jwks-uri must be an https URL without credentials, or http on loopback");
        }
        return uri;
    }

    /** By its spelling only: what a name resolves to is checked each time it is called. */
    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    private static Map<String, JWSAlgorithm> algorithms() {
        Map<String, JWSAlgorithm> algorithms = new LinkedHashMap<>();
        for (JWSAlgorithm algorithm :
                List.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256, JWSAlgorithm.ES384)) {
            algorithms.put(algorithm.getName(), algorithm);
        }
        return algorithms;
    }
}
