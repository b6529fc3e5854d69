/**
 * OIDC back-channel logout: a form with one logout token comes in, an empty 200 or an error of OpenID Connect goes out.
 *
 * @see <a href="https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest">OpenID Connect Back-Channel Logout
 *     1.0, sections 2.5 to 2.8</a>
 */
@NullMarked
package io.signalbox.ingest.logout;

import org.jspecify.annotations.NullMarked;
