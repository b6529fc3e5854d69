package io.signalbox.policy;

import java.util.Map;
import java.util.Set;

/**
 * What is configured around a policy, as far as it is known where the policy is checked.
 *
 * @param targets name of a target to the kinds of action that its configuration lists; empty if no target is configured
 */
public record Surroundings(Map<String, Set<String>> targets) {

    /** Of a check far from any gateway. */
    public static final Surroundings UNKNOWN = new Surroundings(Map.of());
}
