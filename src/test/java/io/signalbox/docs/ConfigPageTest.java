package io.signalbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.yaml.snakeyaml.Yaml;

/** {@code src/docs/config.md} is made from what the properties' own classes say. */
class ConfigPageTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PAGE = Path.of("src/docs/config.md");
    private static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");
    private static final Pattern TAG = Pattern.compile("\\{@(code|link|linkplain)\\s+([^}]*)}");

    @Test
    void everyPropertySaysWhatItIs() throws IOException {
        properties().forEach((name, property) -> assertThat(
                        property.path("description").asText())
                .as("the description of %s", name)
                .isNotBlank());
    }

    /** To write the page anew: {@code mvn test -Dtest=ConfigPageTest -Dsignalbox.docs.write=true}. */
    @Test
    void thePageIsNotStale() throws IOException {
        String page = page();
        if (Boolean.getBoolean("signalbox.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("generated page, write it anew").content().isEqualTo(page);
    }

    private static String page() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Configuration

                Made from the sources; do not edit by hand. Put the keys into an `application.yaml` beside the process, or
                give them as environment variables (`signalbox.data-directory` is `SIGNALBOX_DATA_DIRECTORY`). A bad value
                stops the start and names the key.

                Secrets come by reference only: a file, or the name of an environment variable.

                | Key | Type | Default | What it is |
                |---|---|---|---|
                """);
        properties().forEach((name, property) -> page.append("| `")
                .append(name)
                .append("` | ")
                .append(type(property.path("type").asText()))
                .append(" | ")
                .append(standard(property.path("defaultValue")))
                .append(" | ")
                .append(text(property.path("description").asText()))
                .append(" |\n"));
        return page.toString();
    }

    /** The keys that Boot's own metadata lists, and below them those of records in lists and maps, which it leaves out. */
    private static Map<String, JsonNode> properties() throws IOException {
        Map<String, JsonNode> properties = new TreeMap<>();
        JsonNode metadata = JSON.readTree(METADATA.toFile());
        // Two records may read one list, each what it needs of it: what both have, the first one tells.
        for (JsonNode property : sorted(metadata.path("properties"), "sourceType")) {
            properties.putIfAbsent(property.path("name").asText(), property);
        }
        for (JsonNode group : sorted(metadata.path("groups"), "type")) {
            Class<?> type = type(group);
            if (type.isRecord()) {
                for (RecordComponent component : type.getRecordComponents()) {
                    nested(properties, group.path("name").asText() + "." + kebab(component.getName()), component);
                }
            }
        }
        assertThat(properties).isNotEmpty();
        return properties;
    }

    private static List<JsonNode> sorted(JsonNode nodes, String member) {
        return StreamSupport.stream(nodes.spliterator(), false)
                .sorted(Comparator.comparing(node -> node.path(member).asText()))
                .toList();
    }

    private static void nested(Map<String, JsonNode> properties, String key, RecordComponent component)
            throws IOException {
        if (!(component.getGenericType() instanceof ParameterizedType parameterized)) {
            return;
        }
        java.lang.reflect.Type[] arguments = parameterized.getActualTypeArguments();
        if (!(arguments[arguments.length - 1] instanceof Class<?> entry) || !entry.isRecord()) {
            return;
        }
        members(properties, key + (arguments.length == 1 ? "[]" : ".<name>"), entry);
    }

    private static void members(Map<String, JsonNode> properties, String place, Class<?> entry) throws IOException {
        for (RecordComponent member : entry.getRecordComponents()) {
            String name = place + "." + kebab(member.getName());
            if (member.getType().isRecord()) {
                members(properties, name, member.getType());
                continue;
            }
            ObjectNode property = JSON.createObjectNode();
            property.put("type", member.getGenericType().getTypeName());
            property.put("description", parameter(entry, member.getName()));
            DefaultValue standard = member.getAccessor().getAnnotation(DefaultValue.class);
            if (standard == null) {
                standard = constructorDefault(entry, member.getName());
            }
            if (standard != null && standard.value().length > 0) {
                property.put("defaultValue", String.join(", ", standard.value()));
            }
            properties.putIfAbsent(name, property);
        }
    }

    private static @Nullable DefaultValue constructorDefault(Class<?> type, String name) {
        for (Parameter parameter : type.getDeclaredConstructors()[0].getParameters()) {
            if (parameter.getName().equals(name)) {
                return parameter.getAnnotation(DefaultValue.class);
            }
        }
        return null;
    }

    /** What the source says of a record's component. */
    private static String parameter(Class<?> type, String name) throws IOException {
        Class<?> file = type.getNestHost();
        String source = Files.readString(Path.of("src/main/java", file.getName().replace('.', '/') + ".java"));
        int end = source.indexOf("record " + type.getSimpleName() + "(");
        String javadoc = source.substring(source.lastIndexOf("/**", end), end);
        Matcher parameter = Pattern.compile("@param " + name + "\\s+(.*?)(?=@param|\\*/)", Pattern.DOTALL)
                .matcher(javadoc);
        return parameter.find()
                ? parameter.group(1).replaceAll("\\n\\s*\\*", " ").strip()
                : "";
    }

    private static Class<?> type(JsonNode group) {
        try {
            return Class.forName(group.path("type").asText());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** A key that is read through a placeholder, or set by what we ship, is a key like any other. */
    @Test
    void noKeyIsUsedThatThePageDoesNotList() throws IOException {
        Set<String> used = new TreeSet<>();
        for (String file : new String[] {"application.yaml", "application-demo.yaml"}) {
            try (Reader reader = Files.newBufferedReader(Path.of("src/main/resources", file))) {
                collect("", new Yaml().load(reader), used);
            }
        }
        try (Stream<Path> routes = Files.walk(Path.of("routes"))) {
            for (Path route :
                    routes.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                Matcher placeholder =
                        Pattern.compile("\\{\\{(signalbox\\.[^}:]+)").matcher(Files.readString(route));
                while (placeholder.find()) {
                    used.add(placeholder.group(1));
                }
            }
        }
        Set<String> listed = properties().keySet();
        assertThat(used).contains("signalbox.decide.consumers").allSatisfy(key -> assertThat(listed)
                .anyMatch(name -> key.matches(
                        name.replace(".", "\\.").replace("[]", "\\[\\d+]").replace("<name>", "[a-z0-9-]+"))));
    }

    private static void collect(String prefix, Object node, Set<String> keys) {
        if (node instanceof Map<?, ?> map) {
            map.forEach(
                    (name, value) -> collect(prefix.isEmpty() ? name.toString() : prefix + "." + name, value, keys));
        } else if (node instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Map<?, ?>) {
            for (int i = 0; i < list.size(); i++) {
                collect(prefix + "[" + i + "]", list.get(i), keys);
            }
        } else if (prefix.startsWith("signalbox.")) {
            keys.add(prefix);
        }
    }

    private static String type(String type) {
        return "`" + type.replaceAll("[a-z]+\\.", "").replace('$', '.') + "`";
    }

    private static String standard(JsonNode value) {
        if (value.isMissingNode()) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        if (value.isArray()) {
            value.forEach(item -> out.append(out.isEmpty() ? "" : ", ").append(item.asText()));
        } else {
            out.append(value.asText());
        }
        return out.isEmpty() ? "" : "`" + out + "`";
    }

    private static String text(String javadoc) {
        return TAG.matcher(javadoc)
                .replaceAll("`$2`")
                .replaceAll("\\s+", " ")
                .replace("|", "\\|")
                .strip();
    }
}
