package io.signalbox.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What can be known of the image and the compose file without an engine. */
class DockerFilesTest {

    private static final Path DOCKER = Path.of("docker");

    @Test
    void theComposeFileSetsOnlyKeysThatExist() throws IOException {
        Set<String> known = new TreeSet<>();
        new ObjectMapper()
                .readTree(Path.of("target/classes/META-INF/spring-configuration-metadata.json")
                        .toFile())
                .path("properties")
                .forEach(property -> known.add(property.path("name")
                        .asText()
                        .replace("-", "")
                        .replace('.', '_')
                        .toUpperCase(Locale.ROOT)));
        Set<String> set =
                new TreeSet<>(object(service("signalbox").get("environment")).keySet());
        // In an environment variable the dashes may stay as underscores; the binder takes both.
        assertThat(set).isNotEmpty().allSatisfy(name -> assertThat(known)
                .anyMatch(key -> key.replace("_", "").equals(name.replace("_", ""))));
    }

    @Test
    void theComposeFileRefersToNothingThatItDoesNotDefine() throws IOException {
        Map<String, Object> compose = compose();
        Map<String, Object> services = object(compose.get("services"));
        services.forEach((name, definition) -> {
            Map<String, Object> service = object(definition);
            assertThat(object(compose.get("secrets")).keySet())
                    .as("secrets of %s", name)
                    .containsAll(list(service.getOrDefault("secrets", List.of())));
            list(service.getOrDefault("volumes", List.of())).stream()
                    .map(volume -> volume.split(":")[0])
                    .forEach(source -> assertThat(
                                    source.startsWith(".")
                                            ? Files.exists(DOCKER.resolve(source))
                                            : object(compose.get("volumes")).containsKey(source))
                            .as("volume %s of %s", source, name)
                            .isTrue());
            if (service.get("depends_on") != null) {
                assertThat(services.keySet())
                        .containsAll(object(service.get("depends_on")).keySet());
            }
        });
        assertThat(Files.exists(DOCKER.resolve("..")
                        .resolve(String.valueOf(
                                object(service("signalbox").get("build")).get("dockerfile")))))
                .isTrue();
    }

    @Test
    void theImageRunsAsNobodyInParticularAndCanBeAskedForItsHealth() throws IOException {
        List<String> lines = Files.readAllLines(DOCKER.resolve("Dockerfile"));
        String last = lines.stream().filter(line -> line.startsWith("USER ")).reduce("", (one, other) -> other);
        assertThat(last).matches("USER [1-9][0-9]*:[1-9][0-9]*");
        assertThat(lines).anyMatch(line -> line.startsWith("HEALTHCHECK "));
        Stream<String> copied = lines.stream()
                .filter(line -> line.startsWith("COPY ") && !line.contains("--from"))
                .map(line -> line.split("\\s+")[1])
                .filter(source -> !source.startsWith("target/"));
        assertThat(copied).isNotEmpty().allSatisfy(source -> assertThat(Path.of(source))
                .exists());
    }

    private static Map<String, Object> compose() throws IOException {
        try (Reader reader = Files.newBufferedReader(DOCKER.resolve("compose.yaml"))) {
            return new Yaml().load(reader);
        }
    }

    private static Map<String, Object> service(String name) throws IOException {
        return object(object(compose().get("services")).get(name));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    private static List<String> list(Object value) {
        List<String> items = new ArrayList<>();
        ((List<?>) value).forEach(item -> items.add(String.valueOf(item)));
        return items;
    }
}
