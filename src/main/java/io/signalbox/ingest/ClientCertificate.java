package io.signalbox.ingest;

import io.signalbox.http.Revocation;
import io.signalbox.ingest.SourceProperties.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What the certificate must be like that a transmitter shows in its TLS handshake, and whether the one it shows is. The
 * handshake itself proves that it holds the key.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5280#section-6">RFC 5280, section 6</a>
 */
final class ClientCertificate {

    /** A transmitter waits a second for its answer, some no longer; the question goes on and the next attempt has it. */
    private static final Duration PATIENCE = Duration.ofMillis(700);

    /** How long an answer is taken for what it is. */
    private static final Duration GOOD_FOR = Duration.ofMinutes(5);

    private static final Duration UNKNOWN_FOR = Duration.ofSeconds(5);

    private static final int MOST_REMEMBERED = 256;

    private static final Set<Integer> NAMES = Set.of(1, 2, 6);

    private final Set<TrustAnchor> authorities;
    private final @Nullable X500Principal subject;
    private final @Nullable String name;
    private final Revocation revocation;
    private final Executor askers;
    private final Map<X509Certificate, Asked> asked = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<X509Certificate, Asked> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    private record Asked(CompletableFuture<Shown> answer, Instant at) {}

    /** What is to be made of what a peer showed. */
    sealed interface Shown {
        /** It is who it shall be. */
        record Good() implements Shown {}

        /** It is not, and never will be with this certificate. */
        record Bad(String why) implements Shown {}

        /** Whether its certificate was revoked cannot be learned now. */
        record Unknown(String why) implements Shown {}
    }

    private ClientCertificate(
            Set<TrustAnchor> authorities,
            @Nullable X500Principal subject,
            @Nullable String name,
            Revocation revocation,
            Executor askers) {
        this.authorities = authorities;
        this.subject = subject;
        this.name = name;
        this.revocation = revocation;
        this.askers = askers;
    }

    /**
     * What the operator asks of a source.
     *
     * @return absent if no certificate is asked for
     * @throws IllegalArgumentException naming the key, if a value is none
     */
    static @Nullable ClientCertificate of(String key, Entry entry, Executor askers) {
        String prefix = key + "client-certificate-";
        String file = entry.clientCertificateAuthoritiesFile();
        String subject = entry.clientCertificateSubject();
        String name = entry.clientCertificateName();
        if (file == null) {
            if (subject != null || name != null || entry.clientCertificateRevocation() != Revocation.OFF) {
                throw new IllegalArgumentException(prefix + "authorities-file: must say who issues the certificates");
            }
            return null;
        }
        if (name != null && name.isBlank()) {
            throw new IllegalArgumentException(prefix + "name: must not be blank");
        }
        try {
            return new ClientCertificate(
                    authorities(prefix + "authorities-file", Path.of(file)),
                    subject == null ? null : new X500Principal(subject),
                    name,
                    entry.clientCertificateRevocation(),
                    askers);
        } catch (CertificateException | IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    prefix + "authorities-file: " + file + " cannot be read as certificates in PEM", e);
        } catch (IllegalArgumentException e) {
            if (String.valueOf(e.getMessage()).startsWith(prefix)) {
                throw e;
            }
            throw new IllegalArgumentException(prefix + "subject: is no distinguished name such as CN=idp,O=Acme", e);
        }
    }

    private static Set<TrustAnchor> authorities(String key, Path file) throws CertificateException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (read.isEmpty()) {
                throw new IllegalArgumentException(key + ": " + file + " holds no certificate in PEM");
            }
            return read.stream()
                    .map(X509Certificate.class::cast)
                    .map(each -> new TrustAnchor(each, null))
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    /** @param chain as the peer sent it, its own certificate first; empty if it sent none */
    Shown examine(List<X509Certificate> chain, Instant now) {
        if (chain.isEmpty()) {
            return new Shown.Bad("no client certificate was shown, which this source asks for");
        }
        X509Certificate own = chain.get(0);
        if (!isTheRightOne(own)) {
            return new Shown.Bad("the client certificate is not the one that was agreed upon");
        }
        CertPath path;
        try {
            path = path(chain);
            CertPathValidator.getInstance("PKIX").validate(path, parameters(now));
        } catch (GeneralSecurityException e) {
            return new Shown.Bad("the client certificate was not issued by whom this source trusts, or has expired");
        }
        return revocation == Revocation.OFF ? new Shown.Good() : revoked(own, path, now);
    }

    private boolean isTheRightOne(X509Certificate own) {
        return (subject == null || subject.equals(own.getSubjectX500Principal()))
                && (name == null || names(own).contains(name));
    }

    private static List<String> names(X509Certificate own) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = own.getSubjectAlternativeNames();
            if (alternatives != null) {
                alternatives.stream()
                        .filter(each -> each.get(0) instanceof Integer kind && NAMES.contains(kind))
                        .forEach(each -> names.add(String.valueOf(each.get(1))));
            }
        } catch (CertificateParsingException e) {
            // Names that cannot be read are none that was agreed upon.
            return List.of();
        }
        return names;
    }

    /** Up to the authority, which many peers send along and which is no part of a path. */
    private CertPath path(List<X509Certificate> chain) throws CertificateException {
        List<X509Certificate> path = new ArrayList<>();
        for (X509Certificate each : chain) {
            if (!path.isEmpty() && authorities.stream().anyMatch(anchor -> each.equals(anchor.getTrustedCert()))) {
                break;
            }
            path.add(each);
        }
        return CertificateFactory.getInstance("X.509").generateCertPath(path);
    }

    private PKIXParameters parameters(Instant now) throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(authorities);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now));
        return parameters;
    }

    private Shown revoked(X509Certificate own, CertPath path, Instant now) {
        CompletableFuture<Shown> answer;
        synchronized (asked) {
            Asked before = asked.get(own);
            if (before == null || isOver(before, now)) {
                before = new Asked(CompletableFuture.supplyAsync(() -> ask(path, now), askers), now);
                asked.put(own, before);
            }
            answer = before.answer();
        }
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Shown.Unknown("this node is stopping");
        } catch (ExecutionException | TimeoutException e) {
            return new Shown.Unknown("whether the client certificate was revoked is not known yet");
        }
    }

    private static boolean isOver(Asked before, Instant now) {
        if (!before.answer().isDone()) {
            return false;
        }
        boolean known =
                !before.answer().isCompletedExceptionally() && !(before.answer().join() instanceof Shown.Unknown);
        return !now.isBefore(before.at().plus(known ? GOOD_FOR : UNKNOWN_FOR));
    }

    private Shown ask(CertPath path, Instant now) {
        try {
            PKIXParameters parameters = parameters(now);
            PKIXRevocationChecker checker = revocation.checker();
            if (checker != null) {
                parameters.addCertPathChecker(checker);
            }
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
            return new Shown.Good();
        } catch (CertPathValidatorException e) {
            // The path itself was found good: what is wrong now has to do with the answer about its revocation.
            return e.getReason() == BasicReason.REVOKED
                    ? new Shown.Bad("the client certificate was revoked")
                    : new Shown.Unknown("whether the client certificate was revoked cannot be learned now");
        } catch (GeneralSecurityException e) {
            return new Shown.Unknown("whether the client certificate was revoked cannot be learned now");
        }
    }
}
