package io.signalbox.act;

import io.signalbox.http.ClientIdentities;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.stereotype.Component;

/** The certificates that targets' hosts are shown. */
@Component
final class TargetTls implements ClientIdentities {

    private final Map<String, SSLContext> contexts = new TreeMap<>();

    TargetTls(ConfiguredTargets targets, ObjectProvider<SslBundles> bundles) {
        Map<String, String> bundleOf = new TreeMap<>();
        for (String target : targets.names()) {
            String bundle = targets.sslBundle(target);
            if (bundle == null) {
                continue;
            }
            String key = "signalbox.targets." + target + ".ssl-bundle: ";
            URI url = URI.create(targets.url(target));
            if (List.of("tcp", "ldaps").contains(url.getScheme())) {
                // A connector that opens its sockets itself asks for the bundle itself.
                continue;
            }
            if (!"https".equals(url.getScheme())) {
                throw new IllegalArgumentException(key + "is for targets whose URL begins with https, ldaps or tcp");
            }
            String place = place(url.getHost(), url.getPort());
            // Connections are kept by host and port: the second target would get those of the first.
            String other = bundleOf.putIfAbsent(place, bundle);
            if (other != null && !other.equals(bundle)) {
                throw new IllegalArgumentException(key + "another target at the same host and port uses " + other);
            }
            try {
                contexts.put(
                        place,
                        Objects.requireNonNull(bundles.getIfAvailable(), "there are no bundles")
                                .getBundle(bundle)
                                .createSslContext());
            } catch (NoSuchSslBundleException e) {
                throw new IllegalArgumentException(key + "there is no spring.ssl.bundle named " + bundle, e);
            }
        }
    }

    @Override
    public @Nullable SSLContext at(String host, int port) {
        return contexts.get(place(host, port));
    }

    private static String place(String host, int port) {
        return host.toLowerCase(java.util.Locale.ROOT) + ":" + (port < 0 ? 443 : port);
    }
}
