/** Where the process starts, and the mark that joins Java to the routes. */
@NullMarked
package io.signalbox;

import org.jspecify.annotations.NullMarked;
