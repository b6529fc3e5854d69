/** In comes {@code session.revoke}; out goes what a relying party is told by OpenID Connect Back-Channel Logout. */
@NullMarked
package io.signalbox.act.logouttoken;

import org.jspecify.annotations.NullMarked;
