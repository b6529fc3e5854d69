package io.signalbox.http;

import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathValidator;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether certificates are asked for being revoked, and where. Never softly: a certificate of which it cannot be learned is
 * not good, or an attacker who holds a revoked one had only to block the question.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5280#section-6.3">RFC 5280, section 6.3</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6960">RFC 6960</a>
 */
public enum Revocation {
    /** Nowhere. */
    OFF(Set.of()),
    /** At the responder that the certificate names. */
    OCSP(EnumSet.of(Option.NO_FALLBACK)),
    /** In the list that the certificate names. */
    CRL(EnumSet.of(Option.PREFER_CRLS, Option.NO_FALLBACK)),
    /** At the responder; in the list where there is no responder, or it does not answer. */
    EITHER(Set.of());

    private final Set<Option> options;

    Revocation(Set<Option> options) {
        this.options = Set.copyOf(options);
    }

    /** One for each use, as it keeps its state; absent if nothing is asked. */
    public @Nullable PKIXRevocationChecker checker() {
        if (this == OFF) {
            return null;
        }
        try {
            PKIXRevocationChecker checker = (PKIXRevocationChecker)
                    CertPathValidator.getInstance("PKIX").getRevocationChecker();
            checker.setOptions(options);
            return checker;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("PKIX is part of every Java runtime", e);
        }
    }
}
