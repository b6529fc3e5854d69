package io.signalbox.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Makes the demo's key and secrets in the data directory before the configuration that refers to them is read. Runs
 * after the configuration files are known, or the data directory would not be.
 */
final class DemoSecrets implements EnvironmentPostProcessor, Ordered {

    static final String PROFILE = "demo";
    static final String ISSUER_KEY = "issuer.key";
    static final String ISSUER_PUBLIC = "issuer.pub";
    static final String SCIM_TOKEN = "scim-token";
    static final String WEBHOOK_SECRET = "webhook-secret";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!Set.of(environment.getActiveProfiles()).contains(PROFILE)) {
            return;
        }
        Path directory = Path.of(environment.getProperty("signalbox.data-directory", "./data"), PROFILE);
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            if (Files.notExists(directory.resolve(ISSUER_KEY))) {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(2048);
                KeyPair pair = generator.generateKeyPair();
                write(directory.resolve(ISSUER_PUBLIC), encode(pair.getPublic().getEncoded()));
                write(directory.resolve(ISSUER_KEY), encode(pair.getPrivate().getEncoded()));
            }
            for (String secret : new String[] {SCIM_TOKEN, WEBHOOK_SECRET}) {
                if (Files.notExists(directory.resolve(secret))) {
                    byte[] random = new byte[32];
                    new SecureRandom().nextBytes(random);
                    write(directory.resolve(secret), encode(random));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The demo's keys cannot be kept in " + directory, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("RSA is part of every Java runtime", e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static void write(Path file, String content) throws IOException {
        // What a start that was broken off left behind is half of a pair.
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content);
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
