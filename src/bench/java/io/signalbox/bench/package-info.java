/**
 * Measures the running gateway, or any other receiver of pushed SETs, from outside. In comes a command line; out goes a
 * table of figures.
 */
@NullMarked
package io.signalbox.bench;

import org.jspecify.annotations.NullMarked;
