package io.signalbox.verify;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.amazon.corretto.crypto.provider.SelfTestStatus;
import com.nimbusds.jose.JOSEException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Who does the arithmetic of signatures. The native provider checks ES256 about ten times as fast as the JDK does;
 * where its library does not load, or does not pass its own tests, the JDK does the work with the same verdicts.
 */
@Component
final class CryptoProvider {

    private static final Logger log = LoggerFactory.getLogger(CryptoProvider.class);

    private final @Nullable Provider provider;

    CryptoProvider() {
        this(nativeProvider());
    }

    private CryptoProvider(@Nullable Provider provider) {
        this.provider = provider;
    }

    /** The JDK's providers, in its own order. */
    static CryptoProvider jdk() {
        return new CryptoProvider(null);
    }

    /** What was chosen, for people: the start-up report shows it. */
    String name() {
        return provider == null
                ? "JDK " + Runtime.version().feature()
                : provider.getName() + " " + provider.getVersionStr();
    }

    /** Null leaves the choice to the JDK. */
    @Nullable
    Provider provider() {
        return provider;
    }

    /** The key in the provider's own form: otherwise it is converted for each signature that it verifies. */
    PublicKey own(PublicKey key) throws JOSEException {
        if (provider == null) {
            return key;
        }
        try {
            return (PublicKey)
                    KeyFactory.getInstance(key.getAlgorithm(), provider).translateKey(key);
        } catch (GeneralSecurityException e) {
            throw new JOSEException("The crypto provider cannot work with a key", e);
        }
    }

    private static @Nullable Provider nativeProvider() {
        try {
            AmazonCorrettoCryptoProvider candidate = AmazonCorrettoCryptoProvider.INSTANCE;
            if (candidate.getLoadingError() == null && candidate.runSelfTests() == SelfTestStatus.PASSED) {
                return candidate;
            }
            log.atInfo().setCause(candidate.getLoadingError()).log("No native crypto provider here; the JDK's is used");
        } catch (LinkageError | RuntimeException e) {
            log.atInfo().setCause(e).log("No native crypto provider here; the JDK's is used");
        }
        return null;
    }
}
