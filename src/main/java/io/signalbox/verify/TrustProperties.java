package io.signalbox.verify;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import io.signalbox.event.EventPattern;
import io.signalbox.set.SubjectPattern;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The trust framework: whose signals are taken, how they are recognised, what they may say and about whom.
 *
 * @param trust one entry an issuer. Empty by default, and then every SET is refused
 */
@ConfigurationProperties("signalbox")
record TrustProperties(@DefaultValue List<Entry> trust) {

    /** HMAC and none are missing for good (J-01, J-02): keys that are published must not be able to sign. */
    private static final Map<String, JWSAlgorithm> ALGORITHMS = algorithms();

    /** The names under which metadata lie. Which of them is never found out by trying. */
    private static final Set<String> METADATA = new LinkedHashSet<>(
            List.of("ssf-configuration", "sse-configuration", "risc-configuration", "openid-configuration"));

    TrustProperties {
        trust = List.copyOf(trust);
        issuers(trust);
    }

    /**
     * What the operator wrote about one issuer.
     *
     * @param issuer its URL, compared with {@code iss} character for character
     * @param jwksUri where its keys are published; https, or http on loopback. Of this and the next four there must be
     *     exactly one
     * @param discovery the kind of metadata that tell where its keys are: {@code true} or {@code ssf-configuration};
     *     {@code sse-configuration}, {@code risc-configuration} or {@code openid-configuration} of older transmitters.
     *     The name is put between the issuer's host and path, {@code openid-configuration} behind both
     * @param jwks its keys themselves, a JWK set as JSON; public keys only
     * @param jwksFile a file with its keys, a JWK set; may be replaced at run time, and is read again as fetched keys are
     *     fetched again
     * @param attested {@code true} if it signs nothing: what its sources tell (webhooks, watched SCIM servers) is signed
     *     over by us, and SETs that name it are refused. What it may say is limited below as for any other
     * @param audiences the names it calls us by in {@code aud}, at least one
     * @param algorithms what it may sign with, of RS256, PS256, ES256, ES384, EdDSA, Ed25519
     * @param events types of events that it may tell of: {@code caep:*}, {@code risc:account-disabled},
     *     {@code scim:prov:*}, a full URI, one that ends in {@code *}, or {@code *}. All if left out. Events about the
     *     stream itself are always taken
     * @param subjects whom it may speak about: {@code email:*@acme.example}, {@code iss_sub:https://idp.example.com},
     *     {@code opaque:*}, {@code device.opaque:*} for one member of complex subjects, or {@code *}. Every identifier in
     *     a subject must be named by one of them. All if left out, except that identifiers can then not be handed over
     *     ({@code identifier-changed}, {@code identifier-recycled})
     * @param stance {@code enforcing}: rules decide about what it says; {@code advisory}: it is recorded and shown, and
     *     nothing is done
     * @param outside what becomes of a SET with an event or subject that it is not entitled to, or one older than
     *     {@code max-age}: {@code refuse} it, or {@code record} it with the reason. Either way nothing is done
     * @param maxAge how long ago at most a SET may have been issued, at least a minute. No limit if left out
     * @param clockSkew how far its clock may be ahead of ours, at most 10 minutes
     * @param dialect what its SETs look like: {@code final} (SSF 1.0), {@code sse-id1}, {@code google-risc} or
     *     {@code apple}
     * @param criticalSubjectMembers members of complex subjects, such as {@code tenant}, without which its SETs are not to be
     *     understood: its metadata lists them under the same name. A SET in which one of them is of a kind or format that
     *     we do not know is recorded, and nothing is done
     * @param encryptionRequired whether its SETs are taken only if they are encrypted to one of our keys; default false.
     *     Logout tokens are taken either way
     * @param logoutTypOptional whether its logout tokens may lack the {@code typ} {@code logout+jwt}, which the text only
     *     recommends: none, or {@code JWT}, is taken as well; default false
     * @param logoutExpOptional whether its logout tokens may lack {@code exp}, as those of providers from before December
     *     2023 do: they are then good for two minutes from {@code iat}; default false
     */
    record Entry(
            @Nullable String issuer,
            @Nullable String jwksUri,
            @Nullable String discovery,
            @Nullable String jwks,
            @Nullable String jwksFile,
            @DefaultValue("false") boolean attested,
            @DefaultValue List<String> audiences,
            @DefaultValue({"RS256", "ES256", "PS256"}) List<String> algorithms,
            @DefaultValue List<String> events,
            @DefaultValue List<String> subjects,
            @DefaultValue("enforcing") Stance stance,
            @DefaultValue("refuse") Outside outside,
            @Nullable Duration maxAge,
            @DefaultValue("120s") Duration clockSkew,
            @DefaultValue("final") Dialect dialect,
            @DefaultValue List<String> criticalSubjectMembers,
            @DefaultValue("false") boolean encryptionRequired,
            @DefaultValue("false") boolean logoutTypOptional,
            @DefaultValue("false") boolean logoutExpOptional) {}

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
        Set<JWSAlgorithm> algorithms = algorithms(key, entry);
        Duration skew = entry.clockSkew();
        if (skew.isNegative() || skew.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException(key + "clock-skew must be between 0 and 10 minutes");
        }
        return new TrustedIssuer(
                issuer,
                keys(key, issuer, entry, algorithms),
                Set.copyOf(entry.audiences()),
                Set.copyOf(algorithms),
                skew,
                entry.dialect(),
                entitlement(key, entry),
                Set.copyOf(entry.criticalSubjectMembers()),
                entry.encryptionRequired(),
                entry.logoutTypOptional(),
                entry.logoutExpOptional());
    }

    private static Set<JWSAlgorithm> algorithms(String key, Entry entry) {
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
        return algorithms;
    }

    private static Entitlement entitlement(String key, Entry entry) {
        Duration maxAge = entry.maxAge();
        if (maxAge != null && maxAge.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException(key + "max-age must be at least a minute");
        }
        return new Entitlement(
                read(key + "events", entry.events(), EventPattern::parse),
                read(key + "subjects", entry.subjects(), SubjectPattern::parse),
                entry.stance(),
                entry.outside(),
                maxAge);
    }

    private static <P> List<P> read(String key, List<String> texts, Function<String, P> reader) {
        List<P> patterns = new ArrayList<>();
        for (String text : texts) {
            try {
                patterns.add(reader.apply(text.strip()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(key + " has " + e.getMessage());
            }
        }
        return List.copyOf(patterns);
    }

    private static KeySource keys(String key, String issuer, Entry entry, Set<JWSAlgorithm> algorithms) {
        Map<String, String> given = new LinkedHashMap<>();
        note(given, "jwks-uri", entry.jwksUri());
        note(given, "discovery", entry.discovery());
        note(given, "jwks", entry.jwks());
        note(given, "jwks-file", entry.jwksFile());
        note(given, "attested", entry.attested() ? "true" : null);
        if (given.isEmpty()) {
            throw new IllegalArgumentException(
                    key + "jwks-uri is missing, and so are its alternatives: discovery, jwks, jwks-file, attested");
        }
        if (given.size() > 1) {
            List<String> names = List.copyOf(given.keySet());
            throw new IllegalArgumentException(
                    key + names.get(1) + " stands beside " + names.get(0) + ", but keys come from one place");
        }
        Map.Entry<String, String> only = given.entrySet().iterator().next();
        try {
            return switch (only.getKey()) {
                case "jwks-uri" -> new KeySource.Published(WebAddress.parse(only.getValue()));
                case "discovery" -> new KeySource.Discovered(issuer, metadata(issuer, only.getValue()));
                case "jwks" -> {
                    JwksDocument.check(only.getValue(), algorithms);
                    yield new KeySource.Inline(only.getValue());
                }
                case "attested" -> new KeySource.Attested();
                default -> {
                    KeySource.Kept kept = new KeySource.Kept(Path.of(only.getValue()));
                    JwksDocument.check(kept.read(), algorithms);
                    yield kept;
                }
            };
        } catch (IllegalArgumentException | JWKSetUnavailableException e) {
            // Without its cause: a start that fails shows the innermost message alone, and that names no key.
            throw new IllegalArgumentException(key + only.getKey() + ": " + e.getMessage());
        }
    }

    private static void note(Map<String, String> given, String name, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            given.put(name, value.strip());
        }
    }

    private static URI metadata(String issuer, String kind) {
        String name = kind.equals("true") ? METADATA.iterator().next() : kind;
        if (!METADATA.contains(name)) {
            throw new IllegalArgumentException("must be true or one of " + String.join(", ", METADATA));
        }
        try {
            return name.startsWith("openid") ? WebAddress.appended(issuer, name) : WebAddress.inserted(issuer, name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the issuer " + e.getMessage());
        }
    }

    private static Map<String, JWSAlgorithm> algorithms() {
        Map<String, JWSAlgorithm> algorithms = new LinkedHashMap<>();
        for (JWSAlgorithm algorithm : List.of(
                JWSAlgorithm.RS256,
                JWSAlgorithm.PS256,
                JWSAlgorithm.ES256,
                JWSAlgorithm.ES384,
                JWSAlgorithm.EdDSA,
                JWSAlgorithm.Ed25519)) {
            algorithms.put(algorithm.getName(), algorithm);
        }
        return algorithms;
    }
}
