package io.signalbox.ingest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * The value of an {@code Authorization} header, by reference: a file or an environment variable. Read at each use, so
 * that a rotated one needs no restart.
 *
 * @param key the configuration key that names it, for messages
 * @param file where it lies; absent if it is in a variable
 * @param variable where it lies; absent if it is in a file
 * @param environment where variables are looked up
 */
record Secret(String key, @Nullable String file, @Nullable String variable, Environment environment) {

    /** Begins with a scheme (RFC 9110, section 11.4), in visible characters: anything else could end the header. */
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-][\\x20-\\x7e]*");

    /**
     * Checks a reference, what it leads to included.
     *
     * @param key the key without {@code -file} or {@code -env}
     * @return absent if nothing is referred to
     * @throws IllegalArgumentException naming the key, if there are two references, or one that leads to no value
     */
    static @Nullable Secret of(String key, @Nullable String file, @Nullable String variable, Environment environment) {
        if (file == null && variable == null) {
            return null;
        }
        if (file != null && variable != null) {
            throw new IllegalArgumentException(key + "-file: is given beside " + key + "-env; give one of them");
        }
        Secret secret = new Secret(key + (file == null ? "-env" : "-file"), file, variable, environment);
        String ignored = secret.value();
        return secret;
    }

    /**
     * What it refers to, without white space around it.
     *
     * @throws IllegalArgumentException naming the key, and never the value
     */
    String value() {
        String value;
        try {
            value = file == null
                    ? environment.getProperty(String.valueOf(variable))
                    : Files.readString(Path.of(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException(key + ": " + file + " cannot be read", e);
        }
        value = value == null ? "" : value.strip();
        if (value.isEmpty()) {
            throw new IllegalArgumentException(
                    key + ": " + (file == null ? variable : file) + " is not there or holds nothing");
        }
        if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    key + ": what it names is not the value of an Authorization header: one line of visible ASCII that"
                            + " begins with a scheme; nor is another kind of secret");
        }
        return value;
    }
}
