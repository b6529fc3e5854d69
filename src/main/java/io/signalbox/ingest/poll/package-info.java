/**
 * Poll: SETs are fetched from a transmitter, each goes the way of a pushed one, and with the next poll its transmitter
 * hears that it was kept, or why it was refused. Beside it, what is seen at SCIM servers that tell nothing by themselves.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8936">RFC 8936, Poll-Based SET Delivery Using HTTP</a>
 */
@NullMarked
package io.signalbox.ingest.poll;

import org.jspecify.annotations.NullMarked;
