package io.signalbox.verify;

import io.signalbox.OpenPath;
import io.signalbox.StartupFact;
import io.signalbox.set.KnownIssuers;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;

/** Says at the end of the start whose signals are taken, and who checks their signatures. */
@Configuration(proxyBeanMethods = false)
class VerifyConfig {

    @Bean
    @Order(8)
    StartupFact cryptoFact(CryptoProvider crypto) {
        return StartupFact.of("crypto", crypto::name);
    }

    @Bean
    @Order(9)
    StartupFact encryptionFact(EncryptionKeys keys) {
        return StartupFact.of("encryption", keys::fact);
    }

    @Bean
    OpenPath encryptionKeysPath() {
        return new OpenPath(HttpMethod.GET, EncryptionKeys.PATH, "public keys, for whoever wants to encrypt to us");
    }

    @Bean
    KnownIssuers knownIssuers(TrustProperties trust) {
        Set<String> issuers =
                trust.issuers().stream().map(TrustedIssuer::issuer).collect(Collectors.toUnmodifiableSet());
        Set<String> attested = trust.issuers().stream()
                .filter(issuer -> issuer.keys() instanceof KeySource.Attested)
                .map(TrustedIssuer::issuer)
                .collect(Collectors.toUnmodifiableSet());
        return new KnownIssuers() {
            @Override
            public boolean knows(String issuer) {
                return issuers.contains(issuer);
            }

            @Override
            public boolean attested(String issuer) {
                return attested.contains(issuer);
            }
        };
    }

    @Bean
    @Order(3)
    StartupFact trustFact(TrustProperties trust) {
        if (trust.trust().isEmpty()) {
            return StartupFact.missing(
                    "trust",
                    "no issuer is trusted, so every SET is refused with invalid_issuer. Name one under"
                            + " signalbox.trust in ./application.yaml (or ./config/application.yaml)");
        }
        return StartupFact.of(
                "trust",
                () -> String.join(
                        ", ", trust.issuers().stream().map(VerifyConfig::named).toList()));
    }

    private static String named(TrustedIssuer issuer) {
        return issuer.issuer() + (issuer.entitlement().stance() == Stance.ADVISORY ? " (advisory)" : "");
    }
}
