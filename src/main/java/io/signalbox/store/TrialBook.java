package io.signalbox.store;

import io.signalbox.policy.DecisionDifference;
import io.signalbox.policy.ShadowRun;
import io.signalbox.policy.SimulationState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The book of policies on trial: simulations, and the one in shadow, for all nodes together. It proves nothing, so it is
 * no part of the chain, and what is old in it goes. A method that throws {@link LedgerUnavailableException} has written
 * nothing.
 */
public interface TrialBook {

    /**
     * @param silentSince a simulation that runs and was not heard of since is taken for dead
     * @return false if another one runs
     */
    boolean begin(SimulationState simulation, Instant silentSince);

    /**
     * Writes where it stands now.
     *
     * @return false if it was ended from elsewhere, because somebody was erased: nothing is written then
     */
    boolean update(SimulationState simulation);

    Optional<SimulationState> simulation(String id);

    Optional<ShadowRun> shadow();

    /** Puts a policy into shadow, in the place of the one before; what that one would have decided is forgotten. */
    void shadow(ShadowRun run);

    /** @return false if none was in shadow */
    boolean endShadow();

    /**
     * What the policy in shadow would have decided.
     *
     * @param signalId whose
     * @param rules that fired
     * @param kinds that it would have asked for
     * @param difference to what was decided; says so itself if there is none
     */
    record WouldHave(
            String signalId, Instant at, List<String> rules, List<String> kinds, DecisionDifference difference) {}

    /** Records what a policy would have decided, of each signal once. Of one that is in shadow no more nothing is kept. */
    void wouldHave(String versionId, List<WouldHave> decisions);

    /**
     * Of the policy in shadow, the last first.
     *
     * @param limit rows, 1 to 10,000
     */
    List<WouldHave> wouldHave(int limit);

    /**
     * Forgets a batch of what is older, of what is not among the last so many, and of what is of a policy that is in
     * shadow no more.
     *
     * @param kept how many of the last stay
     * @param limit of the batch
     * @return how many went
     */
    int forgetWouldHave(Instant before, int kept, int limit);
}
