package io.signalbox.store.jdbc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over a list of values. Each is written as its length in bytes (four, big-endian) and its UTF-8; an absent one
 * as the length -1; a number in decimal. So no two different lists have one form.
 */
final class ContentDigest {

    private final MessageDigest sha256;

    ContentDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    /** Of a whole list, hexadecimal. */
    static String of(List<@Nullable String> values) {
        ContentDigest digest = new ContentDigest();
        for (String value : values) {
            ContentDigest ignored = digest.add(value);
        }
        return digest.hex();
    }

    ContentDigest add(@Nullable String value) {
        byte[] bytes = value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
        sha256.update(
                ByteBuffer.allocate(4).putInt(value == null ? -1 : bytes.length).flip());
        sha256.update(bytes);
        return this;
    }

    ContentDigest add(long value) {
        return add(Long.toString(value));
    }

    String hex() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
