package io.signalbox.store.jdbc;

import io.signalbox.testing.PostgresServer;

/** The production store, for real. */
class PostgresGuardTest extends GuardContract {

    @Override
    String newStore() {
        return PostgresServer.newDatabase();
    }

    @Override
    String username() {
        return PostgresServer.USER;
    }
}
