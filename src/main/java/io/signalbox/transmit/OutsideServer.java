package io.signalbox.transmit;

import com.nimbusds.jwt.SignedJWT;
import org.jspecify.annotations.Nullable;

/** Another's authorization server, asked in one of the two ways there are. */
sealed interface OutsideServer permits SignedTokens, Introspection {

    /** By which clients name it. */
    String name();

    /** {@code iss} of its tokens. */
    String issuer();

    /** @param jwt the same token as a JWT; absent if it is none */
    Access of(String token, String digest, @Nullable SignedJWT jwt);
}
