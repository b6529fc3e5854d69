package io.signalbox.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Serves the transmitter's keys, and is the target of every action: one thread, on the loopback address. */
final class LoopbackServer implements AutoCloseable {

    private static final byte[] OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector;
    private final ServerSocketChannel server;
    private final Thread thread;
    private volatile String jwks = "{\"keys\":[]}";
    private volatile boolean open = true;
    private volatile boolean hanging;
    private volatile long held;

    /** Idempotency keys seen; 64 bits of each, which is plenty for some millions. */
    private final Set<Long> keys = new HashSet<>();

    private volatile long calls;
    private volatile long distinct;
    private volatile long firstCallAt;
    private volatile @Nullable Arrivals arrivals;

    /** When the first and the last action of each signal of a batch came. */
    static final class Arrivals {
        final long[] first;
        final long[] last;
        final int[] count;
        private final Map<String, Integer> indexes = new HashMap<>();

        Arrivals(Transmitter.Batch batch) {
            first = new long[batch.size()];
            last = new long[batch.size()];
            count = new int[batch.size()];
            for (int i = 0; i < batch.size(); i++) {
                indexes.put(batch.signalId(i), i);
            }
        }

        private void arrived(String signalId, long now) {
            Integer index = indexes.get(signalId);
            if (index != null) {
                if (count[index]++ == 0) {
                    first[index] = now;
                }
                last[index] = now;
            }
        }
    }

    private static final class Connection {
        ByteBuffer in = ByteBuffer.allocate(16 * 1024);
    }

    LoopbackServer(int port) throws IOException {
        selector = Selector.open();
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        thread = new Thread(this::serve, "loopback server");
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.socket().getLocalPort();
    }

    void publish(String document) {
        jwks = document;
    }

    /** From now on, note when the actions of these signals come. */
    Arrivals watch(Transmitter.Batch batch) {
        Arrivals fresh = new Arrivals(batch);
        arrivals = fresh;
        return fresh;
    }

    /** From now on takes calls and answers none of them. */
    void hang() {
        hanging = true;
    }

    /** Calls that were never answered. */
    long held() {
        return held;
    }

    long calls() {
        return calls;
    }

    /** Actions by idempotency key: what a target that honours it did. */
    long distinct() {
        return distinct;
    }

    /** 0 if none came since {@link #forgetFirstCall}. */
    long firstCallAt() {
        return firstCallAt;
    }

    void forgetFirstCall() {
        firstCallAt = 0;
    }

    private void serve() {
        try {
            while (open) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isValid() && key.isAcceptable()) {
                        SocketChannel channel = server.accept();
                        if (channel != null) {
                            channel.configureBlocking(false);
                            channel.register(selector, SelectionKey.OP_READ, new Connection());
                        }
                    } else if (key.isValid()) {
                        read((SocketChannel) key.channel(), (Connection) key.attachment());
                    }
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(SocketChannel channel, Connection connection) throws IOException {
        try {
            if (channel.read(connection.in) < 0) {
                channel.close();
                return;
            }
            int taken = 0;
            while (true) {
                int used = answer(channel, connection.in.array(), taken, connection.in.position());
                if (used == 0) {
                    break;
                }
                taken += used;
            }
            connection.in.flip().position(taken);
            connection.in.compact();
            if (!connection.in.hasRemaining()) {
                connection.in =
                        ByteBuffer.allocate(connection.in.capacity() * 2).put(connection.in.flip());
            }
        } catch (IOException e) {
            // The other process was killed, as some runs mean it to be.
            channel.close();
        }
    }

    /** Answers one request if it is here whole; returns how long it was. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only this thread writes
    private int answer(SocketChannel channel, byte[] bytes, int from, int to) throws IOException {
        int end = find(bytes, from, to, "\r\n\r\n");
        if (end < 0) {
            return 0;
        }
        String head = new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
        int body = end + 4;
        int stop;
        String length = header(head, "content-length");
        if (length != null) {
            stop = body + Integer.parseInt(length);
        } else if (header(head, "transfer-encoding") != null) {
            int last = find(bytes, body, to, "0\r\n\r\n");
            stop = last < 0 ? Integer.MAX_VALUE : last + 5;
        } else {
            stop = body;
        }
        if (stop > to) {
            return 0;
        }
        if (head.startsWith("GET ")) {
            byte[] document = jwks.getBytes(StandardCharsets.UTF_8);
            write(
                    channel,
                    ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + document.length
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            write(channel, document);
        } else if (hanging) {
            held++;
        } else {
            called(head, bytes, body, stop);
            write(channel, OK);
        }
        return stop - from;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only this thread writes
    private void called(String head, byte[] bytes, int from, int to) {
        long now = System.nanoTime();
        if (firstCallAt == 0) {
            firstCallAt = now;
        }
        calls++;
        String key = header(head, "idempotency-key");
        if (key != null && keys.add(hash(key))) {
            distinct = keys.size();
            Arrivals watching = arrivals;
            if (watching != null) {
                int at = find(bytes, from, to, "\"sig-");
                if (at >= 0) {
                    // sig- and 32 hexadecimal digits
                    watching.arrived(new String(bytes, at + 1, 36, StandardCharsets.ISO_8859_1), now);
                }
            }
        }
    }

    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static @Nullable String header(String head, String name) {
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\n" + name + ":");
        if (at < 0) {
            return null;
        }
        int start = at + name.length() + 3;
        int stop = head.indexOf('\r', start);
        return head.substring(start, stop < 0 ? head.length() : stop).strip();
    }

    private static int find(byte[] bytes, int from, int to, String wanted) {
        outer:
        for (int i = from; i <= to - wanted.length(); i++) {
            for (int j = 0; j < wanted.length(); j++) {
                if (bytes[i + j] != wanted.charAt(j)) {
                    continue outer;
                }
            }
            return i;
        }
        return -1;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        open = false;
        selector.wakeup();
        thread.join();
        server.close();
        selector.close();
    }
}
