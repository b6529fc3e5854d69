package io.signalbox.verify;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One state of an issuer's key set, made ready.
 *
 * @param source the set it was made of; a new fetch is a new set
 * @param keys those that may verify signatures
 * @param kids the names of all keys, the unfit ones included
 */
record KeyRing(JWKSet source, List<SigningKey> keys, Set<String> kids) {

    /** Without a kid each key costs a signature check, and a sender chooses how often (J-18). */
    private static final int MAX_TRIED = 5;

    /** What the keys say about a signature. */
    enum Answer {
        /** One of them made it. */
        GENUINE,
        /** The key that the header names did not make it. */
        FORGED,
        /** The key that the header names must not be used so. */
        UNFIT,
        /** The key is not here; a newer state of the set may have it. */
        UNKNOWN
    }

    static KeyRing of(JWKSet set, CryptoProvider crypto) {
        Set<String> kids = new HashSet<>();
        for (JWK jwk : set.getKeys()) {
            if (jwk.getKeyID() != null) {
                kids.add(jwk.getKeyID());
            }
        }
        List<SigningKey> keys = set.getKeys().stream()
                .flatMap(jwk -> SigningKey.of(jwk, crypto).stream())
                .toList();
        return new KeyRing(set, keys, kids);
    }

    Answer ask(CompactSet set, JWSAlgorithm algorithm, @Nullable String kid, Instant now) {
        if (kid != null && !kids.contains(kid)) {
            return Answer.UNKNOWN;
        }
        List<SigningKey> fitting = keys.stream()
                .filter(key -> (kid == null || kid.equals(key.kid())) && key.fits(algorithm, now))
                .limit(MAX_TRIED)
                .toList();
        if (fitting.stream().anyMatch(key -> key.signed(set, algorithm))) {
            return Answer.GENUINE;
        }
        if (kid == null) {
            return Answer.UNKNOWN;
        }
        return fitting.isEmpty() ? Answer.UNFIT : Answer.FORGED;
    }
}
