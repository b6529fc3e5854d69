package io.signalbox.deliver;

import io.signalbox.transmit.Client;
import io.signalbox.transmit.Tenant;
import io.signalbox.transmit.Transmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** The signing keys of each issuer that we are; no key is shared by two of them. */
final class TenantKeys {

    private static final String DEFAULT = "RS256";

    private final Map<String, SigningKeys> keys = new LinkedHashMap<>();

    /** @param open opens the keys of one issuer, for these algorithms */
    TenantKeys(Transmitter transmitter, BiFunction<Tenant, Set<String>, SigningKeys> open) {
        for (Tenant tenant : transmitter.tenants()) {
            Set<String> algorithms = transmitter.clients().stream()
                    .filter(client -> client.tenant().equals(tenant))
                    .map(Client::algorithm)
                    .collect(Collectors.toSet());
            keys.put(tenant.name(), open.apply(tenant, algorithms.isEmpty() ? Set.of(DEFAULT) : algorithms));
        }
    }

    /** Of the issuer with this name, empty for {@code signalbox.issuer}; none if we are not that one. */
    Optional<SigningKeys> of(String tenant) {
        return Optional.ofNullable(keys.get(tenant));
    }

    /**
     * Rotates the keys of all issuers.
     *
     * @return names of the new keys
     */
    List<String> rotate(boolean atOnce) {
        List<String> made = new ArrayList<>();
        keys.values().forEach(each -> made.addAll(each.rotate(atOnce)));
        return made;
    }

    /** Whether the newest key of some algorithm of some issuer has been there for so long. */
    boolean isOlderThan(Duration age) {
        return keys.values().stream().anyMatch(each -> each.isOlderThan(age));
    }
}
