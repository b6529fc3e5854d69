package io.signalbox.act.radius;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One RADIUS packet: written and signed as a request, or read and checked as the answer to one.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5176#section-2.3">RFC 5176, section 2.3</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5176#section-3.4">RFC 5176, section 3.4, Message-Authenticator</a>
 */
final class RadiusPacket {

    static final int MESSAGE_AUTHENTICATOR = 80;
    static final int ERROR_CAUSE = 101;

    private static final int HEADER = 20;
    private static final int LONGEST = 4096;
    private static final int AUTHENTICATOR_AT = 4;
    private static final int AUTHENTICATOR = 16;
    private static final int LONGEST_VALUE = 253;

    /** One attribute with its value as it travels. */
    @SuppressWarnings("ArrayRecordComponent")
    record Attribute(int type, byte[] value) {}

    private final byte[] octets;

    private RadiusPacket(byte[] octets) {
        this.octets = octets;
    }

    /** A request, with its Message-Authenticator first (as what follows the header is cut by nobody) and both digests. */
    static RadiusPacket request(int code, int identifier, List<Attribute> attributes, byte[] secret) {
        List<Attribute> all = new ArrayList<>();
        all.add(new Attribute(MESSAGE_AUTHENTICATOR, new byte[AUTHENTICATOR]));
        all.addAll(attributes);
        byte[] body = written(all);
        if (HEADER + body.length > LONGEST) {
            throw new IllegalArgumentException("The attributes are too long for one packet");
        }
        byte[] octets = ByteBuffer.allocate(HEADER + body.length)
                .put((byte) code)
                .put((byte) identifier)
                .putShort((short) (HEADER + body.length))
                .put(new byte[AUTHENTICATOR])
                .put(body)
                .array();
        // E-04: over the packet with both places zero, and before the request authenticator, which covers it.
        System.arraycopy(hmac(octets, secret), 0, octets, HEADER + 2, AUTHENTICATOR);
        System.arraycopy(md5(octets, secret), 0, octets, AUTHENTICATOR_AT, AUTHENTICATOR);
        return new RadiusPacket(octets);
    }

    /**
     * An answer, if it is one to this request by somebody who knows the secret.
     *
     * @return absent if it is to be dropped in silence (E-02, E-03); it may be without a Message-Authenticator
     */
    static @Nullable RadiusPacket answer(byte[] datagram, int received, RadiusPacket request, byte[] secret) {
        if (received < HEADER) {
            return null;
        }
        int length = Short.toUnsignedInt(ByteBuffer.wrap(datagram).getShort(2));
        if (length < HEADER || length > received || length > LONGEST) {
            return null;
        }
        RadiusPacket answer = new RadiusPacket(Arrays.copyOf(datagram, length));
        if (answer.octets[1] != request.octets[1] || !answer.isWellFormed()) {
            return null;
        }
        byte[] checked = answer.octets.clone();
        System.arraycopy(request.octets, AUTHENTICATOR_AT, checked, AUTHENTICATOR_AT, AUTHENTICATOR);
        byte[] authenticator = Arrays.copyOfRange(answer.octets, AUTHENTICATOR_AT, AUTHENTICATOR_AT + AUTHENTICATOR);
        if (!MessageDigest.isEqual(authenticator, md5(checked, secret))) {
            return null;
        }
        int place = answer.placeOf(MESSAGE_AUTHENTICATOR);
        if (place < 0) {
            return answer;
        }
        if (Byte.toUnsignedInt(answer.octets[place + 1]) != AUTHENTICATOR + 2) {
            return null;
        }
        byte[] mac = Arrays.copyOfRange(checked, place + 2, place + 2 + AUTHENTICATOR);
        Arrays.fill(checked, place + 2, place + 2 + AUTHENTICATOR, (byte) 0);
        return MessageDigest.isEqual(mac, hmac(checked, secret)) ? answer : null;
    }

    /** Whether it has a Message-Authenticator. */
    boolean isSigned() {
        return placeOf(MESSAGE_AUTHENTICATOR) >= 0;
    }

    byte[] octets() {
        return octets.clone();
    }

    int code() {
        return Byte.toUnsignedInt(octets[0]);
    }

    /** The value of an attribute that is a number; -1 if it is absent or none. */
    int number(int type) {
        int place = placeOf(type);
        return place < 0 || octets[place + 1] != 6
                ? -1
                : ByteBuffer.wrap(octets).getInt(place + 2);
    }

    private boolean isWellFormed() {
        int at = HEADER;
        while (at < octets.length) {
            int length = at + 1 < octets.length ? Byte.toUnsignedInt(octets[at + 1]) : 0;
            if (length < 2 || at + length > octets.length) {
                return false;
            }
            at += length;
        }
        return true;
    }

    private int placeOf(int type) {
        for (int at = HEADER; at < octets.length; at += Byte.toUnsignedInt(octets[at + 1])) {
            if (Byte.toUnsignedInt(octets[at]) == type) {
                return at;
            }
        }
        return -1;
    }

    private static byte[] written(List<Attribute> attributes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Attribute attribute : attributes) {
            if (attribute.value().length > LONGEST_VALUE) {
                throw new IllegalArgumentException("The value of attribute " + attribute.type() + " is too long");
            }
            out.write(attribute.type());
            out.write(attribute.value().length + 2);
            out.writeBytes(attribute.value());
        }
        return out.toByteArray();
    }

    private static byte[] md5(byte[] octets, byte[] secret) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            md5.update(octets);
            return md5.digest(secret);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("MD5 is part of every Java runtime", e);
        }
    }

    private static byte[] hmac(byte[] octets, byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec(secret, "HmacMD5"));
            return mac.doFinal(octets);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-MD5 is part of every Java runtime", e);
        }
    }

    static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] number(long value) {
        return ByteBuffer.allocate(4).putInt((int) value).array();
    }
}
