package io.signalbox.act.resolve;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.NameResolver;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import io.signalbox.http.AddressRefusedException;
import io.signalbox.http.GuardedSockets;
import io.signalbox.set.SubjectIdentifier;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Searches an LDAP directory for the one entry, over a connection of its own: what is found is remembered, so that there
 * are few. Referrals are not followed; they would lead to addresses that nobody listed.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4511#section-4.5">RFC 4511, section 4.5</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4515#section-3">RFC 4515, section 3, what is escaped in a filter</a>
 */
final class LdapQuestion implements Question {

    private static final int LARGEST = 1024 * 1024;
    private static final String DN = "dn";

    private final GuardedSockets sockets;
    private final URI url;
    private final String base;
    private final Placeholders filter;
    private final String attribute;
    private final @Nullable String bindDn;
    private final Supplier<@Nullable String> password;

    LdapQuestion(
            GuardedSockets sockets,
            URI url,
            String base,
            Placeholders filter,
            String attribute,
            @Nullable String bindDn,
            Supplier<@Nullable String> password) {
        this.sockets = sockets;
        this.url = url;
        this.base = base;
        this.filter = filter;
        this.attribute = attribute;
        this.bindDn = bindDn;
        this.password = password;
    }

    @Override
    public String name() {
        return "ldap";
    }

    @Override
    public Asked ask(SubjectIdentifier one) {
        String text = filter.fill(one, Filter::encodeValue);
        if (text == null) {
            return new Asked("nothing", new Answer.Nobody("the subject lacks what the filter names"));
        }
        return new Asked(text + " below " + base + " at " + url, search(text));
    }

    private Answer search(String text) {
        AtomicBoolean refused = new AtomicBoolean();
        try (LDAPConnection connection = open(refused)) {
            if (bindDn != null) {
                var ignored = connection.bind(bindDn, password.get());
            }
            SearchRequest request = new SearchRequest(
                    base,
                    SearchScope.SUB,
                    Filter.create(text),
                    attribute.equals(DN) ? SearchRequest.NO_ATTRIBUTES : attribute);
            request.setSizeLimit(2);
            request.setTimeLimitSeconds(
                    (int) Math.max(1, sockets.responseTimeout().toSeconds()));
            return read(connection.search(request).getSearchEntries());
        } catch (LDAPSearchException e) {
            if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
                return new Answer.Several("more than one entry matches");
            }
            return silent(e);
        } catch (LDAPException e) {
            return refused.get()
                    ? new Answer.Silent("its address may not be called; signalbox.http.allow lists what may")
                    : silent(e);
        }
    }

    /** Messages of exceptions hold DNs; the names of result codes hold nobody. */
    private static Answer silent(LDAPException failure) {
        return new Answer.Silent("no result: " + failure.getResultCode().getName());
    }

    private Answer read(List<SearchResultEntry> entries) {
        if (entries.isEmpty()) {
            return new Answer.Nobody("no entry matches");
        }
        if (entries.size() > 1) {
            return new Answer.Several(entries.size() + " entries match");
        }
        SearchResultEntry entry = entries.get(0);
        if (attribute.equals(DN)) {
            return new Answer.One(entry.getDN());
        }
        String[] values = entry.getAttributeValues(attribute);
        if (values == null || values.length == 0) {
            return new Answer.Nobody("the entry has no " + attribute);
        }
        return values.length == 1
                ? new Answer.One(values[0])
                : new Answer.Several("the entry has " + values.length + " values of " + attribute);
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
