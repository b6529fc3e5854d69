package io.signalbox.connector;

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
 * @param description one sentence, for people
 * @param actions kinds that it can do; a single {@code *} for any
 * @param needs what a target of it must be given: {@code url}, {@code token}, {@code secret}
 * @param takes what a target of it may be given besides
 * @param schemes how a target's URL may begin
 * @param auth how its targets may be logged in at, the usual way first; empty if it does not say
 * @param authHeader the header that an API key goes into
 * @param authPrefix what stands before the key in that header
 * @param options its options by name
 * @param parameters what a rule may hand to it with an action, and what that does
 * @param facts what else is told to people: {@code idempotent}, {@code undo}, {@code tried}; {@code
 *     verify}: of which actions it can tell afterwards whether they took effect; {@code secret}: what its secret is
 */
public record Connector(
        String name,
        String title,
        String description,
        List<String> actions,
        List<String> needs,
        List<String> takes,
        List<String> schemes,
        List<String> auth,
        String authHeader,
        String authPrefix,
        Map<String, Option> options,
        Map<String, String> parameters,
        Map<String, String> facts) {

    private static final String ANY = "*";
    private static final String VERIFY = "verify";
    private static final String SECRET = "secret";
    private static final String OPTION = "option.";
    private static final String PARAMETER = "parameter.";
    private static final List<String> FACTS = List.of("idempotent", "undo", "tried", VERIFY, SECRET);

    /**
     * One option of a connector.
     *
     * @param standard its value where a target says nothing
     * @param type {@code text}, {@code number}, or the words it may be, separated by {@code |}
     * @param meaning for people; empty if the README alone tells it
     */
    public record Option(String standard, String type, String meaning) {

        /** Whether a target may give it this value. */
        public boolean takes(String value) {
            return switch (type) {
                case "text" -> true;
                case "number" -> value.matches("[0-9]{1,9}");
                default -> Arrays.asList(type.split("\\|")).contains(value);
            };
        }
    }

    /** Whether its secret is a private key rather than a password. */
    public boolean signs() {
        return "private-key".equals(facts.get(SECRET));
    }

    /** Whether it can look afterwards whether an action of this kind took effect. */
    public boolean verifies(String kind) {
        return list(facts.getOrDefault(VERIFY, "")).contains(kind);
    }

    /** Whether it can do this kind of action. */
    public boolean can(String kind) {
        return actions.contains(ANY) || actions.contains(kind);
    }

    /**
     * All connectors of a routes directory, or those shipped on the class path where there is no such directory: the
     * same choice as for the routes themselves, or a connector would be described by one and done by another.
     */
    public static Map<String, Connector> in(String routesDirectory) {
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
        Map<String, Option> options = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            String option = key.startsWith(OPTION) ? key.substring(OPTION.length()) : "";
            if (!option.isEmpty() && option.indexOf('.') < 0) {
                options.put(
                        option,
                        new Option(
                                properties.getProperty(key),
                                properties.getProperty(key + ".type", "text"),
                                properties.getProperty(key + ".meaning", "")));
            }
        }
        Map<String, String> parameters = new TreeMap<>();
        properties.stringPropertyNames().stream()
                .filter(key -> key.startsWith(PARAMETER))
                .forEach(key -> parameters.put(key.substring(PARAMETER.length()), properties.getProperty(key)));
        Map<String, String> facts = new TreeMap<>();
        FACTS.forEach(fact -> facts.put(fact, properties.getProperty(fact, "")));
        return new Connector(
                name,
                properties.getProperty("title", name),
                properties.getProperty("description", ""),
                list(properties.getProperty("actions", "")),
                list(properties.getProperty("needs", "")),
                list(properties.getProperty("takes", "")),
                list(properties.getProperty("schemes", "https,http")),
                list(properties.getProperty("auth", "")),
                properties.getProperty("auth.header", "Authorization"),
                properties.getProperty("auth.prefix", ""),
                options,
                parameters,
                facts);
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
