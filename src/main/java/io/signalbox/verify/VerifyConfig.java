package io.signalbox.verify;

import io.signalbox.StartupFact;
import io.signalbox.set.KnownIssuers;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Says at the end of the start whose signals are taken, and who checks their signatures. */
@Configuration(proxyBeanMethods = false)
class VerifyConfig {

    @Bean
    @Order(8)
    StartupFact cryptoFact(CryptoProvider crypto) {
        return StartupFact.of("crypto", crypto::name);
    }

    @Bean
    KnownIssuers knownIssuers(TrustProperties trust) {
        Set<String> issuers =
                trust.issuers().stream().map(TrustedIssuer::issuer).collect(Collectors.toUnmodifiableSet());
        return issuers::contains;
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
                        ", ",
                        trust.issuers().stream().map(TrustedIssuer::issuer).toList()));
    }
}
