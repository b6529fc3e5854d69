package io.signalbox.verify;

import com.nimbusds.jose.JWSAlgorithm;
import java.time.Duration;
import java.util.Set;

/**
 * An issuer whose SETs we take, as the operator wrote it, checked.
 *
 * @param issuer compared with {@code iss} character for character (R-04, J-14)
 * @param keys where its keys come from; the only place
 * @param audiences the names it may call us by
 * @param algorithms what it may sign with
 * @param clockSkew how far its clock may be ahead of ours
 * @param dialect what its SETs may look like
 * @param entitlement what it may say, and about whom
 * @param criticalSubjectMembers members of a complex subject that must be understood where they are there
 * @param encryptionRequired whether its SETs are taken only if they are encrypted to us
 * @param logoutTypOptional whether its logout tokens may lack their {@code typ}
 * @param logoutExpOptional whether its logout tokens may lack {@code exp}
 */
record TrustedIssuer(
        String issuer,
        KeySource keys,
        Set<String> audiences,
        Set<JWSAlgorithm> algorithms,
        Duration clockSkew,
        Dialect dialect,
        Entitlement entitlement,
        Set<String> criticalSubjectMembers,
        boolean encryptionRequired,
        boolean logoutTypOptional,
        boolean logoutExpOptional) {}
