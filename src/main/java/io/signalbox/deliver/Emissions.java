package io.signalbox.deliver;

import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventCatalog.Reading;
import io.signalbox.event.EventPayload;
import io.signalbox.event.EventType;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.Ledger;
import io.signalbox.store.OutboundSet;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.Outbox;
import io.signalbox.store.StreamBook;
import io.signalbox.transmit.Outgoing;
import io.signalbox.transmit.Outgoing.Told;
import io.signalbox.transmit.Transmitter;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells receivers what somebody here says: an operator, on behalf of a system that cannot. */
final class Emissions {

    private static final Set<String> NEVER = Set.of("ssf", "sse", "logout");

    private final Transmitter transmitter;
    private final Outgoing outgoing;
    private final StreamBook book;
    private final Outbox outbox;
    private final Ledger ledger;
    private final Clock clock;

    Emissions(Transmitter transmitter, Outgoing outgoing, StreamBook book, Outbox outbox, Ledger ledger, Clock clock) {
        this.transmitter = transmitter;
        this.outgoing = outgoing;
        this.book = book;
        this.outbox = outbox;
        this.ledger = ledger;
        this.clock = clock;
    }

    /**
     * What is to be told.
     *
     * @param type alias such as {@code caep:session-revoked}, or URI
     * @param subject whom it is about
     * @param claims the event's claims; its time and a reason for administrators are added where the type has them
     * @param streamId the only stream that is told; absent for all
     * @param txn joins what has one cause; absent for none but this
     * @param id told twice under one id, it is told once; absent if it is always new
     * @param sampled whether claims that the type demands and that are missing are made up, for tests
     */
    record Wish(
            String type,
            SubjectIdentifier subject,
            Map<String, Object> claims,
            @Nullable String streamId,
            @Nullable String txn,
            @Nullable String id,
            boolean sampled) {

        /** Subjects belong in no log. */
        @Override
        public String toString() {
            return "Wish[" + type + "]";
        }
    }

    /** What came of a wish. */
    sealed interface Emitted {

        /**
         * Written for these streams.
         *
         * @param why why it is nobody; absent if it is somebody
         */
        record Written(List<OutboundSet> sets, @Nullable String why) implements Emitted {}

        /** It is not in order: a member, and what is wrong with it. */
        record Bad(String member, String why) implements Emitted {}

        /** There is no such stream. */
        record NoStream() implements Emitted {}
    }

    Emitted emit(Wish wish) {
        Optional<EventType> type = named(wish.type());
        if (type.isEmpty()) {
            return new Emitted.Bad("type", "names no event type that can be told");
        }
        Optional<String> flaw = wish.subject().flaw();
        if (flaw.isPresent()) {
            return new Emitted.Bad("subject", flaw.get());
        }
        Instant now = clock.instant();
        Map<String, Object> claims = filled(type.get(), wish, now);
        Reading reading = EventCatalog.read(type.get().uri(), claims);
        if (reading instanceof Reading.Malformed malformed) {
            return new Emitted.Bad("claims", malformed.claim() + " " + malformed.why());
        }
        EventPayload payload = ((Reading.Read) reading).payload();
        List<OutboundStream> streams = book.all();
        if (wish.streamId() != null) {
            streams = streams.stream()
                    .filter(stream -> stream.id().equals(wish.streamId()))
                    .toList();
            if (streams.isEmpty()) {
                return new Emitted.NoStream();
            }
        }
        String cause = "emit-" + (wish.id() == null ? UUID.randomUUID().toString() : wish.id());
        String txn = wish.txn() == null ? cause : wish.txn();
        SecurityEvent event = new SecurityEvent(cause, transmitter.issuer(), txn, wish.subject(), payload, now, now);
        if (Consent.isRefused(event, ledger::posture)) {
            return new Emitted.Written(List.of(), "The subject has opted out of the exchange of such events");
        }
        List<OutboundSet> sets = outgoing.of(
                new Told(payload.uri(), payload.toJson(), wish.subject(), txn, null, null, cause, now), streams);
        List<OutboundSet> written = outbox.add(sets, wish.subject().key(), Posture.left(event));
        return new Emitted.Written(written, written.isEmpty() ? why(sets, streams, payload.uri()) : null);
    }

    private String why(List<OutboundSet> sets, List<OutboundStream> streams, String uri) {
        if (!sets.isEmpty()) {
            return "It was told before, or the stream stopped meanwhile";
        }
        return streams.stream().noneMatch(stream -> outgoing.delivers(stream, uri))
                ? "No stream delivers events of this type"
                : "No receiver that is told of this type may be told of this subject, or wants to be";
    }

    private static Optional<EventType> named(String text) {
        String alias = text.replaceFirst(":", "/");
        return EventCatalog.types().stream()
                .filter(type -> !NEVER.contains(type.family()))
                .filter(type -> type.uri().equals(text) || type.alias().equals(alias))
                .findFirst();
    }

    private static Map<String, Object> filled(EventType type, Wish wish, Instant now) {
        Map<String, Object> claims = new LinkedHashMap<>(wish.claims());
        for (EventType.Claim claim : type.claims()) {
            if (claims.containsKey(claim.name())) {
                continue;
            }
            if (claim.name().equals("event_timestamp")) {
                claims.put("event_timestamp", now.getEpochSecond());
            } else if (claim.name().equals("reason_admin")) {
                claims.put("reason_admin", Map.of("en", "Said by an operator"));
            } else if (claim.required() && wish.sampled()) {
                claims.put(claim.name(), type.sample().get(claim.name()));
            }
        }
        return claims;
    }
}
