package io.signalbox.transmit;

import io.signalbox.wire.Wire;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Bodies of the management API. */
public final class Json {

    private static final int MAX_BYTES = 256 * 1024;

    private Json() {}

    /**
     * The request's body, one JSON object.
     *
     * @throws BadCall if it is anything else, or too long
     */
    public static Map<String, Object> object(HttpServletRequest request) throws IOException {
        byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            throw BadCall.invalid("The body is longer than " + MAX_BYTES + " bytes");
        }
        Map<String, Object> object;
        if (body.length == 0) {
            throw BadCall.invalid("The body is empty");
        }
        try {
            object = Wire.readObject(new String(body, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw BadCall.invalid("The body is not a JSON object");
        }
        if (object == null) {
            throw BadCall.invalid("The body is not a JSON object");
        }
        return object;
    }

    /** A member that must be a text if it is there; null stands for absent. */
    static @Nullable String text(Map<String, Object> object, String member, int longest) {
        Object value = object.get(member);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text) || text.length() > longest) {
            throw BadCall.invalid(member + " must be a string of at most " + longest + " characters");
        }
        return text;
    }

    static String needed(Map<String, Object> object, String member) {
        String text = text(object, member, 200);
        if (text == null || text.isEmpty()) {
            throw BadCall.invalid(member + " is missing");
        }
        return text;
    }

    /** A member that must be an array of texts if it is there; null stands for absent. */
    public static @Nullable List<String> texts(Map<String, Object> object, String member, int most, int longest) {
        Object value = object.get(member);
        if (value == null) {
            return null;
        }
        if (!(value instanceof List<?> list)
                || list.size() > most
                || !list.stream().allMatch(item -> item instanceof String text && text.length() <= longest)) {
            throw BadCall.invalid(member + " must be an array of at most " + most + " strings");
        }
        return list.stream().map(String.class::cast).toList();
    }

    /** T-14: nothing of it is to be kept by anybody on the way. */
    public static ResponseEntity<String> answer(HttpStatus status, Object body) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(Wire.write(body));
    }

    static ResponseEntity<String> empty(HttpStatus status) {
        return ResponseEntity.status(status)
                .cacheControl(CacheControl.noStore())
                .build();
    }
}
