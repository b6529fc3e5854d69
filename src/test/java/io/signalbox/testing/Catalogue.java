package io.signalbox.testing;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code events.yaml}: what the texts say of every event type, written down apart from the code. */
public final class Catalogue {

    private static final Map<String, Object> FILE = load();

    private Catalogue() {}

    /** One event type. */
    public record Entry(Map<String, Object> yaml) {

        public String key() {
            return text(yaml.get("key"));
        }

        /** What the key is called in rules and logs: {@code scim.feed.add} is {@code scim/feed-add}. */
        public String alias() {
            int dot = key().indexOf('.');
            return key().substring(0, dot) + "/" + key().substring(dot + 1).replace('.', '-');
        }

        public String uri() {
            return text(yaml.get("uri"));
        }

        public List<String> aliasUris() {
            return objects(yaml.get("aliases")).stream()
                    .map(alias -> text(alias.get("uri")))
                    .toList();
        }

        /** Its own claims, and those that it shares with its family, but for the subject. */
        public List<Claim> claims() {
            List<Claim> claims = new ArrayList<>();
            objects(yaml.get("claims")).forEach(claim -> claims.add(new Claim(claim)));
            if (yaml.get("common_claims") instanceof String family) {
                objects(object(FILE.get("common_claims")).get(family)).stream()
                        .map(Claim::new)
                        .filter(claim -> !claim.type().equals("subject"))
                        .forEach(claims::add);
            }
            return claims;
        }

        public Map<String, Object> example() {
            return object(yaml.get("example"));
        }

        public Map<String, Object> payload() {
            return object(object(example().get("events")).get(uri()));
        }

        public Map<String, Object> subject() {
            return object(yaml.get("subject"));
        }

        @Override
        public String toString() {
            return key();
        }
    }

    public record Claim(Map<String, Object> yaml) {

        public String name() {
            return text(yaml.get("name"));
        }

        public String type() {
            return text(yaml.get("type"));
        }

        public boolean required() {
            return Boolean.TRUE.equals(yaml.get("required"));
        }

        public boolean closed() {
            return yaml.containsKey("enum") && !Boolean.TRUE.equals(yaml.get("open_enum"));
        }

        public boolean open() {
            return Boolean.TRUE.equals(yaml.get("open_enum"));
        }
    }

    public static List<Entry> entries() {
        return objects(FILE.get("event_types")).stream().map(Entry::new).toList();
    }

    /** The types of the notifications of 2015: {@code type} and {@code maps_to}. */
    public static List<Map<String, Object>> notifications() {
        return objects(object(FILE.get("scim_notify")).get("types"));
    }

    public static String text(@Nullable Object value) {
        return String.valueOf(Objects.requireNonNull(value));
    }

    public static String aliasOf(String key) {
        return new Entry(Map.of("key", key)).alias();
    }

    @SuppressWarnings("unchecked")
    public static Map<String, Object> object(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> objects(@Nullable Object value) {
        return (List<Map<String, Object>>) Objects.requireNonNull(value);
    }

    private static Map<String, Object> load() {
        try (InputStream file = Objects.requireNonNull(Catalogue.class.getResourceAsStream("/events.yaml"))) {
            return new LinkedHashMap<>(object(new Yaml(new SafeConstructor(new LoaderOptions())).load(file)));
        } catch (IOException e) {
            throw new AssertionError("events.yaml", e);
        }
    }
}
