package io.signalbox.e2e;

import io.signalbox.testing.PostgresServer;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** With the ledger in PostgreSQL. */
class GuardOnPostgresTest extends GuardStories {

    @DynamicPropertySource
    static void keepItThere(DynamicPropertyRegistry registry) {
        registry.add("signalbox.store.url", PostgresServer::newDatabase);
        registry.add("signalbox.store.username", () -> PostgresServer.USER);
    }
}
