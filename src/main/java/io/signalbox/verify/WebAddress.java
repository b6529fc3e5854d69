package io.signalbox.verify;

import java.net.URI;
import java.util.Locale;

/** Addresses of documents that trust rests on. */
final class WebAddress {

    private WebAddress() {}

    /**
     * Reads an address whose content cannot be changed on its way: https, or http that does not leave the machine. What a
     * name resolves to is checked each time it is called.
     *
     * @throws IllegalArgumentException if it is none; the message goes on where a name of the value stands
     */
    static URI parse(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is no URI", e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean usable = uri.getHost() != null
                && uri.getRawUserInfo() == null
                && (scheme.equals("https") || scheme.equals("http") && isLoopback(uri.getHost()));
        if (!usable) {
            throw new IllegalArgumentException("must be an https URL without credentials, or http on loopback");
        }
        return uri;
    }

    /**
     * Where an issuer publishes its metadata: the well-known name stands between the host and the issuer's own path
     * (R-02).
     *
     * @throws IllegalArgumentException if the issuer is no address that has such a place
     */
    static URI inserted(String issuer, String name) {
        URI uri = plain(issuer);
        return URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + "/.well-known/" + name
                + withoutSlash(uri.getRawPath()));
    }

    /** The same for OpenID Connect, whose well-known name stands behind the issuer's path. */
    static URI appended(String issuer, String name) {
        URI uri = plain(issuer);
        return URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + withoutSlash(uri.getRawPath())
                + "/.well-known/" + name);
    }

    private static URI plain(String issuer) {
        URI uri = parse(issuer);
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("must be a URL without query and fragment");
        }
        return uri;
    }

    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }
}
