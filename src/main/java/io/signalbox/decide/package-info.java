/**
 * What is to be done about it. A {@link io.signalbox.event.Signal} comes in; a {@link io.signalbox.action.Decision} goes
 * out: the actions that the rules in {@code rules/} asked for, each with its rule and the version of the policy.
 *
 * <p>Editing policy is no way to run code: what a rule may say is checked before anything is compiled.
 */
@NullMarked
package io.signalbox.decide;

import org.jspecify.annotations.NullMarked;
