package io.signalbox.transmit;

import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Status;
import io.signalbox.store.StreamBook;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Receivers read and change how their streams stand.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.2">SSF 1.0, section
 *     8.1.2</a>
 */
@RestController
@RequestMapping(Transmitter.STATUS)
@OnlyAsTransmitter
class StatusController {

    private static final int LONGEST_REASON = 500;

    private final StreamBook book;
    private final OwnStreams own;
    private final Clock clock;

    StatusController(StreamBook book, OwnStreams own, Clock clock) {
        this.book = book;
        this.own = own;
        this.clock = clock;
    }

    @GetMapping
    ResponseEntity<String> read(
            @RequestAttribute(Transmitter.CLIENT) Client client,
            @RequestParam(name = "stream_id", required = false) @Nullable String id) {
        if (id == null || id.isEmpty()) {
            throw BadCall.invalid("stream_id is missing");
        }
        return Json.answer(HttpStatus.OK, form(own.find(client, id)));
    }

    @PostMapping
    ResponseEntity<String> change(@RequestAttribute(Transmitter.CLIENT) Client client, HttpServletRequest request)
            throws IOException {
        Map<String, Object> body = Json.object(request);
        String id = Json.needed(body, "stream_id");
        String word = Json.needed(body, "status");
        String reason = Json.text(body, "reason", LONGEST_REASON);
        Status status = Arrays.stream(Status.values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> BadCall.invalid("status must be enabled, paused or disabled"));
        OutboundStream stream = own.find(client, id);
        // T-44: it asked for the change itself, so nothing is announced.
        return Json.answer(
                HttpStatus.OK,
                form(book.turn(stream.id(), status, reason, clock.instant(), null)
                        .orElseThrow(BadCall::noStream)));
    }

    private static Map<String, Object> form(OutboundStream stream) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("stream_id", stream.id());
        form.put("status", stream.status().word());
        if (stream.reason() != null) {
            form.put("reason", stream.reason());
        }
        return form;
    }
}
