package io.signalbox.verify;

import com.nimbusds.jose.JWSAlgorithm;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

/**
 * An issuer whose SETs we take, as the operator wrote it, checked.
 *
 * @param issuer compared with {@code iss} character for character (R-04, J-14)
 * @param jwksUri where its keys are; the only place
 * @param audiences the names it may call us by
 * @param algorithms what it may sign with
 * @param clockSkew how far its clock may be ahead of ours
 */
record TrustedIssuer(
        String issuer, URI jwksUri, Set<String> audiences, Set<JWSAlgorithm> algorithms, Duration clockSkew) {}
