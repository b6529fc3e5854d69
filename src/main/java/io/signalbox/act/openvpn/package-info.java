/** In comes {@code vpn.disconnect}; out goes a command to the management interface of an OpenVPN server. */
@NullMarked
package io.signalbox.act.openvpn;

import org.jspecify.annotations.NullMarked;
