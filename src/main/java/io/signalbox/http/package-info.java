/**
 * The only door out. A URI or a host name comes in, written by an operator or by a stranger; an answer goes out, or a
 * connection to an address that was checked after its name was resolved.
 */
@NullMarked
package io.signalbox.http;

import org.jspecify.annotations.NullMarked;
