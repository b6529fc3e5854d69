package io.signalbox.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** The door out for protocols other than HTTP: which address may be called, and whose certificates are taken. */
public final class GuardedSockets {

    private final AddressGuard guard;
    private final SSLContext tls;
    private final Duration connectTimeout;
    private final Duration responseTimeout;

    GuardedSockets(AddressGuard guard, HttpProperties properties) {
        this.guard = guard;
        this.tls = properties.authorities().context();
        this.connectTimeout = properties.connectTimeout();
        this.responseTimeout = properties.responseTimeout();
    }

    /**
     * The address to connect to.
     *
     * @param encrypted whether the connection will be; one that is not may go to loopback addresses alone
     * @throws AddressRefusedException if the name has addresses and none of them may be called
     * @throws UnknownHostException if the name has no address
     */
    public InetAddress resolve(String host, boolean encrypted) throws UnknownHostException {
        return (encrypted ? guard.resolveAll(host) : guard.resolveForPlain(host))[0];
    }

    /** The authorities of the Java runtime and those that the operator added. */
    public SSLContext tls() {
        return tls;
    }

    public Duration connectTimeout() {
        return connectTimeout;
    }

    public Duration responseTimeout() {
        return responseTimeout;
    }
}
