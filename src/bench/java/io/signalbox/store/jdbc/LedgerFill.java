package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.action.Severity;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.event.UnknownEvent;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.jdbc.RecordedContent.ActionContent;
import io.signalbox.store.jdbc.RecordedContent.AttemptContent;
import io.signalbox.store.jdbc.RecordedContent.DecisionContent;
import io.signalbox.store.jdbc.RecordedContent.SignalContent;
import io.signalbox.wire.Wire;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fills a SQLite ledger as if a gateway had been running for months: by SQL alone, in large transactions and unsynced, but
 * with every row, every index and the whole chain of hashes, as the gateway would have written them.
 *
 * <p>One signal a second, from twenty issuers in turn; of ten thousand that follow one another a hundred each are about the
 * same person; every fourth has an action that was done at its first attempt.
 */
public final class LedgerFill {

    public static final int ISSUERS = 20;
    private static final int BLOCK = 10_000;
    private static final int PEOPLE_IN_BLOCK = 100;
    private static final int WITH_ACTION = 4;
    private static final long BEGIN = Instant.parse("2024-01-01T00:00:00Z").toEpochMilli();
    private static final int COMMIT = 50_000;
    private static final int BATCH = 500;

    private static final String TYPE = "https://vendor.example/event/colour-change";
    private static final String RULE = "High risk: end the sessions";
    private static final String RULES = Wire.write(List.of(RULE));

    private static final String JTI = "the-jti-goes-here";
    private static final String ISSUER = "https://the-issuer-goes-here.example";
    private static final String EMAIL = "the-subject-goes-here@acme.example";
    private static final Instant RECEIVED = Instant.parse("2001-02-03T04:05:06.007Z");
    private static final Instant ISSUED = Instant.parse("2001-02-03T04:05:04.008Z");
    private static final String BODY = SignalBody.write(signal());

    private final String url;
    /** E-mail address to the subject's key, of the people at hand. */
    private final Map<String, String> keys = new HashMap<>();

    private long filled;
    private long seq;
    private String hash = Chain.BEGINNING;

    public LedgerFill(Path file) {
        this.url = "jdbc:sqlite:" + file;
    }

    public static String issuer(long number) {
        return "https://idp" + number % ISSUERS + ".example.com/realms/acme";
    }

    public static String jti(long number) {
        return "filled-" + number;
    }

    public static String email(long number) {
        return "person" + (number / BLOCK * PEOPLE_IN_BLOCK + number % PEOPLE_IN_BLOCK) + "@acme.example";
    }

    public static Instant received(long number) {
        return Instant.ofEpochMilli(BEGIN + number * 1000);
    }

    public static String subjectKey(long number) {
        return subject(email(number)).key();
    }

    /** Where the list of all signals, newest first, goes on behind this one. */
    public static String cursor(long number) {
        return new Cursor(received(number).toEpochMilli(), id("sig-", number)).write();
    }

    private static SubjectIdentifier subject(String email) {
        return new SubjectIdentifier("email", Map.of("email", email));
    }

    /** Begins with the time, so that rows which are written together share pages of their indexes. */
    private static String id(String kind, long number) {
        HexFormat hex = HexFormat.of();
        return kind + hex.toHexDigits(received(number).toEpochMilli()) + hex.toHexDigits(number);
    }

    private static Signal signal() {
        Map<String, Object> payload = Map.of("colour", "red", "nested", Map.of("depth", 2));
        VerifiedSet set = new VerifiedSet(
                ISSUER,
                JTI,
                ISSUED,
                List.of("https://signals.example.com"),
                "txn-" + JTI,
                null,
                subject(EMAIL),
                Map.of(TYPE, payload),
                "eyJ.compact." + JTI,
                RECEIVED);
        return new Signal(
                set,
                List.of(new SecurityEvent(
                        set.id(),
                        ISSUER,
                        set.txn(),
                        set.subject(),
                        new UnknownEvent(TYPE, payload),
                        ISSUED,
                        RECEIVED)));
    }

    /** How many signals this has filled in. */
    public long filled() {
        return filled;
    }

