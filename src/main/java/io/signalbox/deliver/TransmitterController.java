package io.signalbox.deliver;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.store.ClientTokens;
import io.signalbox.store.CursorException;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Status;
import io.signalbox.store.Outbox;
import io.signalbox.store.Outbox.Backlog;
import io.signalbox.store.Page;
import io.signalbox.store.QueuedSet;
import io.signalbox.store.StreamBook;
import io.signalbox.transmit.OnlyAsTransmitter;
import io.signalbox.transmit.Outgoing;
import io.signalbox.transmit.Transmitter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Operators see how streams stand, and put right what went wrong. */
@RestController
@RequestMapping("/api/transmitter")
@OnlyAsTransmitter
class TransmitterController {

    private static final Set<String> STATES = Set.of("waiting", "delivered", "parked", "dropped");
    private static final int MOST_ROWS = 500;

    private final StreamBook book;
    private final Outbox outbox;
    private final Outgoing outgoing;
    private final Pauses pauses;
    private final TenantKeys keys;
    private final ClientTokens tokens;
    private final Transmitter transmitter;
    private final Clock clock;

    TransmitterController(
            StreamBook book,
            Outbox outbox,
            Outgoing outgoing,
            Pauses pauses,
            TenantKeys keys,
            ClientTokens tokens,
            Transmitter transmitter,
            Clock clock) {
        this.book = book;
        this.outbox = outbox;
        this.outgoing = outgoing;
        this.pauses = pauses;
        this.keys = keys;
        this.tokens = tokens;
        this.transmitter = transmitter;
        this.clock = clock;
    }

    @GetMapping("/streams")
    Items<StreamView> streams() {
        Map<String, Backlog> backlog = outbox.backlog();
        return new Items<>(
                // Not the copy that is kept in memory: it does not show how deliveries go.
                transmitter.clients().stream()
                        .flatMap(client -> book.of(client.id()).stream())
                        .map(stream -> StreamView.of(stream, backlog.get(stream.id())))
                        .toList(),
                null);
    }

    @GetMapping("/streams/{id}")
    StreamView stream(@PathVariable String id) {
        return StreamView.of(find(id), outbox.backlog().get(id));
    }

    @GetMapping("/streams/{id}/sets")
    Items<SetView> sets(
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(defaultValue = "50") int limit) {
        if (state != null && !STATES.contains(state)) {
            throw ApiProblems.bad("state", "must be one of waiting, delivered, parked, dropped");
        }
        if (limit < 1 || limit > MOST_ROWS) {
            throw ApiProblems.bad("limit", "must be a number from 1 to " + MOST_ROWS);
        }
        try {
            Page<QueuedSet> page = outbox.sets(find(id).id(), state, after, limit);
            return new Items<>(page.items().stream().map(SetView::of).toList(), page.next());
        } catch (CursorException e) {
            throw ApiProblems.bad("after", "did not end a page of this list");
        }
    }

    /** The receiver is told, since it did not ask for it (T-44). */
    @PostMapping("/streams/{id}/status")
    StreamView status(@PathVariable String id, @RequestBody(required = false) @Nullable String text) {
        Map<String, Object> body = ApiProblems.object(text, Set.of("status", "reason"));
        String word = ApiProblems.text(body, "status");
        Status status = Arrays.stream(Status.values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> ApiProblems.bad("status", "must be enabled, paused or disabled"));
        String reason = Optional.ofNullable(ApiProblems.text(body, "reason")).orElse("An operator decided so");
        OutboundStream turned = pauses.turn(find(id), status, reason).orElseThrow(TransmitterController::noStream);
        return StreamView.of(turned, outbox.backlog().get(id));
    }

