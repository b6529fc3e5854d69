package io.signalbox.store.jdbc;

import org.jspecify.annotations.Nullable;

/** The embedded store: a file in the data directory. */
class SqliteTrialBookTest extends TrialBookContract {

    @Override
    @Nullable
    String newStore() {
        return null;
    }

    @Override
    @Nullable
    String username() {
        return null;
    }
}
