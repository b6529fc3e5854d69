package io.signalbox.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;

/** The real guarded client as an operator would set it up who listed the loopback addresses. */
public final class LoopbackHttp implements GuardedHttp, AutoCloseable {

    private final PoolingHttpClientConnectionManager connections;
    private final PooledHttp http;

    public LoopbackHttp() {
        this(Duration.ofSeconds(5), "127.0.0.0/8", "::1");
    }

    LoopbackHttp(Duration timeout, String... allow) {
        HttpProperties properties = new HttpProperties(List.of(allow), timeout, timeout, null, Revocation.OFF);
        connections = GuardedConnections.open(
                new AddressGuard(properties.allowedRanges()),
                properties.connectTimeout(),
                properties.responseTimeout());
        http = new PooledHttp(connections, properties.responseTimeout());
    }

    /** A guard that lets loopback addresses through. */
    public static AddressGuard guard() {
        return new AddressGuard(List.of(AddressRange.parse("127.0.0.0/8"), AddressRange.parse("::1")));
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
