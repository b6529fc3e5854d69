/**
 * What is said about a policy as such, apart from any signal: what is wrong with it, what its cases gave, why a rule
 * fired or did not. {@link io.signalbox.policy.PolicyDesk} answers; commands and the API ask.
 */
@NullMarked
package io.signalbox.policy;

import org.jspecify.annotations.NullMarked;
