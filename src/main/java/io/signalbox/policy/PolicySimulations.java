package io.signalbox.policy;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Simulations over this ledger, in the background and one at a time. */
public interface PolicySimulations {

    /**
     * What is asked for.
     *
     * @param files a draft, path to text; absent if a version is named
     * @param versionId one that is kept; absent if files are given
     * @param days how far it goes back
     * @param againstActive whether it is compared with what the active policy would decide, rather than with what was
     *     decided at the time
     */
    record Request(
            @Nullable Map<String, String> files, @Nullable String versionId, int days, boolean againstActive) {}

    SimulationState.Asked begin(Request request, String by);

    Optional<SimulationState> simulation(String id);
}
