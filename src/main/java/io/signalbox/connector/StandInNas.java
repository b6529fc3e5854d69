package io.signalbox.connector;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Stands in for a NAS that takes RADIUS requests: checks both authenticators of each, writes down what it asks for, and
 * answers as a case says: {@code ack}, {@code nak}, {@code nak 503}, {@code unsigned ack}, {@code forged ack} or, by
 * {@code silence}, not at all.
 */
final class StandInNas implements Runnable, AutoCloseable {

    static final String SECRET = "0123456789abcdef";

    private static final Map<Integer, String> TEXTS = Map.of(
            1, "User-Name", 11, "Filter-Id", 31, "Calling-Station-Id", 32, "NAS-Identifier", 44, "Acct-Session-Id");

    private final DatagramSocket socket;
    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private volatile String heard = "";
    private volatile int times;

    StandInNas(InetAddress loopback) throws IOException {
        socket = new DatagramSocket(0, loopback);
    }

    int port() {
        return socket.getLocalPort();
    }

    void expect(List<StandIn.Answer> next) {
        heard = "";
        times = 0;
        answers.clear();
        next.forEach(answer -> answers.add(answer.body()));
    }

    /** The last request in words, and how often it came. */
    String heard() {
        return heard.isEmpty() ? "" : heard + "; " + times + (times == 1 ? " time" : " times");
    }

    @Override
    public void run() {
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
                socket.receive(packet);
                byte[] request = Arrays.copyOf(packet.getData(), packet.getLength());
                String words = words(request);
                times = words.equals(heard) ? times + 1 : 1;
                heard = words;
                String answer = answers.poll();
                if (answer != null && !answer.equals("silence")) {
                    byte[] octets = answer(request, answer);
                    socket.send(new DatagramPacket(octets, octets.length, packet.getSocketAddress()));
                }
            } catch (IOException | GeneralSecurityException e) {
                // Closed, or somebody else's packet.
                continue;
            }
        }
    }

    private static String words(byte[] request) throws GeneralSecurityException {
        byte[] zeroed = request.clone();
        Arrays.fill(zeroed, 4, 20, (byte) 0);
        boolean known = Arrays.equals(md5(zeroed), Arrays.copyOfRange(request, 4, 20));
        boolean signed = false;
        StringBuilder words = new StringBuilder(request[0] == 40 ? "Disconnect-Request" : "CoA-Request");
        for (int at = 20; at < request.length; at += Byte.toUnsignedInt(request[at + 1])) {
            int type = Byte.toUnsignedInt(request[at]);
            byte[] value = Arrays.copyOfRange(request, at + 2, at + Byte.toUnsignedInt(request[at + 1]));
            if (type == 80) {
                Arrays.fill(zeroed, at + 2, at + 18, (byte) 0);
                signed = Arrays.equals(hmac(zeroed), value);
            } else {
                words.append("; ")
                        .append(
                                TEXTS.containsKey(type)
                                        ? TEXTS.get(type) + "=" + new String(value, StandardCharsets.UTF_8)
                                        : type + "=" + HexFormat.of().formatHex(value));
            }
        }
        return words + (known ? "" : "; WRONG SECRET") + (signed ? "" : "; NOT SIGNED");
    }

    private static byte[] answer(byte[] request, String words) throws GeneralSecurityException {
        boolean signed = !words.startsWith("unsigned");
        boolean ack = words.endsWith("ack");
        byte[] cause = words.matches(".* [0-9]+")
                ? ByteBuffer.allocate(6)
                        .put((byte) 101)
                        .put((byte) 6)
                        .putInt(Integer.parseInt(words.replaceAll(".* ", "")))
                        .array()
                : new byte[0];
        int length = 20 + (signed ? 18 : 0) + cause.length;
        ByteBuffer octets = ByteBuffer.allocate(length)
                .put((byte) (request[0] + (ack ? 1 : 2)))
                .put(request[1])
                .putShort((short) length)
                .put(request, 4, 16);
        if (signed) {
            octets.put((byte) 80).put((byte) 18).put(new byte[16]);
        }
        octets.put(cause);
        if (signed) {
            System.arraycopy(hmac(octets.array()), 0, octets.array(), 22, 16);
        }
        System.arraycopy(md5(octets.array()), 0, octets.array(), 4, 16);
        if (words.startsWith("forged")) {
            octets.array()[4] ^= 1;
        }
        return octets.array();
    }

    private static byte[] md5(byte[] octets) throws GeneralSecurityException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        md5.update(octets);
        return md5.digest(SECRET.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hmac(byte[] octets) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacMD5");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacMD5"));
        return mac.doFinal(octets);
    }

    @Override
    public void close() {
        socket.close();
    }
}
