/**
 * What to do. Rules ask for actions through {@link io.signalbox.action.Actions}; a
 * {@link io.signalbox.action.Decision} holds what they asked for and why; connectors answer with an
 * {@link io.signalbox.action.Outcome}.
 */
@NullMarked
package io.signalbox.action;

import org.jspecify.annotations.NullMarked;
