package io.signalbox.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Set;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;

/** An Artemis that the gateway reaches over TCP with a password, with its journal on disk and its own defaults. */
public final class OutsideBroker implements AutoCloseable {

    private final Path folder;
    private final String user;
    private final String password;
    private final int port;
    private EmbeddedActiveMQ server;

    public OutsideBroker(Path folder, String user, String password) throws Exception {
        this.folder = folder;
        this.user = user;
        this.password = password;
        try (ServerSocket socket = new ServerSocket(0)) {
            this.port = socket.getLocalPort();
        }
        this.server = open();
    }

    public String url() {
        return "tcp://127.0.0.1:" + port;
    }

    /** What was in its journal is there again. */
    public void start() throws Exception {
        server = open();
    }

    public void stop() throws Exception {
        server.stop();
    }

    private EmbeddedActiveMQ open() throws Exception {
        Quiet.brokerAudit();
        SecurityConfiguration users = new SecurityConfiguration();
        users.addUser(user, password);
        users.addRole(user, "application");
        Configuration configuration = new ConfigurationImpl()
                .setJMXManagementEnabled(false)
                .setJournalDirectory(folder.resolve("journal").toString())
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setPagingDirectory(folder.resolve("paging").toString())
                .setLargeMessagesDirectory(folder.resolve("large").toString())
                .addAcceptorConfiguration("tcp", url())
                .putSecurityRoles(
                        "#",
                        Set.of(new Role(
                                "application",
                                true,
                                true,
                                true,
                                false,
                                true,
                                false,
                                false,
                                true,
                                true,
                                false,
                                false,
                                false)));
        EmbeddedActiveMQ broker = new EmbeddedActiveMQ()
                .setConfiguration(configuration)
                .setSecurityManager(new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), users));
        return broker.start();
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
