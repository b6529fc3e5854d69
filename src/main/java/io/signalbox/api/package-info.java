/**
 * Administration over HTTP. An operator's request comes in, with an identity; what the ledger holds goes out as JSON,
 * or a problem document that says what was wrong.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457, Problem Details for HTTP APIs</a>
 */
@NullMarked
package io.signalbox.api;

import org.jspecify.annotations.NullMarked;
