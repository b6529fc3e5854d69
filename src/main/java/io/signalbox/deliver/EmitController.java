package io.signalbox.deliver;

import io.signalbox.deliver.Emissions.Emitted;
import io.signalbox.deliver.Emissions.Wish;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.transmit.OnlyAsTransmitter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Operators have receivers told something. */
@RestController
@OnlyAsTransmitter
class EmitController {

    private static final Set<String> MEMBERS = Set.of("type", "subject", "claims", "stream", "txn", "id", "sample");

    private final Emissions emissions;

    EmitController(Emissions emissions) {
        this.emissions = emissions;
    }

    @PostMapping("/api/emit")
    ResponseEntity<Map<String, Object>> emit(@RequestBody(required = false) @Nullable String text) {
        Map<String, Object> body = ApiProblems.object(text, MEMBERS);
        String type = ApiProblems.text(body, "type");
        if (type == null) {
            throw ApiProblems.bad("type", "must name an event type such as caep:session-revoked");
        }
        Emitted emitted = emissions.emit(new Wish(
                type,
                subject(body.get("subject")),
                claims(body.get("claims")),
                ApiProblems.text(body, "stream"),
                ApiProblems.text(body, "txn"),
                ApiProblems.text(body, "id"),
                Boolean.TRUE.equals(body.get("sample"))));
        if (emitted instanceof Emitted.Bad bad) {
            throw ApiProblems.bad(bad.member(), bad.why());
        }
        if (!(emitted instanceof Emitted.Written written)) {
            throw ApiProblems.problem(HttpStatus.NOT_FOUND, "There is no such stream");
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(
                "emitted",
                written.sets().stream()
                        .map(set -> Map.of("stream", set.streamId(), "jti", set.jti()))
                        .toList());
        if (written.why() != null) {
            answer.put("why", written.why());
        }
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(answer);
    }

    @SuppressWarnings("unchecked")
    private static SubjectIdentifier subject(@Nullable Object value) {
        if (value instanceof String text && text.indexOf('@') > 0) {
            return new SubjectIdentifier("email", Map.of("email", text));
        }
        if (value instanceof Map<?, ?> json) {
            return SubjectIdentifier.of((Map<String, Object>) json)
                    .orElseThrow(() -> ApiProblems.bad("subject", "is no subject identifier"));
        }
        throw ApiProblems.bad("subject", "must be an e-mail address or a subject identifier");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> claims(@Nullable Object value) {
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?>)) {
            throw ApiProblems.bad("claims", "must be a JSON object");
        }
        return (Map<String, Object>) value;
    }
}
