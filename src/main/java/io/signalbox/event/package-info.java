/**
 * What happened. Event payloads by family, each family one sealed file whose nested records are its types; anything
 * else is an {@link io.signalbox.event.UnknownEvent} with its payload kept. {@link io.signalbox.event.SecurityEvent}
 * joins a payload with who, when and from whom: the one model that rules see.
 *
 * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html">OpenID CAEP 1.0</a>
 */
@NullMarked
package io.signalbox.event;

import org.jspecify.annotations.NullMarked;
