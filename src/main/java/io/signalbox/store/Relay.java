package io.signalbox.store;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Makes the SETs that a decision, or what came of it, sends to receivers; the {@link Ledger} writes them with that. */
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

    /** Whether anybody is told that an action came to this end. */
    default boolean tellsOf(ActionState state) {
        return false;
    }

    /**
     * The SETs that tell what a target did, or took back; {@link Ledger#settled} and {@link Ledger#attempted} write them with
     * that end. Empty if nobody is to be told.
     *
     * @param cause the signal that the action was decided for
     * @param state how the action ended
     */
    default List<OutboundSet> of(
            Action action,
            Signal cause,
            ActionState state,
            Instant at,
            Function<String, Map<String, List<Posture.Known>>> posture) {
        return List.of();
    }
}
