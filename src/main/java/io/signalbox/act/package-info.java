/**
 * In comes an {@link io.signalbox.action.Action} from its target's queue; out goes the call to the target, and into the
 * ledger what became of it. A connector is a folder under {@code routes/act/}; the slices here hold what three of them
 * cannot say in a route.
 */
@NullMarked
package io.signalbox.act;

import org.jspecify.annotations.NullMarked;
