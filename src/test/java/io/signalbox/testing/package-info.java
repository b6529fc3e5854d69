/** What tests share: one valid thing of each sort, and the far ends that the gateway talks to. */
@NullMarked
package io.signalbox.testing;

import org.jspecify.annotations.NullMarked;
