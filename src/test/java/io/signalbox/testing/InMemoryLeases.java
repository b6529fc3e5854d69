package io.signalbox.testing;

import io.signalbox.store.Lease;
import io.signalbox.store.Leases;
import io.signalbox.store.LedgerUnavailableException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Leases that several pollers of one test share; they can be made to fail. */
public final class InMemoryLeases implements Leases {

    private final Map<String, Lease> leases = new HashMap<>();
    private boolean away;

    /** Whether the ledger answers. */
    public synchronized void away(boolean now) {
        away = now;
    }

    @Override
    public synchronized Optional<Lease> claim(String name, String owner, Instant now, Instant until) {
        maybeFail();
        Lease before = leases.get(name);
        boolean mine = before != null && before.owner().equals(owner);
        if (before != null && !mine && before.expiresAt().isAfter(now)) {
            return Optional.empty();
        }
        long fence = before == null ? 1 : before.fence() + (mine ? 0 : 1);
        Lease taken = new Lease(name, owner, fence, until);
        leases.put(name, taken);
        return Optional.of(taken);
    }

    @Override
    public synchronized Optional<Lease> renew(Lease lease, Instant until) {
        maybeFail();
        Lease before = leases.get(lease.name());
        if (before == null || !before.owner().equals(lease.owner()) || before.fence() != lease.fence()) {
            return Optional.empty();
        }
        Lease renewed = new Lease(lease.name(), lease.owner(), lease.fence(), until);
        leases.put(lease.name(), renewed);
        return Optional.of(renewed);
    }

    @Override
    public synchronized void release(Lease lease, Instant now) {
        renew(lease, now);
    }

    @Override
    public synchronized Optional<Lease> find(String name) {
        maybeFail();
        return Optional.ofNullable(leases.get(name));
    }

    private void maybeFail() {
        if (away) {
            throw new LedgerUnavailableException("made to fail", new IllegalStateException());
        }
    }
}
