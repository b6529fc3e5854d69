package io.signalbox.transmit;

import io.signalbox.http.AddressGuard;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Pace;
import io.signalbox.store.OutboundStream.Status;
import io.signalbox.store.StreamBook;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Receivers make, read, change and end their streams.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.1">SSF 1.0, section
 *     8.1.1</a>
 */
@RestController
@RequestMapping(Transmitter.STREAMS)
@OnlyAsTransmitter
class StreamsController {

    private static final int LONGEST_DESCRIPTION = 1_000;
    private static final int MOST_EVENTS = 200;
    private static final int LONGEST_URI = 500;
    private static final int ID_OCTETS = 16;

    private final StreamBook book;
    private final OwnStreams own;
    private final StreamForm form;
    private final Seal seal;
    private final AddressGuard guard;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    StreamsController(
            Transmitter transmitter, StreamBook book, OwnStreams own, Seal seal, AddressGuard guard, Clock clock) {
        this.book = book;
        this.own = own;
        this.form = new StreamForm(transmitter, seal);
        this.seal = seal;
        this.guard = guard;
        this.clock = clock;
    }

    @PostMapping
    ResponseEntity<String> create(@RequestAttribute(Transmitter.CLIENT) Client client, HttpServletRequest request)
            throws IOException {
        Map<String, Object> body = Json.object(request);
        for (String member : StreamForm.OURS) {
            // T-32.
            if (body.get(member) != null) {
                throw BadCall.invalid(member + " is the transmitter's to say");
            }
        }
        byte[] octets = new byte[ID_OCTETS];
        random.nextBytes(octets);
        String id = "st-" + HexFormat.of().formatHex(octets);
        DeliveryWish wish = DeliveryWish.read(body.get("delivery"), null, guard);
        Instant now = now();
        OutboundStream stream = new OutboundStream(
                id,
                client.id(),
                client.audience(),
                wish.method(),
                wish.endpoint(),
                sealed(wish, id),
                requested(body),
                description(body),
                Status.ENABLED,
                null,
                now,
                now,
                now,
                Pace.FRESH);
        if (!book.add(stream, client.streams())) {
            // T-31.
            throw BadCall.conflict(
                    client.streams() == 1
                            ? "This receiver has its stream already"
                            : "This receiver has as many streams as it may");
        }
        return Json.answer(HttpStatus.CREATED, form.of(stream, client));
    }

    @GetMapping
    ResponseEntity<String> read(
            @RequestAttribute(Transmitter.CLIENT) Client client,
            @RequestParam(name = "stream_id", required = false) @Nullable String id) {
        if (id != null) {
            return Json.answer(HttpStatus.OK, form.of(own.find(client, id), client));
        }
        return Json.answer(
                HttpStatus.OK,
                book.of(client.id()).stream()
                        .map(stream -> form.of(stream, client))
                        .toList());
    }

    /** T-33: what is there is changed, what is not there stays. */
    @PatchMapping
    ResponseEntity<String> update(@RequestAttribute(Transmitter.CLIENT) Client client, HttpServletRequest request)
            throws IOException {
        Map<String, Object> body = Json.object(request);
        String id = Json.needed(body, "stream_id");
        List<String> requested = requested(body);
        String description = description(body);
        OutboundStream before = own.find(client, id);
        form.compare(body, before, client);
        DeliveryWish wish = body.get("delivery") == null
                ? DeliveryWish.of(before, seal)
                : DeliveryWish.read(body.get("delivery"), own.pollPlace(before), guard);
        return configured(
                client,
                before,
                before.configured(
                        wish.method(),
                        wish.endpoint(),
                        sealed(wish, id),
                        requested == null ? before.eventsRequested() : requested,
                        description == null ? before.description() : description,
                        now()));
    }

    /** T-34: what is not there is taken away. */
    @PutMapping
    ResponseEntity<String> replace(@RequestAttribute(Transmitter.CLIENT) Client client, HttpServletRequest request)
            throws IOException {
        Map<String, Object> body = Json.object(request);
        String id = Json.needed(body, "stream_id");
        List<String> requested = requested(body);
        String description = description(body);
        OutboundStream before = own.find(client, id);
        form.compare(body, before, client);
        DeliveryWish wish = DeliveryWish.read(body.get("delivery"), own.pollPlace(before), guard);
        return configured(
                client,
                before,
                before.configured(wish.method(), wish.endpoint(), sealed(wish, id), requested, description, now()));
    }

    private ResponseEntity<String> configured(Client client, OutboundStream before, OutboundStream after) {
        if (!book.configure(before, after)) {
            throw BadCall.conflict("The stream was changed meanwhile");
        }
        return Json.answer(HttpStatus.OK, form.of(after, client));
    }

    @DeleteMapping
    ResponseEntity<String> delete(
            @RequestAttribute(Transmitter.CLIENT) Client client,
            @RequestParam(name = "stream_id", required = false) @Nullable String id) {
        if (id == null || id.isEmpty()) {
            throw BadCall.invalid("stream_id is missing");
        }
        boolean ignored = book.remove(own.find(client, id).id());
        return Json.empty(HttpStatus.NO_CONTENT);
    }

    private static @Nullable List<String> requested(Map<String, Object> body) {
        return Json.texts(body, "events_requested", MOST_EVENTS, LONGEST_URI);
    }

    private static @Nullable String description(Map<String, Object> body) {
        return Json.text(body, "description", LONGEST_DESCRIPTION);
    }

    private @Nullable String sealed(DeliveryWish wish, String id) {
        String header = wish.authorization();
        return header == null ? null : seal.sealed(header, id);
    }

    /** To the millisecond, as the ledger keeps it: what was read is compared with what was written. */
    private Instant now() {
        return Instant.ofEpochMilli(clock.instant().toEpochMilli());
    }
}
