package io.signalbox.transmit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * A secret by reference. Read at each use, so that a rotated one needs no restart.
 *
 * @param key the configuration key that names it, for messages
 * @param file where it lies; absent if it is in a variable
 * @param variable where it lies; absent if it is in a file
 * @param environment where variables are looked up
 */
record Reference(String key, @Nullable Path file, @Nullable String variable, Environment environment) {

    /**
     * Checks a reference, what it leads to included.
     *
     * @param key the key without {@code -file} or {@code -env}
     * @return absent if nothing is referred to
     * @throws IllegalArgumentException naming the key, if there are two references, or one that leads to nothing usable
     */
    static @Nullable Reference of(String key, @Nullable Path file, @Nullable String variable, Environment environment) {
        if (file == null && variable == null) {
            return null;
        }
        if (file != null && variable != null) {
            throw new IllegalArgumentException(key + "-file: is given beside " + key + "-env; give one of them");
        }
        Reference reference = new Reference(key + (file == null ? "-env" : "-file"), file, variable, environment);
        String ignored = reference.value();
        return reference;
    }

    /**
     * What it refers to, without white space around it.
     *
     * @throws IllegalArgumentException naming the key, and never the value
     */
    String value() {
        String value;
        try {
            value = file == null ? environment.getProperty(String.valueOf(variable)) : Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(key + ": " + file + " cannot be read", e);
        }
        value = value == null ? "" : value.strip();
        if (!value.matches("[\\x20-\\x7e]{12,512}")) {
            throw new IllegalArgumentException(
                    key + ": what it names must be 12 to 512 visible ASCII characters, and nothing else");
        }
        return value;
    }
}
