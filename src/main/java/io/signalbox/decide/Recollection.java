package io.signalbox.decide;

import io.signalbox.event.History;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.store.Ledger;
import java.time.Duration;
import java.util.List;

/** Where a subject's recent events are looked up: the ledger, or what a case gives. */
@FunctionalInterface
interface Recollection {

    /** Nothing was heard before. */
    Recollection NOTHING = (event, window) -> new History(List.of(), event.receivedAt());

    /**
     * What was heard of the event's subject in this time before it.
     *
     * @throws io.signalbox.store.LedgerUnavailableException if it cannot be looked up now
     */
    History of(SecurityEvent event, Duration window);

    /** By the ledger's word. What its issuer was not entitled to say is not remembered: anybody could make up a history. */
    static Recollection by(Ledger ledger) {
        return (event, window) -> event.subject() == null
                ? NOTHING.of(event, window)
                : new History(
                        ledger
                                .recent(
                                        event.subject().key(),
                                        event.receivedAt().minus(window),
                                        event.receivedAt(),
                                        event.signalId())
                                .stream()
                                .filter(signal -> signal.set().standing().counts())
                                .map(Signal::events)
                                .flatMap(List::stream)
                                .toList(),
                        event.receivedAt());
    }
}
