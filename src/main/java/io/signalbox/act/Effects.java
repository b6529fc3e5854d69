package io.signalbox.act;

import io.signalbox.Step;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Looks, after an action was done, whether it took effect. Some targets take a change and enforce it later, or never; a
 * connector that can tell has a second route for it, {@code direct:act.<name>.verify}.
 */
@Step("effects")
public class Effects {

    private final ConfiguredTargets targets;

    Effects(ConfiguredTargets targets) {
        this.targets = targets;
    }

    /**
     * Which route looks.
     *
     * @param result what the connector's route ended with
     * @return absent if nobody looks: it was not done, or the connector cannot tell, or the target is told not to
     */
    public @Nullable String verifier(Action action, String target, @Nullable Object result) {
        return result instanceof Outcome.Done && targets.verifies(target, action.kind())
                ? "act." + targets.kind(target) + ".verify"
                : null;
    }

    /**
     * What both together come to.
     *
     * @param done what the connector's route ended with
     * @param seen what the looking ended with: done if it is in effect, no answer if it is not or could not be seen
     * @return done, with the proof in words; no answer if it is to be done and looked at again. A target that does not let us
     *     look (it refuses, or knows nobody) changes nothing about what was done: it stays done, and says so
     */
    public Outcome verified(Outcome done, @Nullable Object seen) {
        if (seen instanceof Outcome.NoAnswer notYet) {
            return new Outcome.NoAnswer(
                    done.detail() + ", and not seen in effect: " + notYet.detail(), notYet.retryAfter());
        }
        if (seen instanceof Outcome.Done || seen instanceof Outcome.AlreadyDone) {
            return new Outcome.Done(done.detail() + ", and seen in effect");
        }
        return new Outcome.Done(done.detail() + ", and not verified: "
                + (seen instanceof Outcome outcome ? outcome.detail() : "the connector ended without an outcome"));
    }
}
