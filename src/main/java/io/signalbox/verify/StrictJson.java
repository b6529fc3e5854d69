package io.signalbox.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Reads a JSON object as every other reader would, or not at all: what two parsers understand differently is how a
 * token gets past one of them (J-08, S-02).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725#section-3.7">RFC 8725, section 3.7</a>
 */
final class StrictJson {

    /** No event type comes near this; a parser's stack and a rule's patience end somewhere (J-17). */
    private static final int DEPTH = 20;

    private static final ObjectReader OBJECTS = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH)
                            .maxNumberLength(100)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .readerFor(new TypeReference<Map<String, Object>>() {})
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private StrictJson() {}

    /**
     * Reads bytes that should be one JSON object.
     *
     * @param part what they are, for the description of a refusal
     * @throws Refusal if they are anything else
     */
    static Map<String, Object> object(byte[] bytes, String part) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Refusal.request("The " + part + " is not UTF-8");
        }
        Map<String, Object> object;
        try {
            object = OBJECTS.readValue(text);
        } catch (JsonProcessingException e) {
            // The parser's own message quotes the token.
            throw Refusal.request(
                    "The " + part + " is not one JSON object with unique member names, nested no deeper than " + DEPTH);
        }
        if (object == null) {
            throw Refusal.request("The " + part + " is not a JSON object");
        }
        // Only an escape can bring half a character in, since the bytes were UTF-8.
        if (text.contains("\\u") && !isWellFormed(object)) {
            throw Refusal.request("The " + part + " holds half a Unicode character");
        }
        return object;
    }

    private static boolean isWellFormed(Object value) {
        if (value instanceof String text) {
            return StandardCharsets.UTF_8.newEncoder().canEncode(text);
        }
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> member : map.entrySet()) {
                if (!isWellFormed(member.getKey())) {
                    return false;
                }
                if (member.getValue() != null && !isWellFormed(member.getValue())) {
                    return false;
                }
            }
        }
        if (value instanceof Iterable<?> items) {
            for (Object item : items) {
                if (item != null && !isWellFormed(item)) {
                    return false;
                }
            }
        }
        return true;
    }
}
