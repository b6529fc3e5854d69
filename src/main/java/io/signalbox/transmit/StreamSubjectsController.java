package io.signalbox.transmit;

import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundSubject;
import io.signalbox.store.StreamBook;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

/**
 * Receivers say whom they want to hear of. The answer is the same whether we know the subject or not, and may tell of it
 * or not: it must not say who has an account here (T-63).
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.3">SSF 1.0, section
 *     8.1.3</a>
 */
@RestController
@OnlyAsTransmitter
class StreamSubjectsController {

    private final StreamBook book;
    private final OwnStreams own;
    private final Clock clock;

    StreamSubjectsController(StreamBook book, OwnStreams own, Clock clock) {
        this.book = book;
        this.own = own;
        this.clock = clock;
    }

    @PostMapping(Transmitter.ADD_SUBJECT)
    ResponseEntity<String> add(@RequestAttribute(Transmitter.CLIENT) Client client, HttpServletRequest request)
            throws IOException {
        Map<String, Object> body = Json.object(request);
        String id = Json.needed(body, "stream_id");
        SubjectIdentifier subject = subject(body);
        Object verified = body.get("verified");
        if (verified != null && !(verified instanceof Boolean)) {
            throw BadCall.invalid("verified must be true or false");
        }
        OutboundStream stream = own.find(client, id);
        book.put(new OutboundSubject(stream.id(), subject, true, clock.instant()));
        // T-64: the text has 204 in another place.
        return Json.empty(HttpStatus.OK);
    }

    @PostMapping(Transmitter.REMOVE_SUBJECT)
    ResponseEntity<String> remove(@RequestAttribute(Transmitter.CLIENT) Client client, HttpServletRequest request)
            throws IOException {
        Map<String, Object> body = Json.object(request);
        String id = Json.needed(body, "stream_id");
        SubjectIdentifier subject = subject(body);
        OutboundStream stream = own.find(client, id);
        Instant now = clock.instant();
        // T-65: what was never in does not come in by being taken away.
        boolean isIn = client.allByDefault()
                || book.subjects(List.of(subject.fingerprint())).stream()
                        .anyMatch(each -> each.streamId().equals(id)
                                && each.added()
                                && each.subject().sameAs(subject));
        book.put(new OutboundSubject(stream.id(), subject, false, isIn ? now.plus(client.removalGrace()) : now));
        return Json.empty(HttpStatus.NO_CONTENT);
    }

    @SuppressWarnings("unchecked")
    private static SubjectIdentifier subject(Map<String, Object> body) {
        if (!(body.get("subject") instanceof Map<?, ?> json)) {
            throw BadCall.invalid("subject is missing or no object");
        }
        SubjectIdentifier subject = SubjectIdentifier.of((Map<String, Object>) json)
                .orElseThrow(() -> BadCall.invalid("subject is no subject identifier"));
        subject.flaw().ifPresent(flaw -> {
            throw BadCall.invalid("subject: " + flaw);
        });
        return subject;
    }
}
