/**
 * Beside the flow: the streams that others transmit to us. What is wanted of a transmitter comes in (which events, by push
 * or by poll), calls to its management interface go out, and what came of each call is an {@link Answer}. Knows nothing of
 * what events mean.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8">SSF 1.0, section 8</a>
 */
@NullMarked
package io.signalbox.stream;

import org.jspecify.annotations.NullMarked;
