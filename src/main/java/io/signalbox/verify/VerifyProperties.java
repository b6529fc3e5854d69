package io.signalbox.verify;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How issuers' keys are kept, and our own.
 *
 * @param jwksCache how long fetched keys are used before they are fetched again, and so how long a withdrawn key still
 *     counts; 30 minutes by default, between 2 minutes and 1 hour
 * @param jwksRefetch how often at most an unknown key makes us fetch an issuer's keys anew; 60 seconds by default,
 *     shorter than {@code jwks-cache}
 * @param jwksOutage how long fetched keys are used while they cannot be fetched again; 24 hours by default, at least
 *     {@code jwks-cache}, at most 7 days
 * @param encryptionKeysFile a file with the keys that SETs may be encrypted to: a JWK set with their private parts, each
 *     with a {@code kid} and {@code use} {@code enc}. If left out, an RSA and an EC key are made on the first start and
 *     kept in the data directory
 */
@ConfigurationProperties("signalbox.verify")
record VerifyProperties(
        @DefaultValue("30m") Duration jwksCache,
        @DefaultValue("60s") Duration jwksRefetch,
        @DefaultValue("24h") Duration jwksOutage,
        @Nullable String encryptionKeysFile) {

    VerifyProperties {
        between("jwks-cache", jwksCache, Duration.ofMinutes(2), Duration.ofHours(1));
        between("jwks-refetch", jwksRefetch, Duration.ofSeconds(1), jwksCache.minusSeconds(1));
        between("jwks-outage", jwksOutage, jwksCache, Duration.ofDays(7));
    }

    private static void between(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "signalbox.verify." + name + " must be between " + least + " and " + most);
        }
    }
}
