package io.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connector is one folder in a routes directory that holds nothing else: the one of the tutorial. */
class ConnectorCommandTest {

    private static final Path TUTORIAL = Path.of("src/docs/write-a-connector.md");
    private static final Pattern FILE =
            Pattern.compile("\\*\\*routes/(act/doors/[a-z.A-Z]+)\\*\\*\\n\\n```[a-z]+\\n(.*?)```\\n", Pattern.DOTALL);

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private int run(String... arguments) {
        said.reset();
        return ConnectorCommand.run(List.of(arguments), new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    private static Path written(Path routes, boolean readmeToo) throws IOException {
        Matcher file = FILE.matcher(Files.readString(TUTORIAL));
        int files = 0;
        while (file.find()) {
            files++;
            if (readmeToo || !file.group(1).endsWith(".md")) {
                Path place = routes.resolve(file.group(1));
                Files.createDirectories(place.getParent());
                Files.writeString(place, file.group(2));
            }
        }
        assertThat(files).isEqualTo(4);
        return routes.resolve("act/doors");
    }

    @Test
    void theTutorialEndsWithGreenCases(@TempDir Path routes) throws Exception {
        Path folder = written(routes, true);

        assertThat(run("test", folder.toString())).as(said()).isZero();
        assertThat(said()).endsWith("6 cases, all as they should be\n").doesNotContain("WRONG", "MISSING");
        assertThat(Files.readString(TUTORIAL)).contains("6 cases, all as they should be\n");
    }

    @Test
    void itSaysWhatIsWrongAndWhatIsMissingAsTheTutorialShows(@TempDir Path routes) throws Exception {
        Path folder = written(routes, false);
        Path cases = folder.resolve("cases.yaml");

        assertThat(run("test", folder.toString())).isEqualTo(1);
        assertThat(Files.readString(TUTORIAL)).contains(said().substring(said().indexOf("MISSING")));

        Files.writeString(cases, Files.readString(cases).replace("state: locked", "state: open"));
        assertThat(run("test", folder.toString())).isEqualTo(1);
        assertThat(said())
                .contains("WRONG a badge is locked")
                .contains("\"state\":\"open\"")
                .contains("\"state\":\"locked\"");

        Files.writeString(cases, Files.readString(cases).replace("outcome: done", "outcom: done"));
        assertThat(run("test", folder.toString())).isEqualTo(1);
        assertThat(said()).contains("outcom");
    }

    @Test
    void itTakesOneFolderOfARoutesDirectory(@TempDir Path elsewhere) {
        assertThat(run("test")).isEqualTo(2);
        assertThat(run("prove", "routes/act/scim")).isEqualTo(2);
        assertThat(run("test", elsewhere.toString())).isEqualTo(2);
    }
}
