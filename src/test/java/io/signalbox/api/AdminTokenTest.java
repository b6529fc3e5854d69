package io.signalbox.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

class AdminTokenTest {

    private static final AdminProperties NOTHING = new AdminProperties(null, List.of());

    @TempDir
    Path folder;

    private final MockEnvironment environment = new MockEnvironment();

    @Test
    void isTakenFromTheFileBeforeTheEnvironment() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "from-the-file\n");
        environment.setProperty(AdminToken.VARIABLE, "from-the-environment");

        AdminToken token = find(new AdminProperties(file, List.of()));

        assertThat(token.matches("from-the-file")).isTrue();
        assertThat(token.matches("from-the-environment")).isFalse();
        assertThat(token.source()).contains(file.toString());
    }

    @Test
    void isTakenFromTheEnvironmentAndLeavesNoFile() {
        environment.setProperty(AdminToken.VARIABLE, "from-the-environment");

        AdminToken token = find(NOTHING);

        assertThat(token.matches("from-the-environment")).isTrue();
        assertThat(token.source()).contains(AdminToken.VARIABLE).doesNotContain("from-the-environment");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void isMadeOnceAndKept() throws IOException {
        AdminToken first = find(NOTHING);
        String made = Files.readString(folder.resolve("data/admin-token")).strip();
        AdminToken second = find(NOTHING);

        assertThat(first.matches(made)).isTrue();
        assertThat(first.source()).contains("made at this start");
        assertThat(second.matches(made)).isTrue();
        assertThat(second.source()).doesNotContain("made");
        try (var files = Files.list(folder.resolve("data"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void stopsTheStartIfWhatIsConfiguredIsNoToken() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        Path two = Files.writeString(folder.resolve("two"), "one\ntwo\n");

        assertThatThrownBy(() -> find(new AdminProperties(empty, List.of())))
                .hasMessageContaining("signalbox.admin.token-file");
        assertThatThrownBy(() -> find(new AdminProperties(two, List.of())))
                .hasMessageContaining("signalbox.admin.token-file")
                .hasMessageNotContaining("two\n");
        assertThatThrownBy(() -> find(new AdminProperties(folder.resolve("absent"), List.of())))
                .hasMessageContaining("signalbox.admin.token-file");
        environment.setProperty(AdminToken.VARIABLE, " ");
        assertThatThrownBy(() -> find(NOTHING)).hasMessageContaining(AdminToken.VARIABLE);
    }

    private AdminToken find(AdminProperties properties) {
        return AdminToken.find(properties, environment, new Home(folder.resolve("data")));
    }
}
