package io.signalbox.testing;

import io.signalbox.policy.ShadowRun;
import io.signalbox.policy.SimulationState;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.TrialBook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A book for tests of what is written into it. */
public final class InMemoryTrialBook implements TrialBook {

    private final Map<String, SimulationState> simulations = new ConcurrentHashMap<>();
    private final List<WouldHave> decisions = new ArrayList<>();
    private @Nullable ShadowRun shadow;
    private boolean gone;

    /** As if the database did not answer, or did again. */
    public synchronized void gone(boolean isGone) {
        gone = isGone;
    }

    @Override
    public boolean begin(SimulationState simulation, Instant silentSince) {
        boolean runs = simulations.values().stream()
                .anyMatch(each -> each.stage() == SimulationState.Stage.RUNNING
                        && each.updatedAt().isAfter(silentSince));
        return !runs && simulations.put(simulation.id(), simulation) == null;
    }

    @Override
    public boolean update(SimulationState simulation) {
        return simulations.computeIfPresent(
                        simulation.id(), (id, was) -> was.stage() == SimulationState.Stage.RUNNING ? simulation : was)
                == simulation;
    }

    @Override
    public Optional<SimulationState> simulation(String id) {
        return Optional.ofNullable(simulations.get(id));
    }

    @Override
    public synchronized Optional<ShadowRun> shadow() {
        return Optional.ofNullable(shadow);
    }

    @Override
    public synchronized void shadow(ShadowRun run) {
        decisions.clear();
        shadow = run;
    }

    @Override
    public synchronized boolean endShadow() {
        boolean was = shadow != null;
        shadow = null;
        return was;
    }

    @Override
    public synchronized void wouldHave(String versionId, List<WouldHave> more) {
        if (gone) {
            throw new LedgerUnavailableException("gone for this test", new IllegalStateException());
        }
        decisions.addAll(more);
    }

    @Override
    public synchronized List<WouldHave> wouldHave(int limit) {
        return List.copyOf(decisions);
    }

    @Override
    public synchronized int forgetWouldHave(Instant before, int kept, int limit) {
        return 0;
    }
}
