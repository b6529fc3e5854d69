/**
 * Second stage of the flow. A {@link io.signalbox.set.RawSet} comes in, believed in nothing; a
 * {@link io.signalbox.set.Verdict} goes out, and only an accepted one carries a
 * {@link io.signalbox.set.VerifiedSet}. Knows who is trusted to sign, with which keys, and for whom.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2">RFC 8935, section 2</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725">RFC 8725, JSON Web Token Best Current Practices</a>
 */
@NullMarked
package io.signalbox.verify;

import org.jspecify.annotations.NullMarked;
