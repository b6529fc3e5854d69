package io.signalbox.testing;

import io.signalbox.policy.PolicyActivation;
import io.signalbox.policy.PolicyVersion;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.Page;
import io.signalbox.store.PolicyBook;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A book that several nodes of one test share. */
public final class InMemoryPolicyBook implements PolicyBook {

    private final Map<String, PolicyVersion> versions = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> files = new LinkedHashMap<>();
    private final List<PolicyActivation> activations = new ArrayList<>();
    private boolean gone;

    /** As if the database did not answer, or did again. */
    public synchronized void gone(boolean isGone) {
        gone = isGone;
    }

    private void answer() {
        if (gone) {
            throw new LedgerUnavailableException("gone for this test", new IllegalStateException());
        }
    }

    @Override
    public synchronized boolean keep(PolicyVersion version, Map<String, String> contents) {
        answer();
        files.putIfAbsent(version.id(), Map.copyOf(contents));
        return versions.putIfAbsent(version.id(), version) == null;
    }

    @Override
    public synchronized Optional<PolicyVersion> version(String versionId) {
        answer();
        return Optional.ofNullable(versions.get(versionId));
    }

    @Override
    public synchronized Optional<Map<String, String>> files(String versionId) {
        answer();
        return Optional.ofNullable(files.get(versionId));
    }

    @Override
    public synchronized Page<PolicyVersion> versions(@Nullable String after, int limit) {
        return new Page<>(List.copyOf(versions.values()), null);
    }

    @Override
    public synchronized boolean activate(PolicyActivation activation) {
        answer();
        return activation.number() == activations.size() + 1
                && versions.containsKey(activation.versionId())
                && activations.add(activation);
    }

    @Override
    public synchronized Optional<PolicyActivation> active() {
        answer();
        return activations.isEmpty() ? Optional.empty() : Optional.of(activations.get(activations.size() - 1));
    }

    @Override
    public synchronized Optional<PolicyActivation> activation(long number) {
        answer();
        return activations.stream().filter(each -> each.number() == number).findFirst();
    }

    @Override
    public synchronized Page<PolicyActivation> activations(@Nullable String after, int limit) {
        return new Page<>(List.copyOf(activations), null);
    }
}
