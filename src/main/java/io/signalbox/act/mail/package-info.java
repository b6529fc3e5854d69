/** In comes an action; out goes a mail about it, handed to a mail server. */
@NullMarked
package io.signalbox.act.mail;

import org.jspecify.annotations.NullMarked;
