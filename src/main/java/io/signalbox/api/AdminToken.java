package io.signalbox.api;

import io.signalbox.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.springframework.core.env.Environment;

/**
 * Somebody's static token. Only its digest is kept in memory, and nothing tells its value.
 */
final class AdminToken {

    /** Whose token is the one that the first start makes. */
    static final String OPERATOR = "operator";

    static final String VARIABLE = "SIGNALBOX_ADMIN_TOKEN";

    private static final String FILE_KEY = "signalbox.admin.token-file";

    private final String name;
    private final Role role;
    private final byte[] digest;
    private final String source;

    private AdminToken(String token, String source, String key) {
        this(OPERATOR, Role.ADMIN, token, source, key);
    }

    private AdminToken(String name, Role role, String token, String source, String key) {
        // Anything else cannot be sent in a header, and most likely is not the token that was meant.
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw new IllegalArgumentException(
                    key + " must hold one token of visible ASCII characters, and nothing else");
        }
        this.name = name;
        this.role = role;
        this.digest = digest(token);
        this.source = source;
    }

    static AdminToken find(AdminProperties properties, Environment environment, Home home) {
        if (properties.tokenFile() != null) {
            Path file = properties.tokenFile();
            return new AdminToken(read(file), "in the file " + file.toAbsolutePath(), FILE_KEY);
        }
        String given = environment.getProperty(VARIABLE);
        if (given != null) {
            return new AdminToken(given.strip(), "in the environment variable " + VARIABLE, VARIABLE);
        }
        Path kept = home.resolve("admin-token");
        boolean made = makeIfAbsent(kept);
        return new AdminToken(
                read(kept), "in the file " + kept + (made ? ", made at this start" : ""), kept.toString());
    }

    /**
     * Everybody's tokens, the operator's first.
     *
     * @throws IllegalArgumentException if one cannot be read, or two are the same
     */
    static List<AdminToken> all(AdminToken operator, AdminProperties properties, Environment environment) {
        List<AdminToken> tokens = new ArrayList<>(List.of(operator));
        for (int place = 0; place < properties.tokens().size(); place++) {
            AdminProperties.Person person = properties.tokens().get(place);
            String key = "signalbox.admin.tokens[" + place + "].";
            Path file = person.tokenFile();
            String given = file == null ? environment.getProperty(String.valueOf(person.tokenEnv())) : read(file, key);
            AdminToken token = new AdminToken(
                    String.valueOf(person.name()),
                    Objects.requireNonNull(person.role()),
                    given == null ? "" : given.strip(),
                    file == null ? "in " + person.tokenEnv() : "in the file " + file.toAbsolutePath(),
                    key + (file == null ? "token-env" : "token-file"));
            if (tokens.stream().anyMatch(other -> MessageDigest.isEqual(other.digest, token.digest))) {
                throw new IllegalArgumentException(key + "token-file: this token is somebody else's already");
            }
            tokens.add(token);
        }
        return List.copyOf(tokens);
    }

    String name() {
        return name;
    }

    Role role() {
        return role;
    }

    /** Compared as digests, which take the same time whatever differs, and are equally long whatever was sent. */
    boolean matches(String presented) {
        return MessageDigest.isEqual(digest, digest(presented));
    }

    /** Where the token lies, for an operator. */
    String source() {
        return source;
    }

    private static String read(Path file) {
        return read(file, "signalbox.admin.");
    }

    private static String read(Path file, String key) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(key + "token-file: " + file + " cannot be read", e);
        }
    }

    /** Written beside and moved: a start that is killed half-way leaves no half a token. */
    private static boolean makeIfAbsent(Path file) {
        if (Files.exists(file)) {
            return false;
        }
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        try {
            Path beside =
                    Files.createTempFile(file.toAbsolutePath().getParent(), "admin-token", ".new", ownersOnly(file));
            Files.writeString(beside, Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n");
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "signalbox.data-directory: no administration token can be kept in " + file, e);
        }
    }

    private static FileAttribute<?>[] ownersOnly(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }
}
