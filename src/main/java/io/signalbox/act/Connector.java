package io.signalbox.act;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * What a connector's folder says about it in {@code connector.properties}.
 *
 * @param name the folder's name; the {@code kind} of its targets
 * @param title for people
 * @param actions kinds that it can do; a single {@code *} for any
 * @param needs what a target of it must be given: {@code url}, {@code token}, {@code secret}
 * @param takes what a target of it may be given besides
 * @param schemes how a target's URL may begin
 * @param options names and defaults of its options
 */
record Connector(
        String name,
        String title,
        List<String> actions,
        List<String> needs,
        List<String> takes,
        List<String> schemes,
        Map<String, String> options) {

    private static final String ANY = "*";
    private static final String OPTION = "option.";

    boolean can(String kind) {
        return actions.contains(ANY) || actions.contains(kind);
    }

    /**
     * All connectors of a routes directory, or those shipped on the class path where there is no such directory: the
     * same choice as for the routes themselves, or a connector would be described by one and done by another.
     */
    static Map<String, Connector> in(String routesDirectory) {
        String place = Files.isDirectory(Path.of(routesDirectory))
                ? Path.of(routesDirectory).toAbsolutePath().normalize().toUri().toString()
                : "classpath*:routes/";
        Map<String, Connector> connectors = new TreeMap<>();
        try {
            for (Resource file :
                    new PathMatchingResourcePatternResolver().getResources(place + "act/*/connector.properties")) {
                Connector connector = read(file);
                connectors.put(connector.name(), connector);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("signalbox.routes-directory: connectors cannot be read", e);
        }
        return connectors;
    }

    private static Connector read(Resource file) throws IOException {
        String[] path = file.getURL().getPath().split("/");
        String name = path[path.length - 2];
        Properties properties = new Properties();
        try (Reader in = new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8)) {
            properties.load(in);
        }
        Map<String, String> options = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(OPTION)) {
                options.put(key.substring(OPTION.length()), properties.getProperty(key));
            }
        }
        return new Connector(
                name,
                properties.getProperty("title", name),
                list(properties.getProperty("actions", "")),
                list(properties.getProperty("needs", "")),
                list(properties.getProperty("takes", "")),
                list(properties.getProperty("schemes", "https,http")),
                options);
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
