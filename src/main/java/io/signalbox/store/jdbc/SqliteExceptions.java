package io.signalbox.store.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * Reads SQLite's result codes. Its driver gives no SQL state, so that Spring could not tell a full disk from a broken
 * constraint.
 *
 * @see <a href="https://www.sqlite.org/rescode.html">Result codes</a>
 */
final class SqliteExceptions implements SQLExceptionTranslator {

    private static final int ERROR = 1;
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int CONSTRAINT = 19;

    @Override
    public DataAccessException translate(String task, @Nullable String sql, SQLException e) {
        // The low byte is the primary code; what is above it only refines it.
        return switch (e.getErrorCode() & 0xff) {
            case ERROR -> new BadSqlGrammarException(task, sql == null ? "" : sql, e);
            case BUSY, LOCKED -> new CannotAcquireLockException(task, e);
            case CONSTRAINT -> new DataIntegrityViolationException(task, e);
            default -> new DataAccessResourceFailureException(task, e);
        };
    }
}
