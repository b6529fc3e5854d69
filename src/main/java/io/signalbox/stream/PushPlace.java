package io.signalbox.stream;

import java.net.InetSocketAddress;
import java.net.URI;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where pushes come in while a stream is taken through its life.
 *
 * @param listen where to listen; port 0 is any that is free
 * @param endpointUrl by which URL the transmitter reaches that, through whatever lies between; absent if directly
 * @param authorizationHeader what the transmitter is told to send; absent if nothing
 * @param tls key and certificate of that place; absent if it listens without TLS, for whatever ends TLS before it
 */
public record PushPlace(
        InetSocketAddress listen,
        @Nullable URI endpointUrl,
        @Nullable String authorizationHeader,
        @Nullable SSLContext tls) {

    /** The header is a secret. */
    @Override
    public String toString() {
        return "PushPlace[" + listen + "]";
    }
}
