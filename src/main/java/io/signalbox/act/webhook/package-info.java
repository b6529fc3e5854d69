/** In comes any action; out goes one signed JSON message that says what is to be done, and why. */
@NullMarked
package io.signalbox.act.webhook;

import org.jspecify.annotations.NullMarked;
