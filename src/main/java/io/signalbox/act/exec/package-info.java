/** In comes an action; out goes what a program on this machine, one that the operator allowed, made of it. */
@NullMarked
package io.signalbox.act.exec;

import org.jspecify.annotations.NullMarked;
