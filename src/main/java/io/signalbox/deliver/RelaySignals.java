package io.signalbox.deliver;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventCatalog.Reading;
import io.signalbox.event.EventType;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.ActionState;
import io.signalbox.store.OutboundSet;
import io.signalbox.store.Relay;
import io.signalbox.transmit.Outgoing;
import io.signalbox.transmit.Outgoing.Told;
import io.signalbox.transmit.Transmitter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tells receivers what policy relays: the event of the signal as a statement of ours, since nobody can sign for another
 * (T-93).
 */
final class RelaySignals implements Relay {

    /** The CAEP interoperability profile wants a reason in these (I-40). */
    private static final Set<String> REASONED =
            Set.of("caep/session-revoked", "caep/credential-change", "caep/device-compliance-change");

    /** What it is to receivers that a target did something for us, and that it took it back. */
    private static final Map<String, String> DONE = Map.of(
            "session.revoke", "caep/session-revoked",
            "account.disable", "risc/account-disabled",
            "account.enable", "risc/account-enabled");

    private static final Map<String, String> UNDONE = Map.of("account.disable", "risc/account-enabled");

    private final Transmitter transmitter;
    private final Outgoing outgoing;
    private final boolean tellsActions;

    RelaySignals(Transmitter transmitter, Outgoing outgoing) {
        this.transmitter = transmitter;
        this.outgoing = outgoing;
        this.tellsActions = transmitter.tellsActions();
    }

    @Override
    public List<OutboundSet> of(
            Signal signal, Decision decision, Function<String, Map<String, List<Posture.Known>>> posture) {
        // Two gateways that relay to one another must not do so for ever.
        if (transmitter.isOurs(signal.set().iss())) {
            return List.of();
        }
        List<Action> asked = decision.actions().stream()
                .filter(action -> action.kind().equals(KIND) && !action.shadow())
                .toList();
        Set<String> relayed = asked.stream().map(Action::eventUri).collect(Collectors.toSet());
        // What rules ask for about an event and about what it means is asked once: it goes out in both words, to
        // whoever
        // takes them.
        Set<String> meant = asked.stream().map(Action::event).collect(Collectors.toSet());
        List<OutboundSet> sets = new ArrayList<>();
        for (SecurityEvent event : signal.events()) {
            SubjectIdentifier subject = event.subject();
            boolean goesOn = relayed.contains(event.payload().uri())
                    || event.derivedFrom() != null && meant.contains(event.derivedFrom());
            if (subject != null && goesOn && !Consent.isRefused(event, posture)) {
                sets.addAll(outgoing.of(new Told(
                        event.payload().uri(),
                        reasoned(event),
                        subject,
                        event.txn() == null ? signal.id() : event.txn(),
                        event.issuer(),
                        signal.id(),
                        signal.id(),
                        decision.decidedAt())));
            }
        }
        return sets;
    }

    @Override
    public boolean tellsOf(ActionState state) {
        return tellsActions && (state == ActionState.DONE || state == ActionState.UNDONE);
    }

    /**
     * Told under the name that the same event of the same signal would have if it was relayed: a receiver that has that is
     * not told twice, and neither is one for whom several targets did the same.
     */
    @Override
    public List<OutboundSet> of(
            Action action,
            Signal cause,
            ActionState state,
            Instant at,
            Function<String, Map<String, List<Posture.Known>>> posture) {
        SubjectIdentifier subject = action.subject();
        String alias = (state == ActionState.DONE ? DONE : UNDONE).get(action.kind());
        if (subject == null || alias == null) {
            return List.of();
        }
        EventType type = EventCatalog.types().stream()
                .filter(each -> each.alias().equals(alias))
                .findFirst()
                .orElseThrow();
        Map<String, Object> claims = new LinkedHashMap<>();
        for (EventType.Claim claim : type.claims()) {
            switch (claim.name()) {
                case "event_timestamp" -> claims.put("event_timestamp", at.getEpochSecond());
                case "initiating_entity" -> claims.put("initiating_entity", "policy");
                // Which rule, and which of our systems did it, is nobody's business there (T-123).
                case "reason_admin" -> claims.put("reason_admin", Map.of("en", "A security policy had it done"));
                default -> {}
            }
        }
        String txn = cause.set().txn() == null ? cause.id() : cause.set().txn();
        if (EventCatalog.read(type.uri(), claims) instanceof Reading.Read read
                && Consent.isRefused(
                        new SecurityEvent(cause.id(), transmitter.issuer(), txn, subject, read.payload(), at, at),
                        posture)) {
            return List.of();
        }
        return outgoing.ofAction(new Told(type.uri(), claims, subject, txn, null, cause.id(), cause.id(), at));
    }

    private static Map<String, Object> reasoned(SecurityEvent event) {
        Map<String, Object> payload = new LinkedHashMap<>(event.payload().toJson());
        if (REASONED.contains(event.payload().alias())
                && EventCatalog.type(event.payload().uri()).isPresent()) {
            payload.putIfAbsent("reason_admin", Map.of("en", "Told by another transmitter, which gave no reason"));
        }
        return payload;
    }
}
