package io.signalbox.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Makes the one pool of connections that every HTTP call goes through. The check sits where the socket is opened, so
 * no client on top of it can forget it, and the address that was checked is the address that is dialled.
 */
final class GuardedConnections extends PoolingHttpClientConnectionManagerBuilder {

    // One target that hangs must not use up the pool for all others.
    private static final int PER_ROUTE = 20;
    private static final int TOTAL = 400;

    private final AddressGuard guard;

    private GuardedConnections(AddressGuard guard) {
        this.guard = guard;
    }

    static PoolingHttpClientConnectionManager open(
            AddressGuard guard, Duration connectTimeout, Duration responseTimeout) {
        return open(guard, connectTimeout, responseTimeout, CertificateAuthorities.read(null));
    }

    static PoolingHttpClientConnectionManager open(
            AddressGuard guard, Duration connectTimeout, Duration responseTimeout, CertificateAuthorities authorities) {
        return open(guard, connectTimeout, responseTimeout, authorities, (host, port) -> null);
    }

    static PoolingHttpClientConnectionManager open(
            AddressGuard guard,
            Duration connectTimeout,
            Duration responseTimeout,
            CertificateAuthorities authorities,
            ClientIdentities identities) {
        TlsSocketStrategy nameless = new DefaultClientTlsStrategy(authorities.context());
        return new GuardedConnections(guard)
                // By the host and not by the call: a connection in the pool serves whoever calls the same host next.
                .setTlsSocketStrategy((socket, host, port, attachment, context) -> {
                    SSLContext identity = identities.at(host, port);
                    return (identity == null ? nameless : new DefaultClientTlsStrategy(identity))
                            .upgrade(socket, host, port, attachment, context);
                })
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(connectTimeout))
                        .setSocketTimeout(Timeout.of(responseTimeout))
                        // A name may have moved, and with it what the guard has to say about it.
                        .setTimeToLive(TimeValue.ofMinutes(5))
                        .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                        .build())
                .setMaxConnPerRoute(PER_ROUTE)
                .setMaxConnTotal(TOTAL)
                .build();
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
            SchemePortResolver ports, DnsResolver unguarded, TlsSocketStrategy tls) {
        return new Operator(
                super.createConnectionOperator(ports, new Names(guard::resolveAll), tls),
                super.createConnectionOperator(ports, new Names(guard::resolveForPlain), tls));
    }

    /** Chooses the rule by the scheme, because a name alone does not say whether the connection will be encrypted. */
    private record Operator(HttpClientConnectionOperator encrypted, HttpClientConnectionOperator plain)
            implements HttpClientConnectionOperator {

        @Override
        public void connect(
                ManagedHttpClientConnection connection,
                HttpHost host,
                @Nullable InetSocketAddress local,
                TimeValue timeout,
                SocketConfig config,
                HttpContext context)
                throws IOException {
            operator(host).connect(connection, byName(host), local, timeout, config, context);
        }

        @Override
        public void connect(
                ManagedHttpClientConnection connection,
                HttpHost host,
                @Nullable NamedEndpoint name,
                @Nullable InetSocketAddress local,
                Timeout timeout,
                SocketConfig config,
                @Nullable Object attachment,
                HttpContext context)
                throws IOException {
            operator(host).connect(connection, byName(host), name, local, timeout, config, attachment, context);
        }

        @Override
        public void upgrade(ManagedHttpClientConnection connection, HttpHost host, HttpContext context)
                throws IOException {
            operator(host).upgrade(connection, host, context);
        }

        @Override
        public void upgrade(
                ManagedHttpClientConnection connection,
                HttpHost host,
                @Nullable NamedEndpoint name,
                @Nullable Object attachment,
                HttpContext context)
                throws IOException {
            operator(host).upgrade(connection, host, name, attachment, context);
        }

        private HttpClientConnectionOperator operator(HttpHost host) {
            return host.getSchemeName().equals("https") ? encrypted : plain;
        }

        /** The library dials an address that a host carries without asking the resolver; so it may carry none. */
        private static HttpHost byName(HttpHost host) {
            return new HttpHost(host.getSchemeName(), host.getHostName(), host.getPort());
        }
    }

    private interface Lookup {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    private record Names(Lookup lookup) implements DnsResolver {

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            return lookup.resolve(host);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host.toLowerCase(Locale.ROOT);
        }
    }
}
