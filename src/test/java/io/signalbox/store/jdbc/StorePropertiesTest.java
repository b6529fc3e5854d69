package io.signalbox.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

class StorePropertiesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    @Test
    void stopsTheStartForADatabaseThatNobodyTested() {
        assertThatThrownBy(() -> at("jdbc:mysql://db.example/ledger")).hasMessageContaining("signalbox.store.url");
    }

    @Test
    void stopsTheStartForAPasswordInTheUrl() {
        assertThatThrownBy(() -> at("jdbc:postgresql://db.example/ledger?Password=hunter2"))
                .hasMessageContaining("signalbox.store.password-file")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void stopsTheStartForAWaitTooShortToBeMeant() {
        assertThatThrownBy(() -> new StoreProperties(null, null, null, null, 4, 1024, Duration.ofMillis(5)))
                .hasMessageContaining("signalbox.store.write-wait");
    }

    @Test
    void readsThePasswordFromWhereItLies() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "from the file\n");
        MockEnvironment environment = new MockEnvironment().withProperty("DB_PASSWORD", "from the variable");

        assertThat(with(file, null).password(environment)).isEqualTo("from the file");
        assertThat(with(null, "DB_PASSWORD").password(environment)).isEqualTo("from the variable");
        assertThat(with(null, null).password(environment)).isNull();
        assertThatThrownBy(() -> with(folder.resolve("absent"), null).password(environment))
                .hasMessageContaining("signalbox.store.password-file");
        assertThatThrownBy(() -> with(null, "OTHER").password(environment))
                .hasMessageContaining("signalbox.store.password-env")
                .hasMessageContaining("OTHER");
    }

    private static StoreProperties at(String url) {
        return new StoreProperties(url, null, null, null, 4, 1024, PATIENCE);
    }

    private static StoreProperties with(@Nullable Path passwordFile, @Nullable String passwordEnv) {
        return new StoreProperties(null, null, passwordFile, passwordEnv, 4, 1024, PATIENCE);
    }
}
