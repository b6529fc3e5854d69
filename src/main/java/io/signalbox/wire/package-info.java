/** How the vocabulary is written in queues and in the ledger: JSON, read back to equal values. */
@NullMarked
package io.signalbox.wire;

import org.jspecify.annotations.NullMarked;
