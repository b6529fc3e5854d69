/**
 * The demo profile: an issuer that is trusted and a target whose received calls can be seen, both served by this
 * process and both spoken to over HTTP and TCP like foreign ones. Nothing here exists without the profile.
 */
@NullMarked
package io.signalbox.demo;

import org.jspecify.annotations.NullMarked;
