package io.signalbox.store.jdbc;

import io.signalbox.store.LedgerUnavailableException;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.transaction.TransactionException;

/**
 * Tells a store that failed (try again, tell the operator) from a statement that is wrong (trying again changes
 * nothing).
 *
 * @param store the store's name in messages
 */
record StorageFailures(String store) {

    <T> T reading(Supplier<T> work) {
        try {
            return work.get();
        } catch (DataAccessException | TransactionException e) {
            throw translate(e);
        }
    }

    RuntimeException translate(Throwable failure) {
        return failure instanceof RuntimeException wrong && !isOurs(wrong) ? wrong : unavailable(failure);
    }

    LedgerUnavailableException unavailable(Throwable failure) {
        return new LedgerUnavailableException(
                "The ledger in " + store + " does not answer: " + NestedExceptionUtils.getMostSpecificCause(failure),
                failure);
    }

    /** Anything the drivers do not clearly call a wrong statement counts as a failing store: that loses nothing. */
    static boolean isOurs(Throwable failure) {
        if (failure instanceof TransactionException) {
            return true;
        }
        return failure instanceof DataAccessException
                && !isTooMuchForAnyStore(failure)
                && !(failure instanceof DataIntegrityViolationException)
                && !(failure instanceof InvalidDataAccessApiUsageException)
                && !(failure instanceof InvalidDataAccessResourceUsageException);
    }

    /** SQLState class 54: a value that the store will refuse however often it comes, such as a key that is too long. */
    private static boolean isTooMuchForAnyStore(Throwable failure) {
        return NestedExceptionUtils.getMostSpecificCause(failure) instanceof SQLException cause
                && cause.getSQLState() != null
                && cause.getSQLState().startsWith("54");
    }
}