    @PostMapping("/streams/{id}/replay")
    Map<String, Object> replay(@PathVariable String id, @RequestBody(required = false) @Nullable String text) {
        Map<String, Object> body = ApiProblems.object(text, Set.of("from", "jti"));
        Instant from = ApiProblems.time(body, "from");
        String jti = ApiProblems.text(body, "jti");
        if ((from == null) == (jti == null)) {
            throw ApiProblems.bad("from", "or jti must be given, and not both");
        }
        return Map.of("replayed", outbox.replay(find(id).id(), from, jti));
    }

    /** A verification that nobody asked for: it has no state (T-71). */
    @PostMapping("/streams/{id}/verify")
    Map<String, Object> verify(@PathVariable String id) {
        Instant now = clock.instant();
        Optional<Duration> wait = book.verify(outgoing.verification(find(id), null, now), Duration.ZERO, now);
        return Map.of("sent", wait.isEmpty());
    }

    @PostMapping("/keys/rotate")
    Map<String, Object> rotate(@RequestBody(required = false) @Nullable String text) {
        Map<String, Object> body = ApiProblems.object(text, Set.of("at_once", "tenant"));
        boolean atOnce = Boolean.TRUE.equals(body.get("at_once"));
        String tenant = ApiProblems.text(body, "tenant");
        if (tenant == null) {
            return Map.of("keys", keys.rotate(atOnce));
        }
        return Map.of(
                "keys",
                keys.of(tenant)
                        .orElseThrow(() -> ApiProblems.bad("tenant", "names none of signalbox.transmitter.tenants"))
                        .rotate(atOnce));
    }

    /** All that a client was given out by our token endpoint counts no more. */
    @DeleteMapping("/clients/{id}/tokens")
    Map<String, Object> revoke(@PathVariable String id) {
        if (transmitter.client(id).isEmpty()) {
            throw ApiProblems.problem(HttpStatus.NOT_FOUND, "There is no such client");
        }
        return Map.of("revoked", tokens.revoke(id));
    }

    private OutboundStream find(String id) {
        return book.find(id).orElseThrow(TransmitterController::noStream);
    }

    private static RuntimeException noStream() {
        return ApiProblems.problem(HttpStatus.NOT_FOUND, "There is no such stream");
    }

    /** Part of a list. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Items<T>(List<T> items, @Nullable String next) {}

    /**
     * A stream and how its deliveries go.
     *
     * @param waiting SETs that wait
     * @param oldestWaiting when the oldest of them was made
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record StreamView(
            String id,
            String client,
            String method,
            @Nullable String endpoint,
            String status,
            @Nullable String reason,
            @Nullable String description,
            Instant createdAt,
            Instant updatedAt,
            Instant activeAt,
            long waiting,
            @Nullable Instant oldestWaiting,
            @Nullable Instant restUntil,
            int failures,
            int refusals,
            @Nullable String lastCause) {

        static StreamView of(OutboundStream stream, @Nullable Backlog backlog) {
            return new StreamView(
                    stream.id(),
                    stream.client(),
                    stream.method().word(),
                    stream.endpoint(),
                    stream.status().word(),
                    stream.reason(),
                    stream.description(),
                    stream.createdAt(),
                    stream.updatedAt(),
                    stream.activeAt(),
                    backlog == null ? 0 : backlog.waiting(),
                    backlog == null ? null : backlog.oldest(),
                    stream.pace().restUntil(),
                    stream.pace().failures(),
                    stream.pace().refusals(),
                    stream.pace().lastCause());
        }
    }

    /** What became of a SET; what it says is nobody's business here. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SetView(
            String jti,
            String event,
            @Nullable String signal,
            @Nullable String txn,
            String state,
            int attempts,
            Instant createdAt,
            @Nullable Instant endedAt,
            @Nullable String code,
            @Nullable String cause) {

        static SetView of(QueuedSet queued) {
            return new SetView(
                    queued.set().jti(),
                    queued.set().event(),
                    queued.set().signalId(),
                    queued.set().txn(),
                    queued.state(),
                    queued.attempts(),
                    queued.set().createdAt(),
                    queued.endedAt(),
                    queued.code(),
                    queued.cause());
        }
    }
}
