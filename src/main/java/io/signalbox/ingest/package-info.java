/**
 * The ways in. What a sender hands over comes in by any of them; a {@link io.signalbox.set.RawSet} goes out to be
 * verified, and the {@link io.signalbox.set.Verdict} on it goes back to the sender in the words of that way.
 */
@NullMarked
package io.signalbox.ingest;

import org.jspecify.annotations.NullMarked;
