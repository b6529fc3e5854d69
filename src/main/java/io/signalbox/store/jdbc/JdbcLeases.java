package io.signalbox.store.jdbc;

import io.signalbox.store.Lease;
import io.signalbox.store.Leases;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link Leases} in SQL that SQLite and PostgreSQL share: each step is one statement, decided under the row's lock. */
final class JdbcLeases implements Leases {

    private final GroupCommit writer;
    private final StorageFailures failures;
    private final JdbcClient reads;
    private final JdbcClient writes;

    JdbcLeases(LedgerDatabase database, GroupCommit writer, StorageFailures failures) {
        this.writer = writer;
        this.failures = failures;
        this.reads = database.reads();
        this.writes = database.writes();
    }

    @Override
    public Optional<Lease> claim(String name, String owner, Instant now, Instant until) {
        // Asked again and again by those who do not have it: that costs no write.
        Optional<Lease> found = find(name);
        if (found.filter(lease ->
                        !lease.owner().equals(owner) && lease.expiresAt().isAfter(now))
                .isPresent()) {
            return Optional.empty();
        }
        return writer.write(() -> writes.sql("""
                        INSERT INTO lease (name, owner, fence, expires_at) VALUES (?, ?, 1, ?)
                        ON CONFLICT (name) DO UPDATE SET
                          fence = lease.fence + CASE WHEN lease.owner = excluded.owner THEN 0 ELSE 1 END,
                          owner = excluded.owner,
                          expires_at = excluded.expires_at
                        WHERE lease.owner = excluded.owner OR lease.expires_at <= ?
                        RETURNING fence""")
                .param(name)
                .param(owner)
                .param(until.toEpochMilli())
                .param(now.toEpochMilli())
                .query(Long.class)
                .optional()
                .map(fence -> new Lease(name, owner, fence, Instant.ofEpochMilli(until.toEpochMilli()))));
    }

    @Override
    public Optional<Lease> renew(Lease lease, Instant until) {
        int renewed = writer.write(
                () -> writes.sql("UPDATE lease SET expires_at = ? WHERE name = ? AND owner = ? AND fence = ?")
                        .param(until.toEpochMilli())
                        .param(lease.name())
                        .param(lease.owner())
                        .param(lease.fence())
                        .update());
        return renewed == 0
                ? Optional.empty()
                : Optional.of(new Lease(
                        lease.name(), lease.owner(), lease.fence(), Instant.ofEpochMilli(until.toEpochMilli())));
    }

    @Override
    public void release(Lease lease, Instant now) {
        int ignored = writer.write(
                () -> writes.sql("UPDATE lease SET expires_at = ? WHERE name = ? AND owner = ? AND fence = ?")
                        .param(now.toEpochMilli())
                        .param(lease.name())
                        .param(lease.owner())
                        .param(lease.fence())
                        .update());
    }

    @Override
    public Optional<Lease> find(String name) {
        return failures.reading(() -> reads.sql("SELECT owner, fence, expires_at FROM lease WHERE name = ?")
                .param(name)
                .query((row, number) -> new Lease(
                        name,
                        row.getString("owner"),
                        row.getLong("fence"),
                        Instant.ofEpochMilli(row.getLong("expires_at"))))
                .optional());
    }
}
