package io.signalbox.guard;

import io.signalbox.Home;
import io.signalbox.store.Approval;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Links by which whoever is told of a held action agrees to it, without a token. A link names the action and when it was
 * held, and is signed; it is good for as long as that very approval is open, and so for one answer.
 */
final class ApprovalLinks {

    private static final int SHORTEST_SECRET = 32;
    private static final Pattern TOKEN = Pattern.compile("(act-[0-9a-f]{32})\\.([0-9]{1,15})\\.([A-Za-z0-9_-]{43})");

    private final @Nullable URI base;
    private final byte[] key;

    ApprovalLinks(GuardProperties properties, Home home) {
        this.base = properties.linkBase();
        this.key = base == null ? new byte[0] : key(properties.linkKeyFile(), home);
    }

    String link(String actionId, Instant askedAt) {
        String named = actionId + "." + askedAt.toEpochMilli();
        return String.valueOf(base).replaceAll("/+$", "") + "/approval/" + named + "." + signature(named);
    }

    /** The action that a link names; empty if we did not make it. */
    Optional<Named> named(String token) {
        Matcher read = TOKEN.matcher(token);
        if (key.length == 0 || !read.matches()) {
            return Optional.empty();
        }
        String named = read.group(1) + "." + read.group(2);
        boolean ours = MessageDigest.isEqual(
                signature(named).getBytes(StandardCharsets.US_ASCII),
                read.group(3).getBytes(StandardCharsets.US_ASCII));
        return ours
                ? Optional.of(new Named(read.group(1), Instant.ofEpochMilli(Long.parseLong(read.group(2)))))
                : Optional.empty();
    }

    record Named(String actionId, Instant askedAt) {
        /** Not one that was held anew since. */
        boolean isOf(Approval approval) {
            return approval.askedAt().equals(askedAt);
        }
    }

    private String signature(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(("approval " + text).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA-256 is part of every Java runtime", e);
        }
    }

    private static byte[] key(@Nullable Path file, Home home) {
        String name = "signalbox.guard.link-key-file";
        Path place = file == null ? made(home.resolve("approval-key")) : file;
        try {
            byte[] read = Files.readString(place).strip().getBytes(StandardCharsets.UTF_8);
            if (read.length < SHORTEST_SECRET) {
                throw new IllegalArgumentException(
                        name + ": " + place + " must hold at least " + SHORTEST_SECRET + " characters");
            }
            return read;
        } catch (IOException e) {
            throw new IllegalArgumentException(name + ": " + place + " cannot be read", e);
        }
    }

    private static Path made(Path file) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        FileAttribute<?>[] mode =
                file.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        try {
            return Files.writeString(
                    Files.createFile(file, mode),
                    Base64.getUrlEncoder().withoutPadding().encodeToString(random));
        } catch (FileAlreadyExistsException e) {
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("signalbox.data-directory: no key can be kept in " + file, e);
        }
    }
}
