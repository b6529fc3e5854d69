package io.signalbox.act.resolve;

import com.unboundid.asn1.ASN1OctetString;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.NameResolver;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResult;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.controls.SimplePagedResultsControl;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import io.signalbox.http.AddressRefusedException;
import io.signalbox.http.GuardedSockets;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * An LDAP directory that is searched over a connection of its own each time: what is found is remembered, so that there are
 * few. Referrals are not followed; they would lead to addresses that nobody listed.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4511#section-4.5">RFC 4511, section 4.5</a>
 */
final class LdapDirectory {

    static final String DN = "dn";

    private static final int LARGEST = 1024 * 1024;
    private static final int PAGE = 500;

    private final GuardedSockets sockets;
    private final URI url;
    private final String base;
    private final @Nullable String bindDn;
    private final Supplier<@Nullable String> password;

    LdapDirectory(
            GuardedSockets sockets,
            URI url,
            String base,
            @Nullable String bindDn,
            Supplier<@Nullable String> password) {
        this.sockets = sockets;
        this.url = url;
        this.base = base;
        this.bindDn = bindDn;
        this.password = password;
    }

    /** For people. */
    String place() {
        return "below " + base + " at " + url;
    }

    /** What went wrong; names nobody, as messages of the library do. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient @Nullable LDAPException failure;

        private FailedException(String words, @Nullable LDAPException failure) {
            super(words);
            this.failure = failure;
        }

        boolean is(com.unboundid.ldap.sdk.ResultCode code) {
            return failure != null && failure.getResultCode().equals(code);
        }
    }

    /**
     * Searches.
     *
     * @param attribute what of the entries is asked for
     * @param most the search fails if there are more
     */
    List<SearchResultEntry> search(String filter, String attribute, int most) throws FailedException {
        return within(connection -> {
            SearchRequest request = request(filter, attribute);
            request.setSizeLimit(most);
            return connection.search(request).getSearchEntries();
        });
    }

    /**
     * Searches page by page, for those who are many.
     *
     * @param most more are not looked at
     * @see <a href="https://www.rfc-editor.org/rfc/rfc2696">RFC 2696</a>
     */
    List<SearchResultEntry> searchAll(String filter, String attribute, int most) throws FailedException {
        return within(connection -> {
            List<SearchResultEntry> all = new ArrayList<>();
            SearchRequest request = request(filter, attribute);
            ASN1OctetString cookie = null;
            do {
                request.setControls(new SimplePagedResultsControl(PAGE, cookie));
                SearchResult page = connection.search(request);
                all.addAll(page.getSearchEntries());
                SimplePagedResultsControl next = SimplePagedResultsControl.get(page);
                cookie = next != null && next.moreResultsToReturn() ? next.getCookie() : null;
            } while (cookie != null && all.size() <= most);
            return all;
        });
    }

    private SearchRequest request(String filter, String attribute) throws LDAPException {
        SearchRequest request = new SearchRequest(
                base,
                SearchScope.SUB,
                Filter.create(filter),
                attribute.equals(DN) ? SearchRequest.NO_ATTRIBUTES : attribute);
        request.setTimeLimitSeconds((int) Math.max(1, sockets.responseTimeout().toSeconds()));
        return request;
    }

    @FunctionalInterface
    private interface Work {
        List<SearchResultEntry> on(LDAPConnection connection) throws LDAPException;
    }

    private List<SearchResultEntry> within(Work work) throws FailedException {
        AtomicBoolean refused = new AtomicBoolean();
        try (LDAPConnection connection = open(refused)) {
            if (bindDn != null) {
                var ignored = connection.bind(bindDn, password.get());
            }
            return work.on(connection);
        } catch (LDAPException e) {
            throw refused.get()
                    ? new FailedException("its address may not be called; signalbox.http.allow lists what may", null)
                    // Messages of exceptions hold DNs; the names of result codes hold nobody.
                    : new FailedException("no result: " + e.getResultCode().getName(), e);
        }
    }

    private LDAPConnection open(AtomicBoolean refused) throws LDAPException {
        boolean encrypted = url.getScheme().equals("ldaps");
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setConnectTimeoutMillis((int) sockets.connectTimeout().toMillis());
        options.setResponseTimeoutMillis(sockets.responseTimeout().toMillis());
        options.setFollowReferrals(false);
        options.setMaxMessageSize(LARGEST);
        options.setNameResolver(new Guarded(sockets, encrypted, refused));
        SocketFactory factory = SocketFactory.getDefault();
        if (encrypted) {
            // Without it any certificate of any host would do.
            options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
            factory = sockets.tls().getSocketFactory();
        }
        int port = url.getPort() > 0 ? url.getPort() : encrypted ? 636 : 389;
        return new LDAPConnection(factory, options, url.getHost(), port);
    }

    /** The library connects to what this returns, and looks up no name by itself. */
    private static final class Guarded extends NameResolver {
        private final GuardedSockets sockets;
        private final boolean encrypted;
        private final AtomicBoolean refused;

        private Guarded(GuardedSockets sockets, boolean encrypted, AtomicBoolean refused) {
            this.sockets = sockets;
            this.encrypted = encrypted;
            this.refused = refused;
        }

        @Override
        public InetAddress getByName(@Nullable String host) throws UnknownHostException {
            try {
                return sockets.resolve(String.valueOf(host), encrypted);
            } catch (AddressRefusedException e) {
                refused.set(true);
                throw new UnknownHostException(e.getMessage());
            }
        }

        @Override
        public InetAddress[] getAllByName(@Nullable String host) throws UnknownHostException {
            return new InetAddress[] {getByName(host)};
        }

        @Override
        public void toString(StringBuilder buffer) {
            buffer.append("guarded");
        }
    }
}
