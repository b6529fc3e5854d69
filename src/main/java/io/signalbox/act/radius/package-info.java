/** In comes {@code vpn.disconnect} or {@code device.quarantine}; out goes a RADIUS request to the NAS that keeps the session. */
@NullMarked
package io.signalbox.act.radius;

import org.jspecify.annotations.NullMarked;
