/** Real far ends and ready-made tokens for tests: one valid thing, from which a test changes the one it is about. */
@NullMarked
package io.signalbox.testing;

import org.jspecify.annotations.NullMarked;
