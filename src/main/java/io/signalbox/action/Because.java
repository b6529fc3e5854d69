package io.signalbox.action;

/**
 * Why an action was asked for; kept with it for good.
 *
 * @param rule the rule's name, a sentence
 * @param policyVersion digest of all policy files that were active
 */
public record Because(String rule, String policyVersion) {}
