/**
 * Joins the stages: loads the routes that lie in {@code routes/}, refuses to start without them, and says at the end
 * of the start what runs. Nothing of what flows is touched here.
 */
@NullMarked
package io.signalbox.flow;

import org.jspecify.annotations.NullMarked;
