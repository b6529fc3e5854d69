package io.signalbox.store.jdbc;

import io.signalbox.store.ClientTokens;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link ClientTokens} in SQL that SQLite and PostgreSQL share. */
final class JdbcClientTokens implements ClientTokens {

    private final GroupCommit writer;
    private final StorageFailures failures;
    private final JdbcClient reads;
    private final JdbcClient writes;

    JdbcClientTokens(LedgerDatabase database, GroupCommit writer, StorageFailures failures) {
        this.writer = writer;
        this.failures = failures;
        this.reads = database.reads();
        this.writes = database.writes();
    }

    @Override
    public void issued(String digest, Token token, Instant now) {
        int ignored = writer.write(() -> {
            int expired = writes.sql("DELETE FROM client_token WHERE expires_at < ?")
                    .param(now.toEpochMilli())
                    .update();
            return expired
                    + writes.sql("INSERT INTO client_token (digest, client, scopes, expires_at) VALUES (?, ?, ?, ?)")
                            .param(digest)
                            .param(token.client())
                            .param(String.join(" ", new TreeSet<>(token.scopes())))
                            .param(token.expiresAt().toEpochMilli())
                            .update();
        });
    }

    @Override
    public Optional<Token> find(String digest) {
        return failures.reading(() -> reads.sql("SELECT client, scopes, expires_at FROM client_token WHERE digest = ?")
                .param(digest)
                .query((row, number) -> new Token(
                        row.getString("client"),
                        Set.of(row.getString("scopes").split(" ")),
                        Instant.ofEpochMilli(row.getLong("expires_at"))))
                .optional());
    }

    @Override
    public boolean useOnce(String digest, Instant expiresAt, Instant now) {
        return writer.write(() -> {
            int ignored = writes.sql("DELETE FROM client_assertion WHERE expires_at < ?")
                    .param(now.toEpochMilli())
                    .update();
            return writes.sql("INSERT INTO client_assertion (digest, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING")
                            .param(digest)
                            .param(expiresAt.toEpochMilli())
                            .update()
                    == 1;
        });
    }

    @Override
    public int revoke(String client) {
        return writer.write(() -> writes.sql("DELETE FROM client_token WHERE client = ?")
                .param(client)
                .update());
    }
}
