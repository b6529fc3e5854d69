package io.signalbox.event;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What an event says about how its subject stands from now on, as opposed to what merely happened to it.
 *
 * <p>Part of both is in the sender's own words, and the name is part of a key: what is longer than a store can index, or
 * has characters that one refuses, is known by its digest alone. The event itself is kept as it was sent.
 *
 * @param name what it is about, such as {@code risk/USER} or {@code compliance}
 * @param value how it stands, as spelt on the wire
 */
public record Aspect(String name, String value) {

    private static final int LONGEST = 200;

    public Aspect {
        name = keepable(name);
        value = keepable(value);
    }

    private static String keepable(String text) {
        return text.length() <= LONGEST && text.chars().noneMatch(c -> Character.isISOControl(c) || isSurrogate(c))
                ? text
                : digest(text);
    }

    private static boolean isSurrogate(int c) {
        return Character.isSurrogate((char) c);
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }
}
