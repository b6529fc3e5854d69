package io.signalbox.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventPayload;
import io.signalbox.event.UnknownEvent;
import java.io.IOException;
import java.util.Map;

/**
 * Writes and reads vocabulary values. Messages outlive a release: a member may be added, none may change its meaning,
 * and unknown ones are passed over.
 */
public final class Wire {

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule("events")
                    .addSerializer(EventPayload.class, new PayloadWriter())
                    .addDeserializer(EventPayload.class, new PayloadReader()))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Wire() {}

    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(value.getClass().getSimpleName() + " cannot be written as JSON", e);
        }
    }

    public static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("This is not the JSON of a " + type.getSimpleName(), e);
        }
    }

    public static Map<String, Object> readObject(String json) {
        try {
            return MAPPER.readValue(json, OBJECT);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("This is not a JSON object", e);
        }
    }

    /** An event is written as it came, under its URI, and read again by the catalogue. */
    private static final class PayloadWriter extends JsonSerializer<EventPayload> {
        @Override
        public void serialize(EventPayload payload, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeStartObject();
            out.writeStringField("uri", payload.uri());
            out.writeObjectField("payload", payload.toJson());
            out.writeEndObject();
        }
    }

    private static final class PayloadReader extends JsonDeserializer<EventPayload> {
        @Override
        public EventPayload deserialize(JsonParser in, DeserializationContext context) throws IOException {
            Written written = in.readValueAs(Written.class);
            // What was kept may no longer fit its type's definition after an upgrade; it is shown all the same.
            return EventCatalog.read(written.uri(), written.payload()) instanceof EventCatalog.Reading.Read read
                    ? read.payload()
                    : new UnknownEvent(written.uri(), written.payload());
        }
    }

    private record Written(String uri, Map<String, Object> payload) {}
}
