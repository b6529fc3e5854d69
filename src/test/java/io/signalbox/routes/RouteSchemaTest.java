package io.signalbox.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Every route file is what Camel's own schema of its YAML says, so that editors which go by it (Kaoto) open it. */
class RouteSchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonSchema schema() throws Exception {
        try (InputStream schema = RouteSchemaTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            return JsonSchemaFactory.getInstance(VersionFlag.V4)
                    .getSchema(
                            JSON.readTree(Objects.requireNonNull(schema)),
                            // Most of it is about parts of Camel that nobody here uses.
                            SchemaValidatorsConfig.builder()
                                    .preloadJsonSchema(false)
                                    .build());
        }
    }

    @Test
    void everyRouteFileIsWhatCamelsSchemaSays() throws Exception {
        JsonSchema schema = schema();
        Map<Path, Object> wrong = new TreeMap<>();
        List<Path> files;
        try (Stream<Path> found = Files.walk(Path.of("routes"))) {
            files = found.filter(path -> path.toString().endsWith(".camel.yaml"))
                    .toList();
        }
        for (Path file : files) {
            try (Reader reader = Files.newBufferedReader(file)) {
                Object written = new Yaml().load(reader);
                var messages = schema.validate(JSON.valueToTree(written));
                if (!messages.isEmpty()) {
                    wrong.put(file, messages);
                }
            }
        }

        assertThat(files).hasSizeGreaterThan(40);
        assertThat(wrong).isEmpty();
        // A schema that lets everything through would prove nothing.
        assertThat(schema.validate(
                        JSON.valueToTree(List.of(Map.of("route", Map.of("form", Map.of("uri", "direct:a")))))))
                .isNotEmpty();
    }
}
