package io.signalbox.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whose word about a server's name is taken: the runtime's authorities, and those the operator added. Adding never
 * takes any away: a private authority for one peer must not cut the others off.
 */
final class CertificateAuthorities {

    private static final String KEY = "signalbox.http.ca-file";

    private final SSLContext context;

    private CertificateAuthorities(SSLContext context) {
        this.context = context;
    }

    /** As {@link #read(String, Revocation)}, and nobody is asked whether a certificate was revoked. */
    static CertificateAuthorities read(@Nullable String file) {
        return read(file, Revocation.OFF);
    }

    /**
     * The runtime's authorities and those of the file.
     *
     * @param file certificates in PEM; null adds none
     * @param revocation where it is asked whether a server's certificate was revoked
     * @throws IllegalArgumentException naming the key, if the file cannot be read or holds no certificate
     */
    static CertificateAuthorities read(@Nullable String file, Revocation revocation) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            boolean asUsual = file == null && revocation == Revocation.OFF;
            context.init(
                    null, asUsual ? null : trust(file == null ? List.of() : added(Path.of(file)), revocation), null);
            return new CertificateAuthorities(context);
        } catch (GeneralSecurityException | IOException | InvalidPathException e) {
            throw new IllegalArgumentException(KEY + ": " + file + " cannot be read as certificates in PEM", e);
        }
    }

    private static Collection<? extends Certificate> added(Path file) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException(KEY + ": " + file + " holds no certificate in PEM");
            }
            return certificates;
        }
    }

    private static TrustManager[] trust(Collection<? extends Certificate> added, Revocation revocation)
            throws GeneralSecurityException, IOException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        List<Certificate> all = new ArrayList<>(added);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                all.addAll(List.<X509Certificate>of(x509.getAcceptedIssuers()));
            }
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < all.size(); i++) {
            store.setCertificateEntry("ca-" + i, all.get(i));
        }
        PKIXRevocationChecker checker = revocation.checker();
        if (checker == null) {
            factory.init(store);
        } else {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, new X509CertSelector());
            parameters.addCertPathChecker(checker);
            factory.init(new CertPathTrustManagerParameters(parameters));
        }
        return factory.getTrustManagers();
    }

    SSLContext context() {
        return context;
    }
}
