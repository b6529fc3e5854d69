/**
 * Push: an HTTP request with one SET comes in, an empty 202 or an error of RFC 8935 goes out.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2">RFC 8935, section 2</a>
 */
@NullMarked
package io.signalbox.ingest.push;

import org.jspecify.annotations.NullMarked;
