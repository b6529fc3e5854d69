/**
 * In comes an action about an account; out go the SCIM requests that find the user and change {@code active}, and what
 * their answers amount to (RFC 7643, RFC 7644).
 */
@NullMarked
package io.signalbox.act.scim;

import org.jspecify.annotations.NullMarked;
