package io.signalbox.ingest.webhook;

import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What a vendor's folder says in {@code webhook.yaml}; where things stand in its JSON says the route beside it.
 *
 * @param name the folder's
 * @param handshake how the vendor finds out whether we are there; absent if it does not
 * @param signature how it signs; absent for Standard Webhooks
 * @param types the vendor's word for a type of event to what it means
 */
record Mapping(
        String name,
        @Nullable Handshake handshake,
        @Nullable Signature signature,
        Map<String, Meaning> types) {

    /**
     * A vendor asks, and we say what it said.
     *
     * @param method of its request
     * @param header where its word stands; absent if in the query
     * @param query the parameter in which it stands; absent if in a header
     * @param answer the member of the JSON object that we answer with; absent for plain text
     */
    record Handshake(
            String method,
            @Nullable String header,
            @Nullable String query,
            @Nullable String answer) {}

    /**
     * HMAC-SHA256 of the body in a header.
     *
     * @param prefix what stands before it in the header
     * @param hex whether it is written in hexadecimal digits, else in base64
     */
    record Signature(String header, String prefix, boolean hex) {}

    /** What a type of the vendor's means. */
    sealed interface Meaning {

        /** @param claims constant claims of the event */
        record Event(String uri, Map<String, Object> claims) implements Meaning {}

        /** Nothing, on purpose. */
        record Nothing(String why) implements Meaning {}
    }

    private static final Set<String> MEMBERS = Set.of("title", "handshake", "signature", "types");

    /** All folders of a routes directory, or of the jar where there is no such directory; as with the routes themselves. */
    static Map<String, Mapping> in(String routesDirectory) {
        String place = Files.isDirectory(Path.of(routesDirectory))
                ? Path.of(routesDirectory).toAbsolutePath().normalize().toUri().toString()
                : "classpath*:routes/";
        Map<String, Mapping> mappings = new TreeMap<>();
        try {
            for (Resource file :
                    new PathMatchingResourcePatternResolver().getResources(place + "ingest/*/webhook.yaml")) {
                String[] path = file.getURL().getPath().split("/");
                String name = path[path.length - 2];
                try (InputStream in = file.getInputStream()) {
                    mappings.put(name, read(name, new Yaml(new SafeConstructor(new LoaderOptions())).load(in)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("signalbox.routes-directory: mappings of webhooks cannot be read", e);
        }
        return mappings;
    }

    private static Mapping read(String name, @Nullable Object content) {
        String file = "ingest/" + name + "/webhook.yaml";
        try {
            Map<String, Object> members = object(content);
            if (!MEMBERS.containsAll(members.keySet())) {
                throw new IllegalArgumentException("has something else than " + MEMBERS);
            }
            Map<String, Meaning> types = new LinkedHashMap<>();
            object(members.get("types")).forEach((type, meaning) -> types.put(type, meaning(type, object(meaning))));
            return new Mapping(name, handshake(members.get("handshake")), signature(members.get("signature")), types);
        } catch (IllegalArgumentException | YAMLException e) {
            throw new IllegalArgumentException("signalbox.routes-directory: " + file + " " + e.getMessage());
        }
    }

    private static @Nullable Handshake handshake(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        Map<String, Object> members = object(value);
        Handshake handshake = new Handshake(
                String.valueOf(members.getOrDefault("method", "POST")),
                text(members.get("header")),
                text(members.get("query")),
                text(members.get("answer")));
        if ((handshake.header() == null) == (handshake.query() == null)) {
            throw new IllegalArgumentException("handshake: must have a header or a query, and not both");
        }
        return handshake;
    }

    private static @Nullable Signature signature(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        Map<String, Object> members = object(value);
        String header = text(members.get("header"));
        String encoding = String.valueOf(members.getOrDefault("encoding", "hex"));
        if (header == null || !Set.of("hex", "base64").contains(encoding)) {
            throw new IllegalArgumentException("signature: must have a header, and an encoding that is hex or base64");
        }
        return new Signature(header, String.valueOf(members.getOrDefault("prefix", "")), encoding.equals("hex"));
    }

    private static Meaning meaning(String type, Map<String, Object> members) {
        if (members.get("ignore") instanceof String why && members.size() == 1) {
            return new Meaning.Nothing(why);
        }
        String event = text(members.get("event"));
        if (event == null || !Set.of("event", "claims").containsAll(members.keySet())) {
            throw new IllegalArgumentException(
                    "types: " + type + " must have event and may have claims, or have ignore with a reason");
        }
        return new Meaning.Event(uri(event), object(members.get("claims")));
    }

    /**
     * The URI of a type, by its alias or by itself.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static String uri(String event) {
        return EventCatalog.types().stream()
                .filter(type -> type.alias().equals(event))
                .map(EventType::uri)
                .findFirst()
                .orElseGet(() -> {
                    if (!event.contains(":")) {
                        throw new IllegalArgumentException(
                                "'" + event + "' is neither a type of src/docs/events.md nor a URI");
                    }
                    return event;
                });
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : String.valueOf(value);
    }

    private static Map<String, Object> object(@Nullable Object value) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> members) {
            members.forEach((name, member) -> object.put(String.valueOf(name), member));
        } else if (value != null) {
            throw new IllegalArgumentException("has something that is no object where one belongs");
        }
        return object;
    }
}
