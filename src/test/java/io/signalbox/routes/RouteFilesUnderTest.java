package io.signalbox.routes;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/** Reads {@code routes/} as what it is, YAML, without starting anything. */
final class RouteFilesUnderTest {

    private static final Path ROUTES = Path.of("routes");

    private RouteFilesUnderTest() {}

    /**
     * A route, a route template or a route configuration.
     *
     * @param kind {@code route}, {@code routeTemplate} or {@code routeConfiguration}
     */
    record Definition(Path file, String kind, Map<String, Object> content) {

        String id() {
            return String.valueOf(content.get("id"));
        }

        /** Every step in it, at any depth, with the name of its kind ({@code to}, {@code bean}, ...). */
        void eachStep(BiConsumer<String, Map<String, Object>> visitor) {
            walk(content, visitor);
        }

        List<Map<String, Object>> steps(String kind) {
            List<Map<String, Object>> found = new ArrayList<>();
            eachStep((name, step) -> {
                if (name.equals(kind)) {
                    found.add(step);
                }
            });
            return found;
        }

        Map<String, Object> from() {
            return object(
                    kind.equals("routeTemplate")
                            ? content.getOrDefault(
                                    "from", object(content.get("route")).get("from"))
                            : content.get("from"));
        }
    }

    static List<Definition> definitions() {
        try (Stream<Path> files = Files.walk(ROUTES)) {
            List<Definition> definitions = new ArrayList<>();
            for (Path file : files.filter(path -> path.toString().endsWith(".camel.yaml"))
                    .sorted()
                    .toList()) {
                try (Reader reader = Files.newBufferedReader(file)) {
                    List<Map<String, Map<String, Object>>> entries = new Yaml().load(reader);
                    entries.forEach(entry ->
                            entry.forEach((kind, content) -> definitions.add(new Definition(file, kind, content))));
                }
            }
            return definitions;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    private static void walk(Object node, BiConsumer<String, Map<String, Object>> visitor) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((name, value) -> walk(value, visitor));
        } else if (node instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Map<?, ?> map) {
                    map.forEach((name, value) -> {
                        if (value instanceof Map<?, ?> && map.size() == 1) {
                            visitor.accept(String.valueOf(name), object(value));
                        }
                    });
                }
                walk(item, visitor);
            }
        }
    }

    /** {@code direct:verify.set} or {@code jms:signalbox.signals}, however the endpoint is written. */
    static String channel(Map<String, Object> endpoint) {
        String uri = String.valueOf(endpoint.get("uri"));
        if (endpoint.get("parameters") == null) {
            return uri.replaceFirst("\\?.*", "").replaceFirst("^jms:queue:", "jms:");
        }
        Map<String, Object> parameters = object(endpoint.get("parameters"));
        Object name = parameters.getOrDefault("name", parameters.get("destinationName"));
        return name == null ? uri.replaceFirst("\\?.*", "") : uri.replaceFirst(":queue$", "") + ":" + name;
    }
}
