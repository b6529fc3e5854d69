package io.signalbox.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Pushes SETs over kept-alive connections from one thread. The generator shares the machine with what it measures, so
 * it does as little as HTTP/1.1 allows: no thread per connection, no object per header. Plain http only.
 */
final class PushClient implements AutoCloseable {

    /** The next SET's place in the batch, or one of the two words below. */
    interface Source {
        int NOT_YET = -1;
        int NO_MORE = -2;

        int next(long now);
    }

    /** Hears of each answer; status 0 is none. */
    interface Listener {
        void answered(int index, int status, long sentAt, long now);
    }

    /** How long one answer is waited for. */
    private static final long PATIENCE = 20_000_000_000L;

    private static final long PAUSE_AFTER_FAILURE = 50_000_000L;

    private final InetSocketAddress address;
    private final byte[] head;
    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();

    private static final class Connection {
        final ByteBuffer out = ByteBuffer.allocateDirect(16 * 1024);
        final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);

        @Nullable
        SocketChannel channel;

        int index = Source.NOT_YET;
        long sentAt;
        long notBefore;
    }

    PushClient(URI url, int connections, @Nullable String authorization) throws IOException {
        if (!"http".equals(url.getScheme())) {
            throw new IllegalArgumentException("only http URLs can be measured, not " + url);
        }
        int port = url.getPort() < 0 ? 80 : url.getPort();
        address = new InetSocketAddress(url.getHost(), port);
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        head = ("POST " + path + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery()) + " HTTP/1.1\r\nHost: "
                        + url.getHost() + ":" + port
                        + "\r\nContent-Type: application/secevent+jwt\r\nAccept: application/json\r\n"
                        + (authorization == null ? "" : "Authorization: " + authorization + "\r\n")
                        + "Content-Length: ")
                .getBytes(StandardCharsets.US_ASCII);
        selector = Selector.open();
        for (int i = 0; i < connections; i++) {
            this.connections.add(new Connection());
        }
    }

    /** Pushes until the source has no more and every answer is here. */
    void run(Transmitter.Batch batch, Source source, Listener listener) throws IOException {
        boolean more = true;
        int busy = 0;
        long lastSweep = System.nanoTime();
        while (more || busy > 0) {
            boolean waiting = false;
            long now = System.nanoTime();
            for (Connection connection : connections) {
                if (!more || connection.index >= 0) {
                    continue;
                }
                if (connection.notBefore > now) {
                    waiting = true;
                    continue;
                }
                int next = source.next(System.nanoTime());
                if (next == Source.NOT_YET) {
                    waiting = true;
                    break;
                }
                if (next == Source.NO_MORE) {
                    more = false;
                    break;
                }
                connection.index = next;
                connection.sentAt = System.nanoTime();
                if (send(connection, batch.tokens()[next])) {
                    busy++;
                } else {
                    fail(connection, listener);
                }
            }
            selector.select(waiting ? 1 : 100);
            for (SelectionKey key : selector.selectedKeys()) {
                Connection connection = (Connection) key.attachment();
                if (connection.index < 0) {
                    // Closed by the server while idle: the next SET opens a new one.
                    close(connection);
                } else if (key.isValid() && proceed(connection, key, listener)) {
                    busy--;
                }
            }
            selector.selectedKeys().clear();
            if (now - lastSweep > PATIENCE / 10) {
                lastSweep = now;
                for (Connection connection : connections) {
                    if (connection.index >= 0 && now - connection.sentAt > PATIENCE) {
                        fail(connection, listener);
                        busy--;
                    }
                }
            }
        }
    }

    private boolean send(Connection connection, byte[] token) {
        connection.out.clear();
        connection
                .out
                .put(head)
                .put((token.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII))
                .put(token)
                .flip();
        connection.in.clear();
        try {
            SocketChannel channel = connection.channel;
            if (channel == null) {
                channel = SocketChannel.open(address);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, connection);
                connection.channel = channel;
            }
            channel.write(connection.out);
            if (connection.out.hasRemaining()) {
                channel.keyFor(selector).interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns whether the exchange is over. */
    private boolean proceed(Connection connection, SelectionKey key, Listener listener) {
        try {
            SocketChannel channel = (SocketChannel) key.channel();
            if (key.isWritable()) {
                channel.write(connection.out);
                if (!connection.out.hasRemaining()) {
                    key.interestOps(SelectionKey.OP_READ);
                }
            }
            if (!key.isReadable()) {
                return false;
            }
            boolean ended = channel.read(connection.in) < 0;
            int status = answer(connection, ended);
            if (status > 0) {
                int index = connection.index;
                connection.index = Source.NOT_YET;
                listener.answered(index, status, connection.sentAt, System.nanoTime());
                return true;
            }
            if (!ended) {
                return false;
            }
        } catch (IOException e) {
            // Counted as no answer below.
        }
        fail(connection, listener);
        return true;
    }

    private static void fail(Connection connection, Listener listener) {
        int index = connection.index;
        connection.index = Source.NOT_YET;
        close(connection);
        long now = System.nanoTime();
        connection.notBefore = now + PAUSE_AFTER_FAILURE;
        listener.answered(index, 0, connection.sentAt, now);
    }

    /** The status once the whole answer is here, 0 before. */
    private static int answer(Connection connection, boolean ended) {
        ByteBuffer in = connection.in;
        int length = in.position();
        int end = endOfHead(in, length);
        if (end < 0) {
            return 0;
        }
        byte[] bytes = new byte[end];
        in.get(0, bytes);
        String head = new String(bytes, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int status = Integer.parseInt(head.substring(9, 12));
        boolean closing = head.contains("\r\nconnection: close");
        boolean whole;
        int at = head.indexOf("\r\ncontent-length:");
        if (at >= 0) {
            int stop = head.indexOf('\r', at + 2);
            int body = Integer.parseInt(
                    head.substring(at + 17, stop < 0 ? head.length() : stop).strip());
            whole = length >= end + body;
        } else if (head.contains("\r\ntransfer-encoding: chunked")) {
            whole = length >= end + 5 && in.get(length - 5) == '0' && in.get(length - 1) == '\n';
        } else {
            whole = status == 204 || ended;
        }
        if (whole && (closing || ended)) {
            close(connection);
        }
        return whole ? status : 0;
    }

    private static int endOfHead(ByteBuffer in, int length) {
        for (int i = 3; i < length; i++) {
            if (in.get(i) == '\n' && in.get(i - 1) == '\r' && in.get(i - 2) == '\n' && in.get(i - 3) == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    private static void close(Connection connection) {
        SocketChannel channel = connection.channel;
        connection.channel = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // It is gone, which is what was wanted.
            }
        }
    }

    @Override
    public void close() throws IOException {
        connections.forEach(PushClient::close);
        selector.close();
    }
}
