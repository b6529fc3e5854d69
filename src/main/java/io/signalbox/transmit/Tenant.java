package io.signalbox.transmit;

import io.signalbox.set.SubjectPattern;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who we are to some of our receivers: an issuer, found by its own metadata, with keys of its own (T-04).
 *
 * @param name by which clients name it; empty for {@code signalbox.issuer}
 * @param issuer {@code iss} of its SETs, character for character as configured
 * @param path path of the issuer without a slash at its end: what stands behind the well-known name (T-01)
 * @param base public address below which our endpoints are
 * @param keysFile where its keys are; absent for a place of ours
 * @param subjects about whom its clients may be told at most; empty if that is up to each client
 */
public record Tenant(
        String name,
        String issuer,
        String path,
        String base,
        @Nullable Path keysFile,
        List<SubjectPattern> subjects) {

    /** @throws IllegalArgumentException naming the key of what is wrong */
    static Tenant of(
            String key,
            String name,
            String issuer,
            @Nullable String base,
            @Nullable Path keysFile,
            List<SubjectPattern> subjects) {
        URI uri = address(key, issuer);
        return new Tenant(
                name,
                issuer,
                withoutSlash(uri.getRawPath()),
                base == null ? uri.getScheme() + "://" + uri.getRawAuthority() : base,
                keysFile,
                subjects);
    }

    /** Whether this is the one that {@code signalbox.issuer} names. */
    public boolean isOurFirst() {
        return name.isEmpty();
    }

    /** Where its public keys are. */
    String jwks() {
        return base + Transmitter.JWKS + (isOurFirst() ? "" : "/" + name);
    }

    /** The public address of one of our paths. */
    String place(String endpoint) {
        return base + endpoint;
    }

    /** T-03: https, no query, no fragment; http only where nobody is on the way. */
    static URI address(String key, String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + " is no URL", e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https") || scheme.equals("http") && isLoopback(String.valueOf(uri.getHost()));
        if (uri.getHost() == null
                || !secure
                || uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    key + " must be an https URL without query and fragment, or http on loopback");
        }
        return uri;
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
