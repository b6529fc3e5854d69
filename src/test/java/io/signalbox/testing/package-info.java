/** What tests of several packages share: one valid thing of each kind, to be changed in one field. */
@NullMarked
package io.signalbox.testing;

import org.jspecify.annotations.NullMarked;
