package io.signalbox.action;

import org.jspecify.annotations.Nullable;

/**
 * Why an action was asked for; kept with it for good.
 *
 * @param rule the rule's name, a sentence
 * @param policyVersion digest of all policy files that were active
 * @param sentence why, in the rule's words with the values of the event in them; absent if the rule said none
 */
public record Because(
        String rule, String policyVersion, @Nullable String sentence) {}
