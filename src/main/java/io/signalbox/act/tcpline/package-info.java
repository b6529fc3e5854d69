/** In comes an action; out goes a line to a server that takes commands over TCP, and what its answer means. */
@NullMarked
package io.signalbox.act.tcpline;

import org.jspecify.annotations.NullMarked;
