/**
 * Webhooks: a vendor's JSON comes in, is mapped by the route in its folder under {@code routes/ingest}, and leaves as
 * attestations, one for each event in it; a 204 goes out once all of them are kept.
 *
 * @see <a href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
 *     Webhooks</a>
 */
@NullMarked
package io.signalbox.ingest.webhook;

import org.jspecify.annotations.NullMarked;
