package io.signalbox.store.jdbc;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;
import org.springframework.validation.annotation.Validated;

/**
 * Where the ledger is kept.
 *
 * @param url JDBC URL of the ledger's database, {@code jdbc:postgresql://…} or {@code jdbc:sqlite:…}; without user or
 *     password. Default: the SQLite file {@code ledger.db} in the data directory
 * @param username database user; PostgreSQL only
 * @param passwordFile file that holds the database user's password, a trailing line end is ignored
 * @param passwordEnv name of the environment variable that holds the database user's password; used if there is no
 *     password file
 * @param readers connections for reading; one more writes. Default: 4
 * @param writeQueue writes that may wait for the writer, a count; what comes on top waits for a place. Default: 1024
 * @param writeWait how long a write waits for a place in the queue, and a read for a connection, before it fails.
 *     Default: 5s
 */
@Validated
@ConfigurationProperties("signalbox.store")
record StoreProperties(
        @Nullable String url,
        @Nullable String username,
        @Nullable Path passwordFile,
        @Nullable String passwordEnv,
        @DefaultValue("4") @Min(1) @Max(64) int readers,
        @DefaultValue("1024") @Min(1) @Max(100_000) int writeQueue,
        @DefaultValue("5s") Duration writeWait) {

    static final String SQLITE = "jdbc:sqlite:";
    static final String POSTGRES = "jdbc:postgresql:";

    StoreProperties {
        if (url != null && !url.startsWith(SQLITE) && !url.startsWith(POSTGRES)) {
            throw new IllegalArgumentException("signalbox.store.url must begin with " + POSTGRES + " or " + SQLITE);
        }
        if (url != null && url.toLowerCase(Locale.ROOT).contains("password=")) {
            throw new IllegalArgumentException("signalbox.store.url must hold no password: name a file in"
                    + " signalbox.store.password-file or a variable in signalbox.store.password-env");
        }
        // The driver's own limit: a connection pool refuses to wait shorter.
        if (writeWait.compareTo(Duration.ofMillis(250)) < 0) {
            throw new IllegalArgumentException("signalbox.store.write-wait must be at least 250ms");
        }
    }

    @Nullable
    String password(Environment environment) {
        if (passwordFile != null) {
            try {
                return Files.readString(passwordFile).stripTrailing();
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "signalbox.store.password-file: " + passwordFile + " cannot be read", e);
            }
        }
        if (passwordEnv != null) {
            String password = environment.getProperty(passwordEnv);
            if (password == null) {
                throw new IllegalArgumentException(
                        "signalbox.store.password-env: the environment variable " + passwordEnv + " is not set");
            }
            return password;
        }
        return null;
    }
}
