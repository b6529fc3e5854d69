package io.signalbox.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.signalbox.Home;
import io.signalbox.store.LedgerUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The connections to the store, its tables made or brought up to date: several that read, one that writes.
 */
final class LedgerDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerDatabase.class);

    private final String name;
    private final HikariDataSource readPool;
    private final HikariDataSource writePool;
    private final @Nullable SQLExceptionTranslator exceptions;

    private LedgerDatabase(
            String name,
            HikariDataSource readPool,
            HikariDataSource writePool,
            @Nullable SQLExceptionTranslator exceptions) {
        this.name = name;
        this.readPool = readPool;
        this.writePool = writePool;
        this.exceptions = exceptions;
    }

    static LedgerDatabase open(StoreProperties properties, Home home, Environment environment) {
        String url = properties.url() == null ? StoreProperties.SQLITE + embedded(home) : properties.url();
        return url.startsWith(StoreProperties.SQLITE)
                ? openSqlite(url, properties)
                : openPostgres(url, properties, properties.password(environment));
    }

    /**
     * Only to look: nothing is made, brought up to date or written, and it may run beside a gateway that writes.
     *
     * @throws LedgerUnavailableException if there is no ledger
     */
    static LedgerDatabase openToRead(StoreProperties properties, Home home, Environment environment) {
        String url = properties.url();
        HikariConfig reading = pool("ledger-read", 1, properties);
        reading.setReadOnly(true);
        if (url != null && !url.startsWith(StoreProperties.SQLITE)) {
            HikariDataSource pool = new HikariDataSource(
                    withoutHaste(patient(postgres(reading, url, properties, properties.password(environment)))));
            return new LedgerDatabase(nameOf(url), pool, pool, null);
        }
        Path file =
                url == null ? home.dataDirectory().toAbsolutePath().normalize().resolve("ledger.db") : null;
        if (file != null && Files.notExists(file)) {
            String cause = "There is no ledger in " + file;
            throw new LedgerUnavailableException(cause, new IllegalStateException(cause));
        }
        String place = file == null ? String.valueOf(url) : StoreProperties.SQLITE + file;
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(5_000);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(place);
        reading.setDataSource(source);
        HikariDataSource pool = new HikariDataSource(withoutHaste(reading));
        return new LedgerDatabase(place, pool, pool, new SqliteExceptions());
    }

    /** To count ten million rows takes a database longer than a gateway may wait for it. */
    private static HikariConfig patient(HikariConfig config) {
        config.addDataSourceProperty("socketTimeout", "1800");
        return config;
    }

    /** A database that is not there is told by the first question, in our own words, not by the pool at its start. */
    private static HikariConfig withoutHaste(HikariConfig config) {
        config.setInitializationFailTimeout(-1);
        return config;
    }

    /** The ledger names people: the file is its owner's even in a folder that is not. SQLite's other files follow it. */
    private static Path embedded(Home home) {
        Path file = home.resolve("ledger.db");
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try {
                Path made = Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                LOG.info("The ledger is new: {}", made);
            } catch (FileAlreadyExistsException e) {
                LOG.debug("The ledger is there: {}", file);
            } catch (IOException e) {
                throw new UncheckedIOException("signalbox.data-directory: the ledger cannot be made in " + file, e);
            }
        }
        return file;
    }

    private static LedgerDatabase openSqlite(String url, StoreProperties properties) {
        migrate(
                Flyway.configure()
                        .dataSource(sqlite(url, SQLiteConfig.TransactionMode.DEFERRED))
                        .load(),
                url);
        HikariConfig writing = pool("ledger-write", 1, properties);
        // A transaction that begins as a reader and then writes can fail with BUSY whatever it waits; ours all write.
        writing.setDataSource(new KeptStatements(sqlite(url, SQLiteConfig.TransactionMode.IMMEDIATE)));
        HikariConfig reading = pool("ledger-read", properties.readers(), properties);
        reading.setDataSource(new KeptStatements(sqlite(url, SQLiteConfig.TransactionMode.DEFERRED)));
        reading.setConnectionInitSql("PRAGMA query_only = 1");
        return new LedgerDatabase(
                url, new HikariDataSource(reading), new HikariDataSource(writing), new SqliteExceptions());
    }

    /** Durable as {@link io.signalbox.store.Ledger} promises: the write-ahead log is synced at every commit. */
    private static DataSource sqlite(String url, SQLiteConfig.TransactionMode mode) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(5_000);
        config.setTransactionMode(mode);
        // The rarer the checkpoints, the more changes a page carries when it is written back. In pages of 4 KiB.
        config.setWalAutocheckpoint(8_000);
        // Otherwise the driver asks for the row id after every insert.
        config.setGetGeneratedKeys(false);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(url);
        return source;
    }

    private static LedgerDatabase openPostgres(String url, StoreProperties properties, @Nullable String password) {
        migrate(
                Flyway.configure()
                        .dataSource(url, properties.username(), password)
                        .load(),
                nameOf(url));
        HikariConfig writing = postgres(pool("ledger-write", 1, properties), url, properties, password);
        HikariConfig reading =
                postgres(pool("ledger-read", properties.readers(), properties), url, properties, password);
        reading.setReadOnly(true);
        return new LedgerDatabase(nameOf(url), new HikariDataSource(reading), new HikariDataSource(writing), null);
    }

    private static HikariConfig postgres(
            HikariConfig config, String url, StoreProperties properties, @Nullable String password) {
        config.setJdbcUrl(url);
        config.setUsername(properties.username());
        config.setPassword(password);
        // In seconds. A server that vanished without closing must not hold the writer for ever.
        config.addDataSourceProperty("connectTimeout", "5");
        config.addDataSourceProperty("socketTimeout", "30");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("ApplicationName", "signalbox");
        return config;
    }

    private static HikariConfig pool(String name, int size, StoreProperties properties) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(properties.writeWait().toMillis());
        return config;
    }

    private static void migrate(Flyway flyway, String store) {
        try {
            flyway.migrate();
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "signalbox.store: the ledger in " + store + " cannot be opened or brought up to date: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Parameters are nobody's business in a message. */
    private static String nameOf(String url) {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    String name() {
        return name;
    }

    JdbcClient reads() {
        return JdbcClient.create(template(readPool));
    }

    /**
     * Shows the ledger as it is when the work first looks, however long that takes. Writers go on; meanwhile SQLite cannot
     * shorten its write-ahead log, nor PostgreSQL clear away rows that were deleted.
     */
    <T> T atOneMoment(Function<JdbcClient, T> work) {
        TransactionTemplate moment = new TransactionTemplate(transactions(readPool));
        // SQLite knows no other way; PostgreSQL would otherwise show each statement a moment of its own.
        moment.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        return Objects.requireNonNull(moment.execute(status -> work.apply(reads())));
    }

    /** Bound to the transaction of {@link #transactions()}. */
    JdbcClient writes() {
        return JdbcClient.create(writesInBatches());
    }

    /** The same, for many rows in one go. */
    JdbcOperations writesInBatches() {
        return template(writePool);
    }

    PlatformTransactionManager transactions() {
        return transactions(writePool);
    }

    private PlatformTransactionManager transactions(DataSource pool) {
        JdbcTransactionManager transactions = new JdbcTransactionManager(pool);
        // Otherwise a connection that could not commit is handed back with the transaction open, and may commit later.
        transactions.setRollbackOnCommitFailure(true);
        if (exceptions != null) {
            transactions.setExceptionTranslator(exceptions);
        }
        return transactions;
    }

    private JdbcTemplate template(DataSource pool) {
        JdbcTemplate template = new JdbcTemplate(pool);
        if (exceptions != null) {
            template.setExceptionTranslator(exceptions);
        }
        return template;
    }

    @Override
    public void close() {
        readPool.close();
        writePool.close();
    }
}
