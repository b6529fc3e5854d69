package io.signalbox.store;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Access tokens that were given out, known by their digests alone. A method that throws
 * {@link LedgerUnavailableException} has written nothing.
 */
public interface ClientTokens {

    /** Takes down a token; those that expired by then are forgotten. */
    void issued(String digest, Token token, Instant now);

    /** The token with this digest, expired or not. */
    Optional<Token> find(String digest);

    /**
     * Takes down that an assertion was used.
     *
     * @return false if it was used before
     */
    boolean useOnce(String digest, Instant expiresAt, Instant now);

    /** Makes all tokens of a client worthless. */
    int revoke(String client);

    /**
     * What a token is good for.
     *
     * @param client whose it is
     * @param scopes what it may be used for
     * @param expiresAt until when
     */
    record Token(String client, Set<String> scopes, Instant expiresAt) {}
}
