package io.signalbox.store;

import io.signalbox.action.Decision;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Makes the SETs that a decision sends on to receivers; {@link Ledger#record} writes them with the decision. */
public interface Relay {

    /** The kind of action that sends a signal on. */
    String KIND = "signal.relay";

    /**
     * The SETs, one for each stream that gets one; empty if the decision sends nothing on. The same signal and the same
     * streams give the same SETs.
     *
     * @param posture subject key to what is known of that subject, by issuer
     */
    List<OutboundSet> of(Signal signal, Decision decision, Function<String, Map<String, List<Posture.Known>>> posture);
}
