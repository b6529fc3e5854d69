package io.signalbox.deliver;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.OutboundSet;
import io.signalbox.store.Relay;
import io.signalbox.transmit.Outgoing;
import io.signalbox.transmit.Outgoing.Told;
import io.signalbox.transmit.Transmitter;
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

    private final Transmitter transmitter;
    private final Outgoing outgoing;

    RelaySignals(Transmitter transmitter, Outgoing outgoing) {
        this.transmitter = transmitter;
        this.outgoing = outgoing;
    }

    @Override
    public List<OutboundSet> of(
            Signal signal, Decision decision, Function<String, Map<String, List<Posture.Known>>> posture) {
        // Two gateways that relay to one another must not do so for ever.
        if (signal.set().iss().equals(transmitter.issuer())) {
            return List.of();
        }
        Set<String> relayed = decision.actions().stream()
                .filter(action -> action.kind().equals(KIND) && !action.shadow())
                .map(Action::eventUri)
                .collect(Collectors.toSet());
        List<OutboundSet> sets = new ArrayList<>();
        for (SecurityEvent event : signal.events()) {
            SubjectIdentifier subject = event.subject();
            if (subject != null && relayed.contains(event.payload().uri()) && !Consent.isRefused(event, posture)) {
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

    private static Map<String, Object> reasoned(SecurityEvent event) {
        Map<String, Object> payload = new LinkedHashMap<>(event.payload().toJson());
        if (REASONED.contains(event.payload().alias())
                && EventCatalog.type(event.payload().uri()).isPresent()) {
            payload.putIfAbsent("reason_admin", Map.of("en", "Told by another transmitter, which gave no reason"));
        }
        return payload;
    }
}
