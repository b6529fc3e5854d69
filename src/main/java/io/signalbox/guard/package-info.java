/**
 * Between decide and act. A decision comes in; what goes out is the same decision with a word on each of its actions: it
 * goes, it waits for somebody to agree, or it does not go. Nothing that a rule asks for leaves without it.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-9">SSF 1.0, section 9,
 *     security considerations</a>
 */
@NullMarked
package io.signalbox.guard;

import org.jspecify.annotations.NullMarked;
