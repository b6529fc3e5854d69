package io.signalbox.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The guarded client of one command, outside the gateway, by the same configuration. A host that the operator wrote on
 * the command line is allowed by being written there; what a peer's documents name is guarded as ever.
 */
public final class CommandHttp implements GuardedHttp, AutoCloseable {

    private final PoolingHttpClientConnectionManager connections;
    private final PooledHttp http;
    private final GuardedSockets sockets;

    private CommandHttp(HttpProperties properties, List<AddressRange> allow) {
        AddressGuard guard = new AddressGuard(allow);
        sockets = new GuardedSockets(guard, properties);
        connections = GuardedConnections.open(
                guard, properties.connectTimeout(), properties.responseTimeout(), properties.authorities());
        http = new PooledHttp(connections, properties.responseTimeout());
    }

    /**
     * Opens it.
     *
     * @param environment where {@code signalbox.http} is read
     * @param named hosts that the operator wrote on the command line
     * @throws IllegalArgumentException naming the key, if a value of {@code signalbox.http} is none
     */
    public static CommandHttp open(Environment environment, Collection<String> named) {
        HttpProperties properties = Binder.get(environment).bindOrCreate("signalbox.http", HttpProperties.class);
        List<AddressRange> allow = new ArrayList<>(properties.allowedRanges());
        named.forEach(host -> allow.addAll(addresses(host)));
        return new CommandHttp(properties, allow);
    }

    /** A name that does not resolve allows nothing; the call will say so. */
    private static List<AddressRange> addresses(String host) {
        List<AddressRange> addresses = new ArrayList<>();
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                addresses.add(new AddressRange(address, address.getAddress().length * 8));
            }
        } catch (UnknownHostException e) {
            return List.of();
        }
        return addresses;
    }

    /** The same for what is no HTTP. */
    public GuardedSockets sockets() {
        return sockets;
    }

    @Override
    public Result exchange(Request request) {
        return http.exchange(request);
    }

    @Override
    public void close() {
        try {
            http.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.close();
    }
}
