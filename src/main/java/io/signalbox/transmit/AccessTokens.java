package io.signalbox.transmit;

import io.signalbox.store.ClientTokens;
import io.signalbox.store.ClientTokens.Token;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who shows a token, and what it is good for. Tokens are random and say nothing; the ledger knows their digests, so that
 * every node knows them and one that was withdrawn counts nowhere (I-32, I-33).
 */
final class AccessTokens {

    /** I-30: at most an hour. */
    static final Duration LIFE = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(AccessTokens.class);
    private static final int OCTETS = 32;

    /** How long tokens in files are remembered: a new one counts after so long. */
    private static final Duration REMEMBERED = Duration.ofSeconds(5);

    private final Transmitter transmitter;
    private final ClientTokens issued;
    private final OutsideServers outside;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private volatile @Nullable Standing standing;

    AccessTokens(Transmitter transmitter, ClientTokens issued, OutsideServers outside, Clock clock) {
        this.transmitter = transmitter;
        this.issued = issued;
        this.outside = outside;
        this.clock = clock;
    }

    private record Standing(Map<String, Client> byDigest, Instant readAt) {}

    /** A new token of a client. */
    String issue(Client client, Set<String> scopes) {
        byte[] octets = new byte[OCTETS];
        random.nextBytes(octets);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
        Instant now = clock.instant();
        issued.issued(digest(token), new Token(client.id(), scopes, now.plus(LIFE)), now);
        return token;
    }

    /** Who has this token. Looked up by its digest: what is compared tells nothing of it. */
    Access of(String token) {
        String digest = digest(token);
        Client known = standing().byDigest().get(digest);
        if (known != null) {
            return new Access.Granted(known, known.scopes());
        }
        Token found = issued.find(digest).orElse(null);
        if (found == null) {
            return outside.of(token, digest);
        }
        return !clock.instant().isBefore(found.expiresAt())
                ? Access.UNKNOWN
                : transmitter
                        .client(found.client())
                        // What was taken from the client since is taken from its tokens.
                        .<Access>map(client -> new Access.Granted(client, common(found.scopes(), client.scopes())))
                        .orElse(Access.UNKNOWN);
    }

    static Set<String> common(Set<String> some, Set<String> others) {
        return some.stream().filter(others::contains).collect(java.util.stream.Collectors.toUnmodifiableSet());
    }

    private Standing standing() {
        Standing current = standing;
        Instant now = clock.instant();
        if (current == null || current.readAt().plus(REMEMBERED).isBefore(now)) {
            Map<String, Client> byDigest = new HashMap<>();
            for (Client client : transmitter.clients()) {
                Reference reference = client.token();
                if (reference != null) {
                    try {
                        byDigest.put(digest(reference.value()), client);
                    } catch (IllegalArgumentException e) {
                        LOG.warn("The token of a client cannot be read, so it cannot be used: {}", e.getMessage());
                    }
                }
            }
            current = new Standing(Map.copyOf(byDigest), now);
            standing = current;
        }
        return current;
    }

    static String digest(String text) {
        return HexFormat.of().formatHex(octets(text));
    }

    /** As digests, which takes the same time whatever differs. */
    static boolean same(String one, String other) {
        return MessageDigest.isEqual(octets(one), octets(other));
    }

    private static byte[] octets(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }
}
