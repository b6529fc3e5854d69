package io.signalbox.transmit;

import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Status;
import io.signalbox.store.StreamBook;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

/**
 * Receivers ask whether their streams work.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.4">SSF 1.0, section
 *     8.1.4</a>
 */
@RestController
@OnlyAsTransmitter
class VerificationController {

    private static final int LONGEST_STATE = 1_000;

    private final Transmitter transmitter;
    private final StreamBook book;
    private final OwnStreams own;
    private final Outgoing outgoing;
    private final Clock clock;

    VerificationController(Transmitter transmitter, StreamBook book, OwnStreams own, Outgoing outgoing, Clock clock) {
        this.transmitter = transmitter;
        this.book = book;
        this.own = own;
        this.outgoing = outgoing;
        this.clock = clock;
    }

    @PostMapping(Transmitter.VERIFY)
    ResponseEntity<String> verify(@RequestAttribute(Transmitter.CLIENT) Client client, HttpServletRequest request)
            throws IOException {
        Map<String, Object> body = Json.object(request);
        String id = Json.needed(body, "stream_id");
        String state = Json.text(body, "state", LONGEST_STATE);
        OutboundStream stream = own.find(client, id);
        if (stream.status() == Status.DISABLED) {
            // T-45.
            throw BadCall.invalid("The stream is disabled, so nothing is sent on it");
        }
        Instant now = clock.instant();
        Optional<Duration> wait =
                book.verify(outgoing.verification(stream, state, now), transmitter.minVerificationInterval(), now);
        if (wait.isPresent()) {
            // T-75.
            throw BadCall.tooOften(
                    "The stream was verified less than min_verification_interval ago",
                    wait.get().plusMillis(999).toSeconds());
        }
        return Json.empty(HttpStatus.NO_CONTENT);
    }
}
