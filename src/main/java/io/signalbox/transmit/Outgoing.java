package io.signalbox.transmit;

import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventType;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.SubjectPattern;
import io.signalbox.store.OutboundSet;
import io.signalbox.store.OutboundSet.Urgency;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Status;
import io.signalbox.store.OutboundSubject;
import io.signalbox.store.StreamBook;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the SETs that receivers are told something by: for each stream that may have it a SET of its own (T-91), with no
 * more in it than its client may know.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-4">SSF 1.0, section 4</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8417#section-6">RFC 8417, section 6</a>
 */
public final class Outgoing {

    private static final String SSF = "https://schemas.openid.net/secevent/ssf/event-type/";
    private static final String VERIFICATION = SSF + "verification";
    private static final String UPDATED = SSF + "stream-updated";

    /** Claims that say more of a person than a receiver needs; told only to clients that may have them (P-12). */
    private static final Set<String> PERSONAL =
            Set.of("friendly_name", "fp_ua", "ext_id", "ips", "ip-addresses", "reason_user", "data");

    private final Transmitter transmitter;
    private final StreamBook book;
    private final Seal seal;

    Outgoing(Transmitter transmitter, StreamBook book, Seal seal) {
        this.transmitter = transmitter;
        this.book = book;
        this.seal = seal;
    }

    /**
     * What there is to tell.
     *
     * @param event URI of the type, as specified
     * @param payload the event's claims
     * @param subject whom it is about
     * @param txn joins what has one cause; absent if nothing does
     * @param origin whose statement it was; absent if it is our own
     * @param signalId the signal that caused it; absent if none did
     * @param cause told twice by the same cause, it is one SET
     * @param at when we say so
     */
    public record Told(
            String event,
            Map<String, Object> payload,
            SubjectIdentifier subject,
            @Nullable String txn,
            @Nullable String origin,
            @Nullable String signalId,
            String cause,
            Instant at) {

        /** Subjects and payloads belong in no log. */
        @Override
        public String toString() {
            return "Told[" + cause + "]";
        }
    }

    /** One SET for each stream that is to be told, in the order of the streams. */
    public List<OutboundSet> of(Told told) {
        return of(told, book.all());
    }

    /** The same, for these streams alone; each must be entitled all the same. */
    public List<OutboundSet> of(Told told, List<OutboundStream> streams) {
        List<OutboundStream> taking = streams.stream()
                .filter(stream -> stream.status() != Status.DISABLED)
                .filter(stream -> transmitter.delivered(stream).contains(told.event()))
                .toList();
        if (taking.isEmpty()) {
            return List.of();
        }
        Map<String, List<OutboundSubject>> said = book.subjects(fingerprints(told.subject())).stream()
                .collect(Collectors.groupingBy(OutboundSubject::streamId));
        Map<Client, Optional<Shown>> shown = new LinkedHashMap<>();
        List<OutboundSet> sets = new ArrayList<>();
        for (OutboundStream stream : taking) {
            Client client = transmitter.client(stream.client()).orElseThrow();
            if (!isIn(told, client, said.getOrDefault(stream.id(), List.of()))) {
                continue;
            }
            shown.computeIfAbsent(client, each -> shownTo(each, told))
                    .ifPresent(form -> sets.add(set(stream, told, form)));
        }
        return sets;
    }

    /** The same for what a target did for us: told only to those who are to hear of that. */
    public List<OutboundSet> ofAction(Told told) {
        return of(
                told,
                book.all().stream()
                        .filter(stream -> transmitter
                                .client(stream.client())
                                .map(Client::tellActions)
                                .orElse(false))
                        .toList());
    }

    private record Shown(
            Map<String, Object> subject,
            Map<String, Object> payload,
            @Nullable String origin) {}

    /** What does not depend on the stream; empty if this client may not be told of the subject at all. */
    private Optional<Shown> shownTo(Client client, Told told) {
        List<SubjectPattern> ofTenant = client.tenant().subjects();
        if (!SubjectPattern.cover(client.subjects(), told.subject())
                || !ofTenant.isEmpty() && !SubjectPattern.cover(ofTenant, told.subject())) {
            return Optional.empty();
        }
        return client.subjectForm()
                .of(told.subject(), subject -> seal.pseudonym(client.id(), subject))
                .map(subject -> new Shown(
                        subject.toJson(), minimised(client, told), client.tellOrigin() ? told.origin() : null));
    }

