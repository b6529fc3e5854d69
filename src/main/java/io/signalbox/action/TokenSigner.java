package io.signalbox.action;

import org.jspecify.annotations.Nullable;

/** Signs tokens for targets that take one as proof of who is speaking, such as relying parties that log somebody out. */
public interface TokenSigner {

    /**
     * Signs.
     *
     * @param claims a JSON object, signed as it is
     * @param type what kind of token it is: {@code typ} in its header
     * @param algorithm {@code RS256}, {@code PS256}, {@code ES256}
     * @param key a private key, as JWK or in PEM (PKCS #8); absent: our own as a transmitter
     * @param keyId by which the other side finds the public key, where the key itself does not say; empty: it says
     */
    Signed sign(String claims, String type, String algorithm, @Nullable String key, String keyId);

    /** What comes of it. */
    sealed interface Signed {

        /** @param compact the token in compact form */
        record Token(String compact) implements Signed {}

        /** @param why for an operator; says nothing of the key itself */
        record NoKey(String why) implements Signed {}
    }
}
