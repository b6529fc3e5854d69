/**
 * Whom a subject is at a target. In: a subject as its transmitter named it. Out: the identifier that the target knows, or
 * why there is none. Each target has a chain of steps of its own: tables, directories, templates.
 */
@NullMarked
package io.signalbox.act.resolve;

import org.jspecify.annotations.NullMarked;
