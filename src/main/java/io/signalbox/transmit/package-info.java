/**
 * Streams that others have of us, as the transmitter keeps them (SSF 1.0, sections 7 and 8): whoever asks comes in with a
 * token, what it may have goes out as the configuration of a stream. What of an event a receiver may know is decided here;
 * that it gets there is the work of {@code deliver}.
 */
@NullMarked
package io.signalbox.transmit;

import org.jspecify.annotations.NullMarked;
