/** In come actions on accounts and groups; out go changes of the one entry that a search finds in an LDAP directory. */
@NullMarked
package io.signalbox.act.ldap;

import org.jspecify.annotations.NullMarked;
