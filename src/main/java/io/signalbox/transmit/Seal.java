package io.signalbox.transmit;

import io.signalbox.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Keeps receivers' secrets in the ledger so that whoever reads it cannot use them (T-21), and makes pseudonyms. */
public final class Seal {

    private static final String KEY = "signalbox.transmitter.seal-key-file";
    private static final int OCTETS = 32;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec encryption;
    private final SecretKeySpec naming;
    private final SecureRandom random = new SecureRandom();

    private Seal(byte[] key) {
        this.encryption = new SecretKeySpec(hmac(new SecretKeySpec(key, "HmacSHA256"), "seal"), "AES");
        this.naming = new SecretKeySpec(hmac(new SecretKeySpec(key, "HmacSHA256"), "names"), "HmacSHA256");
    }

    /** @throws IllegalArgumentException naming the key, if there is a file and it holds no key */
    static Seal open(@Nullable Path file, Home home) {
        if (file != null) {
            return new Seal(read(file));
        }
        Path kept = home.resolve("transmitter-seal.key");
        makeIfAbsent(kept);
        return new Seal(read(kept));
    }

    private static byte[] read(Path file) {
        try {
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            if (key.length != OCTETS) {
                throw new IllegalArgumentException(KEY + ": " + file + " must hold " + OCTETS + " octets in base64");
            }
            return key;
        } catch (IOException e) {
            throw new IllegalArgumentException(KEY + ": " + file + " cannot be read", e);
        }
    }

    /** Written beside and moved, readable by its owner alone from its first moment on. */
    private static void makeIfAbsent(Path file) {
        if (Files.exists(file)) {
            return;
        }
        byte[] key = new byte[OCTETS];
        new SecureRandom().nextBytes(key);
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownersOnly = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        try {
            Path beside = Files.createTempFile(file.toAbsolutePath().getParent(), "seal", ".new", ownersOnly);
            Files.writeString(beside, Base64.getEncoder().encodeToString(key) + "\n");
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "signalbox.data-directory: no key for the transmitter can be kept in " + file, e);
        }
    }

    /**
     * Encrypts.
     *
     * @param stream bound to it: sealed for another stream it does not open
     */
    String sealed(String text, String stream) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, nonce, text.getBytes(StandardCharsets.UTF_8), stream);
        byte[] all = Arrays.copyOf(nonce, NONCE + sealed.length);
        System.arraycopy(sealed, 0, all, NONCE, sealed.length);
        return Base64.getEncoder().encodeToString(all);
    }

    /**
     * Decrypts.
     *
     * @throws IllegalStateException if it was sealed with another key
     */
    public String opened(String sealed, String stream) {
        byte[] all = Base64.getDecoder().decode(sealed);
        byte[] text = crypt(
                Cipher.DECRYPT_MODE, Arrays.copyOf(all, NONCE), Arrays.copyOfRange(all, NONCE, all.length), stream);
        return new String(text, StandardCharsets.UTF_8);
    }

    private byte[] crypt(int mode, byte[] nonce, byte[] input, String stream) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, encryption, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(stream.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(input);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "What the ledger keeps of the stream " + stream + " was encrypted with another key than that of "
                            + KEY,
                    e);
        }
    }

    /** The same for the same receiver and subject, and nothing that another receiver could make anything of. */
    String pseudonym(String client, String subject) {
        return HexFormat.of().formatHex(hmac(naming, client.length() + ":" + client + subject), 0, 16);
    }

    private static byte[] hmac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC with SHA-256 is part of every Java runtime", e);
        }
    }
}