    /** Goes on until there are so many. The tables must be there, and nobody may use them meanwhile. */
    public void to(long size) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            execute(
                    connection,
                    "PRAGMA locking_mode = EXCLUSIVE",
                    "PRAGMA journal_mode = MEMORY",
                    "PRAGMA synchronous = OFF",
                    "PRAGMA foreign_keys = OFF",
                    // In KiB.
                    "PRAGMA cache_size = -1500000");
            connection.setAutoCommit(false);
            head(connection);
            try (Rows rows = new Rows(connection)) {
                while (filled < size) {
                    if (filled % BLOCK == 0) {
                        keys.clear();
                    }
                    add(rows, filled++);
                    if (filled % BATCH == 0 || filled == size) {
                        rows.flush();
                    }
                    if (filled % COMMIT == 0 || filled == size) {
                        head(connection, seq, hash);
                        connection.commit();
                    }
                }
            }
        }
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                boolean ignored = statement.execute(sql);
            }
        }
    }

    private void head(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet head = statement.executeQuery("SELECT seq, hash FROM chain_head WHERE id = 1")) {
            if (head.next()) {
                seq = head.getLong(1);
                hash = head.getString(2);
            }
        }
    }

    private static void head(Connection connection, long seq, String hash) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE chain_head SET seq = ?, hash = ? WHERE id = 1")) {
            statement.setLong(1, seq);
            statement.setString(2, hash);
            int ignored = statement.executeUpdate();
        }
    }

    private void add(Rows rows, long number) throws SQLException {
        String id = id("sig-", number);
        long received = received(number).toEpochMilli();
        long decided = received + 40;
        String jti = jti(number);
        String email = email(number);
        String body = BODY.replace(JTI, jti)
                .replace(ISSUER, issuer(number))
                .replace(EMAIL, email)
                .replace(RECEIVED.toString(), received(number).toString())
                .replace(ISSUED.toString(), received(number).minusSeconds(2).toString());
        SignalContent signal = new SignalContent(
                id,
                issuer(number),
                jti,
                "txn-" + jti,
                keys.computeIfAbsent(email, e -> subject(e).key()),
                "colour-change",
                received - 2000,
                received,
                body);
        ActionContent action = number % WITH_ACTION == 0 ? action(id, number, email) : null;
        DecisionContent decision = new DecisionContent(
                signal, "policy-1", decided, "HIGH", RULES, action == null ? List.of() : List.of(action));
        rows.add(decision, action == null ? null : decided + 20);
        chain(rows, RecordedContent.DECISION, id, decision.digest());
        if (action != null) {
            AttemptContent attempt = new AttemptContent(action.id(), 1, decided + 20, "done", "HTTP 204");
            rows.add(attempt);
            chain(rows, RecordedContent.ATTEMPT, attempt.id(), attempt.digest());
        }
    }

    private static ActionContent action(String signalId, long number, String email) {
        String id = id("act-", number);
        Action action = new Action(
                id,
                signalId,
                0,
                "session.revoke",
                "desk",
                subject(email),
                "colour-change",
                TYPE,
                Severity.HIGH,
                Map.of("title", "Look at it"),
                new Because(RULE, "policy-1", null),
                null,
                false);
        return new ActionContent(id, 0, "session.revoke", "desk", Wire.write(action));
    }

    private void chain(Rows rows, String kind, String rowId, String digest) throws SQLException {
        String previous = hash;
        seq++;
        hash = Chain.hash(seq, kind, rowId, digest, previous);
        rows.add(new ChainEntry(seq, kind, rowId, digest, previous, hash));
    }

    /** A statement for each table. */
    private static final class Rows implements AutoCloseable {
        private final PreparedStatement signal;
        private final PreparedStatement decision;
        private final PreparedStatement action;
        private final PreparedStatement attempt;
        private final PreparedStatement entry;

        Rows(Connection connection) throws SQLException {
            signal = connection.prepareStatement("""
                    INSERT INTO signal (id, iss, jti, txn, subject_key, events, occurred_at, received_at, body)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""");
            decision = connection.prepareStatement("""
                    INSERT INTO decision (signal_id, policy_version, decided_at, severity, rules)
                    VALUES (?, ?, ?, ?, ?)""");
            action = connection.prepareStatement("""
                    INSERT INTO action (id, signal_id, ordinal, kind, target, state, tries, attempts, updated_at, body)
                    VALUES (?, ?, ?, ?, ?, 'done', 1, 1, ?, ?)""");
            attempt = connection.prepareStatement(
                    "INSERT INTO attempt (action_id, n, at, outcome, detail) VALUES (?, ?, ?, ?, ?)");
            entry = connection.prepareStatement(
                    "INSERT INTO chain (seq, kind, row_id, digest, previous, hash) VALUES (?, ?, ?, ?, ?, ?)");
        }

        /** @param doneAt when its action was done; absent if it has none */
        void add(DecisionContent content, @Nullable Long doneAt) throws SQLException {
            SignalContent row = content.signal();
            batch(
                    signal,
                    row.id(),
                    row.iss(),
                    row.jti(),
                    row.txn(),
                    row.subjectKey(),
                    row.events(),
                    row.occurredAt(),
                    row.receivedAt(),
                    row.body());
            batch(
                    decision,
                    row.id(),
                    content.policyVersion(),
                    content.decidedAt(),
                    content.severity(),
                    content.rules());
            for (ActionContent each : content.actions()) {
                batch(action, each.id(), row.id(), each.ordinal(), each.kind(), each.target(), doneAt, each.body());
            }
        }

        void add(AttemptContent content) throws SQLException {
            batch(attempt, content.actionId(), content.number(), content.at(), content.outcome(), content.detail());
        }

        void add(ChainEntry content) throws SQLException {
            batch(
                    entry,
                    content.seq(),
                    content.kind(),
                    content.rowId(),
                    content.digest(),
                    content.previous(),
                    content.hash());
        }

        private static void batch(PreparedStatement statement, @Nullable Object... values) throws SQLException {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.addBatch();
        }

        void flush() throws SQLException {
            for (PreparedStatement statement : List.of(signal, decision, action, attempt, entry)) {
                int[] ignored = statement.executeBatch();
            }
        }

        @Override
        public void close() throws SQLException {
            for (PreparedStatement statement : List.of(signal, decision, action, attempt, entry)) {
                statement.close();
            }
        }
    }
}
