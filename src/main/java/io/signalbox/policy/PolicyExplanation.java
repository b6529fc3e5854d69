package io.signalbox.policy;

import java.util.List;

/**
 * What a policy makes of one event, and why.
 *
 * @param event alias of its type
 * @param version the policy
 * @param actions what was decided, each with the rule that asked
 * @param rules the rules that are about such an event: those that fired first, then those that nearly did
 */
public record PolicyExplanation(String event, String version, List<String> actions, List<RuleReading> rules) {}
