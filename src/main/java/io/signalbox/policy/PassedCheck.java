package io.signalbox.policy;

import java.util.List;

/**
 * What the check of a policy found that passed it.
 *
 * @param rules rules, each row of a decision table counted as one
 * @param files files that hold rules
 * @param cases cases that were decided as they say
 * @param remarks what is allowed and may still not be meant
 */
public record PassedCheck(int rules, int files, int cases, List<String> remarks) {}
