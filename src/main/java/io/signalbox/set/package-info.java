/**
 * The token. A {@link io.signalbox.set.RawSet} comes in from a sender, a {@link io.signalbox.set.VerifiedSet} goes on,
 * or a {@link io.signalbox.set.Verdict} says why not. Knows nothing of what the events in it mean.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8417">RFC 8417, Security Event Token</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9493">RFC 9493, Subject Identifiers</a>
 */
@NullMarked
package io.signalbox.set;

import org.jspecify.annotations.NullMarked;
