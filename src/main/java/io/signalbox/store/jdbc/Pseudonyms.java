package io.signalbox.store.jdbc;

import io.signalbox.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Stand-ins for subjects that were erased: the same subject has the same one, and nobody can go from it to the subject
 * without the key. The key lies in the data directory, not in the database; who deletes it has made all stand-ins nobody's.
 */
final class Pseudonyms {

    private static final int KEY_BYTES = 32;
    private final Path file;

    Pseudonyms(Home home) {
        this.file = home.resolve("pseudonym-key");
    }

    /** Of a subject. The key is made when it is first needed. */
    String of(String subjectKey) {
        return "era-" + hashed(subjectKey);
    }

    /** Of a text that names somebody. Hashed as something else than a subject, so that the two cannot be compared. */
    String ofValue(String value) {
        return "anon-" + hashed("value " + value);
    }

    private String hashed(String text) {
        try {
            Mac hmac = Mac.getInstance("HmacSHA256");
            hmac.init(new SecretKeySpec(HexFormat.of().parseHex(key()), "HmacSHA256"));
            byte[] mac = hmac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac, 0, 16);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException("signalbox.data-directory: " + file + " holds no key", e);
        }
    }

    private String key() {
        try {
            if (!Files.exists(file)) {
                make();
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("signalbox.data-directory: " + file + " cannot be read or made", e);
        }
    }

    /** Written beside and moved: a process that is killed half-way leaves no half a key. */
    private void make() throws IOException {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        Path folder = file.toAbsolutePath().getParent();
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        Path beside = posix
                ? Files.createTempFile(
                        folder,
                        "pseudonym-key",
                        ".new",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : Files.createTempFile(folder, "pseudonym-key", ".new");
        Files.writeString(beside, HexFormat.of().formatHex(random) + "\n");
        try {
            Files.move(beside, file);
        } catch (FileAlreadyExistsException e) {
            // Somebody else was first, and that key counts.
            Files.delete(beside);
        }
    }
}
