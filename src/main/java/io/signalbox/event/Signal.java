package io.signalbox.event;

import io.signalbox.set.VerifiedSet;
import java.util.List;

/**
 * A verified SET together with the events in it: what the decide stage works on and the ledger keeps.
 *
 * @param set the token
 * @param events at least one, in the order of the token; behind each what it means in another dialect, if we say so
 */
public record Signal(VerifiedSet set, List<SecurityEvent> events) {

    public String id() {
        return set.id();
    }
}
