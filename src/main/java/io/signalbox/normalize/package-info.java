/**
 * Many dialects, one model. A {@link io.signalbox.set.VerifiedSet} comes in; a {@link io.signalbox.event.Signal} goes
 * out, its events in the shape that rules see.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-4.2.1">SSF 1.0, section
 *     4.2.1</a>
 */
@NullMarked
package io.signalbox.normalize;

import org.jspecify.annotations.NullMarked;