    /** T-60 and T-65: whether the receiver is to hear of this subject. */
    private static boolean isIn(Told told, Client client, List<OutboundSubject> said) {
        boolean added = false;
        boolean removed = false;
        for (OutboundSubject each : said) {
            if (each.subject().matches(told.subject())) {
                boolean goesOn = each.added() || each.effectiveAt().isAfter(told.at());
                added |= goesOn;
                removed |= !goesOn;
            }
        }
        return client.allByDefault() ? !removed : added && !removed;
    }

    private static Set<String> fingerprints(SubjectIdentifier subject) {
        Set<String> fingerprints = new LinkedHashSet<>(List.of(subject.fingerprint()));
        subject.principals().values().forEach(each -> fingerprints.add(each.fingerprint()));
        return fingerprints;
    }

    private static Map<String, Object> minimised(Client client, Told told) {
        if (client.claims().contains("*")) {
            return told.payload();
        }
        Map<String, Boolean> defined = EventCatalog.type(told.event()).map(EventType::claims).orElse(List.of()).stream()
                .collect(Collectors.toMap(EventType.Claim::name, EventType.Claim::required, Boolean::logicalOr));
        Map<String, Object> kept = new LinkedHashMap<>();
        told.payload().forEach((name, value) -> {
            Boolean required = defined.get(name);
            if (client.claims().contains(name) || required != null && (required || !PERSONAL.contains(name))) {
                kept.put(name, value);
            }
        });
        return kept;
    }

    private OutboundSet set(OutboundStream stream, Told told, Shown shown) {
        String jti = jti(told.cause(), told.event(), stream.id());
        return set(
                stream,
                jti,
                told.signalId(),
                told.event(),
                told.txn(),
                Urgency.ORDINARY,
                shown.subject(),
                shown.payload(),
                shown.origin(),
                told.at());
    }

    /**
     * Answers the wish to see that the stream works (T-71, T-72).
     *
     * @param state what the receiver gave, unchanged; absent if it gave nothing, or did not ask
     */
    public OutboundSet verification(OutboundStream stream, @Nullable String state, Instant at) {
        return ofStream(
                stream, VERIFICATION, Urgency.VERIFICATION, state == null ? Map.of() : Map.of("state", state), at);
    }

    /** Tells that we changed how the stream stands (T-76). */
    public OutboundSet updated(OutboundStream stream, Status status, String reason, Instant at) {
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("status", status.word());
        payload.put("reason", reason);
        return ofStream(stream, UPDATED, Urgency.ANNOUNCEMENT, payload, at);
    }

    private OutboundSet ofStream(
            OutboundStream stream, String event, Urgency urgency, Map<String, Object> payload, Instant at) {
        String jti = "set-" + UUID.randomUUID().toString().replace("-", "");
        return set(
                stream,
                jti,
                null,
                event,
                // It is a cause of its own.
                jti,
                urgency,
                Map.of("format", "opaque", "id", stream.id()),
                payload,
                null,
                at);
    }

    private OutboundSet set(
            OutboundStream stream,
            String jti,
            @Nullable String signalId,
            String event,
            @Nullable String txn,
            Urgency urgency,
            Map<String, Object> subject,
            Map<String, Object> payload,
            @Nullable String origin,
            Instant at) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put(
                "iss",
                transmitter
                        .client(stream.client())
                        .map(client -> client.tenant().issuer())
                        .orElseGet(transmitter::issuer));
        claims.put("jti", jti);
        claims.put("iat", at.getEpochSecond());
        claims.put("aud", stream.aud().size() == 1 ? stream.aud().get(0) : stream.aud());
        if (txn != null) {
            claims.put("txn", txn);
        }
        if (origin != null) {
            claims.put("orig_iss", origin);
        }
        claims.put("sub_id", subject);
        claims.put("events", Map.of(event, payload));
        return new OutboundSet(stream.id(), jti, signalId, event, txn, urgency, Wire.write(claims), at);
    }

    /** The same cause gives the same name: what is decided again after a crash is no second SET (T-106). */
    private static String jti(String... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                sha256.update((part.length() + ":" + part).getBytes(StandardCharsets.UTF_8));
            }
            return "set-" + HexFormat.of().formatHex(sha256.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    /** Whether a stream could have events of this type at all: for those who name one. */
    public boolean delivers(OutboundStream stream, String event) {
        return transmitter.delivered(Objects.requireNonNull(stream)).contains(event);
    }
}
