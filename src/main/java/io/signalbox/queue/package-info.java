/**
 * The durable cut: where work waits between two stages. A broker inside the process with its journal on disk, or any
 * Jakarta Messaging broker that is configured. Values of the vocabulary go in and come out again unchanged.
 *
 * @see <a href="https://jakarta.ee/specifications/messaging/3.1/">Jakarta Messaging 3.1</a>
 */
@NullMarked
package io.signalbox.queue;

import org.jspecify.annotations.NullMarked;
