package io.signalbox;

import io.signalbox.CommandLine.Misuse;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code tls self-signed} makes a key and a certificate of our own, for a start with https before there is a real one. The
 * Java runtime's own tool does it: there is no other way in it to sign a certificate.
 */
final class TlsCommand {

    static final String USAGE = """
            usage: java -jar signalbox.jar tls self-signed [--host <name or address> ...] [--folder ./tls] [--days 365]""";

    private static final String ALIAS = "signalbox";

    private static final Set<String> OPTIONS = Set.of("host", "folder", "days");

    private TlsCommand() {}

    /** Gives the exit code: 0 made, 1 it could not be, 2 misuse. */
    static int run(List<String> arguments, PrintStream out) {
        try {
            CommandLine line = CommandLine.read(arguments, Set.of(), OPTIONS);
            if (!line.words().equals(List.of("self-signed"))) {
                throw new Misuse("self-signed is all that can be made");
            }
            String days = line.one("days").orElse("365");
            if (!days.matches("[1-9]\\d{0,3}")) {
                throw new Misuse("--days must be a number from 1 to 9999");
            }
            List<String> hosts = line.has("host") ? line.all("host") : List.of("localhost", "127.0.0.1");
            for (String host : hosts) {
                if (!host.matches("[A-Za-z0-9.:*-]+")) {
                    throw new Misuse("--host must be a name or an address");
                }
            }
            return make(Path.of(line.one("folder").orElse("./tls")), hosts, days, out);
        } catch (Misuse e) {
            out.println(e.getMessage());
            return CommandLine.MISUSE;
        } catch (IOException | GeneralSecurityException e) {
            out.println("The certificate cannot be made: " + e.getMessage());
            return CommandLine.BAD;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CommandLine.BAD;
        }
    }

    private static int make(Path folder, List<String> hosts, String days, PrintStream out)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path key = folder.resolve("key.pem");
        Path certificate = folder.resolve("certificate.pem");
        if (Files.exists(key) || Files.exists(certificate)) {
            throw new Misuse(folder + " holds a key already, and it is not written over");
        }
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] folders = posix ? only("rwx------") : new FileAttribute<?>[0];
        FileAttribute<?>[] files = posix ? only("rw-------") : new FileAttribute<?>[0];
        Files.createDirectories(folder, folders);
        // The tool writes a store with a password alone; both are gone once the key is out.
        Path work = Files.createTempDirectory(folder, "made", folders);
        Path store = work.resolve("store.p12");
        Path password = work.resolve("password");
        try {
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            Files.writeString(Files.createFile(password, files), secret);
            String names = hosts.stream()
                    .map(host -> (host.matches("[0-9.]+|.*:.*") ? "ip:" : "dns:") + host)
                    .collect(Collectors.joining(","));
            String error = keytool(
                    "-genkeypair",
                    "-alias",
                    ALIAS,
                    "-keyalg",
                    "RSA",
                    "-keysize",
                    "2048",
                    "-sigalg",
                    "SHA256withRSA",
                    "-validity",
                    days,
                    "-dname",
                    "CN=" + hosts.get(0),
                    "-ext",
                    "SAN=" + names,
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    "-storepass:file",
                    password.toString());
            if (error != null) {
                out.println(error);
                return CommandLine.BAD;
            }
            KeyStore opened = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                opened.load(in, secret.toCharArray());
            }
            Files.writeString(
                    Files.createFile(key, files),
                    pem(
                            "PRIVATE KEY",
                            opened.getKey(ALIAS, secret.toCharArray()).getEncoded()));
            Files.writeString(
                    certificate, pem("CERTIFICATE", opened.getCertificate(ALIAS).getEncoded()));
        } finally {
            Files.deleteIfExists(store);
            Files.deleteIfExists(password);
            Files.deleteIfExists(work);
        }
        out.print("""
                Made %1$s and %2$s for %3$s.
                Put this into application.yaml, and give certificate.pem to those who call:

                spring:
                  ssl:
                    bundle:
                      pem:
                        signalbox:
                          keystore:
                            certificate: "file:%2$s"
                            private-key: "file:%1$s"
                          options:
                            enabled-protocols: [TLSv1.2, TLSv1.3]
                server:
                  ssl:
                    bundle: signalbox
                """.formatted(key, certificate, String.join(", ", hosts)));
        return CommandLine.GOOD;
    }

    private static FileAttribute<?>[] only(String mode) {
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))};
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + what
                + "-----\n";
    }

    /** What it said if it failed; null if it did not. */
    private static @Nullable String keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean ended = process.waitFor(1, TimeUnit.MINUTES);
        return ended && process.exitValue() == 0 ? null : "keytool failed: " + said.strip();
    }
}
