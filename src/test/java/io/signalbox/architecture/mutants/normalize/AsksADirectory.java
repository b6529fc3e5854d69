package io.signalbox.architecture.mutants.normalize;

import com.unboundid.ldap.sdk.LDAPConnection;

/** Looks somebody up long before anybody acts, over a door that nobody guards. */
class AsksADirectory {

    final LDAPConnection directory = new LDAPConnection();
}
