package io.signalbox.connector;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldif.LDIFReader;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/** Stands in for a directory: a real LDAP server in memory, without a schema, filled anew for each case. */
final class StandInDirectory implements AutoCloseable {

    static final String USER = "cn=signalbox";

    private final InMemoryDirectoryServer server;

    StandInDirectory(InetAddress loopback) {
        try {
            InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=acme,dc=example");
            config.setSchema(null);
            config.setGenerateOperationalAttributes(false);
            config.addAdditionalBindCredentials(USER, StandInNas.SECRET);
            config.setListenerConfigs(new InMemoryListenerConfig("ldap", loopback, 0, null, null, null));
            server = new InMemoryDirectoryServer(config);
            server.startListening();
        } catch (LDAPException e) {
            throw new IllegalStateException("The directory for the cases does not start", e);
        }
    }

    int port() {
        return server.getListenPort();
    }

    /** @param ldif the entries that are there; empty for none */
    void fill(String ldif) {
        try {
            server.importFromLDIF(
                    true, new LDIFReader(new ByteArrayInputStream(ldif.getBytes(StandardCharsets.UTF_8))));
        } catch (LDAPException e) {
            throw new IllegalArgumentException("What a case says of the directory is no LDIF: " + e.getMessage(), e);
        }
    }

    /** All entries as LDIF, as they are now. */
    String now() {
        StringBuilder ldif = new StringBuilder();
        try {
            for (SearchResultEntry entry : server.search("dc=acme,dc=example", SearchScope.SUB, "(objectClass=*)")
                    .getSearchEntries()) {
                ldif.append(entry.toLDIFString()).append('\n');
            }
        } catch (LDAPException e) {
            return "";
        }
        return ldif.toString();
    }

    @Override
    public void close() {
        server.shutDown(true);
    }
}
