package io.signalbox.store.jdbc;

import io.signalbox.policy.PolicyActivation;
import io.signalbox.policy.PolicyVersion;
import io.signalbox.store.Page;
import io.signalbox.store.PolicyBook;
import io.signalbox.store.jdbc.PolicyRows.ActivationRow;
import io.signalbox.store.jdbc.PolicyRows.VersionRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link PolicyBook} in SQL that SQLite and PostgreSQL share. */
final class JdbcPolicyBook implements PolicyBook {

    private static final int MOST_ROWS = 500;
    private static final String VERSION = "SELECT id, published_at, author, note, checked FROM policy_version ";
    private static final String ACTIVATION = "SELECT " + ActivationRow.COLUMNS + " FROM policy_activation ";

    private final GroupCommit writer;
    private final Chain chain;
    private final StorageFailures failures;
    private final JdbcClient reads;
    private final JdbcClient writes;

    JdbcPolicyBook(LedgerDatabase database, GroupCommit writer, Chain chain, StorageFailures failures) {
        this.writer = writer;
        this.chain = chain;
        this.failures = failures;
        this.reads = database.reads();
        this.writes = database.writes();
    }

    @Override
    public boolean keep(PolicyVersion version, Map<String, String> files) {
        VersionRow row = VersionRow.of(version, files);
        return writer.write(() -> {
            int kept = writes.sql("INSERT INTO policy_version (" + VersionRow.COLUMNS + """
                            ) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""")
                    .param(row.id())
                    .param(row.publishedAt())
                    .param(row.author())
                    .param(row.note())
                    .param(row.checked())
                    .param(row.files())
                    .update();
            if (kept == 1) {
                chain.note(PolicyRows.POLICY, row.rowId(), row.digest());
            }
            return kept == 1;
        });
    }

    @Override
    public Optional<PolicyVersion> version(String versionId) {
        return failures.reading(() -> reads.sql(VERSION + "WHERE id = ?")
                .param(versionId)
                .query(PolicyRows::version)
                .optional());
    }

    @Override
    public Optional<Map<String, String>> files(String versionId) {
        return failures.reading(() -> reads.sql("SELECT files FROM policy_version WHERE id = ?")
                        .param(versionId)
                        .query(String.class)
                        .optional())
                .map(PolicyRows::unpacked);
    }

    @Override
    public Page<PolicyVersion> versions(@Nullable String after, int limit) {
        Cursor cursor = Cursor.read(after);
        int size = Math.max(1, Math.min(limit, MOST_ROWS));
        List<PolicyVersion> rows = failures.reading(() -> reads.sql(VERSION + """
                        WHERE (published_at, id) < (?, ?) ORDER BY published_at DESC, id DESC LIMIT ?""")
                .param(cursor == null ? Long.MAX_VALUE : cursor.at())
                .param(cursor == null ? "" : cursor.id())
                .param(size + 1)
                .query(PolicyRows::version)
                .list());
        return page(rows, size, row -> new Cursor(row.publishedAt().toEpochMilli(), row.id()));
    }

    @Override
    public boolean activate(PolicyActivation activation) {
        ActivationRow row = ActivationRow.of(activation);
        return writer.write(() -> {
            // The row before it must be there too: numbers have no gaps.
            int activated = writes.sql("INSERT INTO policy_activation (" + ActivationRow.COLUMNS + """
                            ) SELECT ?, id, ?, ?, ?, ?, ?, ? FROM policy_version
                            WHERE id = ? AND ? = 1 + COALESCE((SELECT MAX(number) FROM policy_activation), 0)
                            ON CONFLICT DO NOTHING""")
                    .param(row.number())
                    .param(row.at())
                    .param(row.author())
                    .param(row.cause())
                    .param(row.note())
                    .param(row.aside())
                    .param(row.backTo())
                    .param(row.versionId())
                    .param(row.number())
                    .update();
            if (activated == 1) {
                chain.note(PolicyRows.ACTIVATION, row.rowId(), row.digest());
            }
            return activated == 1;
        });
    }

    @Override
    public Optional<PolicyActivation> active() {
        return failures.reading(() -> reads.sql(ACTIVATION + "ORDER BY number DESC LIMIT 1")
                .query(ActivationRow::read)
                .optional()
                .map(ActivationRow::activation));
    }

    @Override
    public Optional<PolicyActivation> activation(long number) {
        return failures.reading(() -> reads.sql(ACTIVATION + "WHERE number = ?")
                .param(number)
                .query(ActivationRow::read)
                .optional()
                .map(ActivationRow::activation));
    }

    @Override
    public Page<PolicyActivation> activations(@Nullable String after, int limit) {
        Cursor cursor = Cursor.read(after);
        int size = Math.max(1, Math.min(limit, MOST_ROWS));
        List<PolicyActivation> rows = failures.reading(() -> reads
                .sql(ACTIVATION + "WHERE number < ? ORDER BY number DESC LIMIT ?")
                .param(cursor == null ? Long.MAX_VALUE : cursor.at())
                .param(size + 1)
                .query(ActivationRow::read)
                .list()
                .stream()
                .map(ActivationRow::activation)
                .toList());
        return page(rows, size, row -> new Cursor(row.number(), ""));
    }

    private static <T> Page<T> page(List<T> rows, int size, Function<T, Cursor> cursor) {
        return rows.size() <= size
                ? new Page<>(rows, null)
                : new Page<>(
                        rows.subList(0, size), cursor.apply(rows.get(size - 1)).write());
    }
}
